// How far up a rule may move in a stretch of rules that do nothing but give verdicts. It may pass a rule that gives the
// same verdict, and one that no packet meets that meets its own conditions: they ask one field for other values.
//
// Nothing is compared with each rule before it. For each field there is the last place at which each of its values was
// asked for, and the last place of a rule that does not ask for it; ranges, if they are many, count as all values.
import type { Atom, Tuple } from '../ir/tuple.ts';
import type { PlainRule } from './seen.ts';
import { areApart, isPoint, productOf, textOfAtom, textOfTuple } from './values.ts';

export interface Order {
  /** Takes note of a rule at a place. */
  readonly place: (rule: PlainRule, at: number) => void;
  /** The last place of a rule that the rule may not pass; -1 if it may pass all. */
  readonly lastBefore: (rule: PlainRule) => number;
}

/** Of two places the last, and the last with another verdict than that one's. */
interface Last {
  at: number;
  does: string;
  otherwise: number;
}

interface FieldOrder {
  readonly points: Map<string, Last>;
  readonly anyPoint: Last;
  readonly ranges: { readonly atom: Atom; readonly last: Last }[];
  readonly anyRange: Last;
  readonly without: Last;
}

/** More ranges of one field are not told apart, and more values of one rule are not looked up. */
const mostApart = 48;

/** An empty stretch. */
export function createOrder(): Order {
  const all = never();
  const fields = new Map<string, FieldOrder>();
  let placed = 0;
  return {
    place: (rule, at) => {
      // A rule that packets come back from is carried out beside another one that does the same.
      const does = rule.conclusion.comesBack ? `${placed} ${rule.conclusion.text}` : rule.conclusion.text;
      placed++;
      const asked = asksOf(rule);
      for (const name of asked.keys()) if (!fields.has(name)) fields.set(name, emptyField(all));
      for (const [name, field] of fields) noteIn(field, asked.get(name), at, does);
      note(all, at, does);
    },
    lastBefore: (rule) => {
      const does = rule.conclusion.comesBack ? undefined : rule.conclusion.text;
      let last = lastOf(all, does);
      for (const [name, atoms] of asksOf(rule)) {
        if (last < 0) return last;
        const field = fields.get(name);
        if (field) last = Math.min(last, lastMet(field, atoms, does));
      }
      return last;
    },
  };
}

/** What each field is asked for, and all fields of the rule together where their values are single ones. */
function asksOf({ conditions }: PlainRule): ReadonlyMap<string, readonly Atom[] | readonly Tuple[]> {
  const asked = new Map<string, readonly Atom[] | readonly Tuple[]>();
  const selections = conditions
    .flatMap(({ selection }) => selection ?? [])
    .toSorted((a, b) => (a.keys.join() < b.keys.join() ? -1 : 1));
  for (const { keys, tuples } of selections) if (keys.length === 1) asked.set(keys[0] ?? '', tuples.flat());
  if (selections.flatMap(({ keys }) => keys).length < 2) return asked;
  const together = productOf(selections, mostApart);
  if (together?.every((tuple) => tuple.every(isPoint)))
    asked.set(selections.flatMap(({ keys }) => keys).join('\n'), together);
  return asked;
}

function never(): Last {
  return { at: -1, does: '', otherwise: -1 };
}

function emptyField(before: Last): FieldOrder {
  return { points: new Map(), anyPoint: never(), ranges: [], anyRange: never(), without: { ...before } };
}

function note(last: Last, at: number, does: string): void {
  if (does === last.does) last.at = Math.max(last.at, at);
  else if (at > last.at) {
    last.otherwise = last.at;
    last.at = at;
    last.does = does;
  } else last.otherwise = Math.max(last.otherwise, at);
}

function lastOf({ at, does: latest, otherwise }: Last, does: string | undefined): number {
  return latest === does ? otherwise : at;
}

function noteIn(
  field: FieldOrder,
  atoms: readonly Atom[] | readonly Tuple[] | undefined,
  at: number,
  does: string,
): void {
  if (!atoms) note(field.without, at, does);
  else for (const atom of atoms) noteAtom(field, atom, at, does);
}

function noteAtom(field: FieldOrder, atom: Atom | Tuple, at: number, does: string): void {
  const text = pointText(atom);
  if (text === undefined && !isTuple(atom)) {
    note(field.anyRange, at, does);
    const last = never();
    note(last, at, does);
    if (field.ranges.length <= mostApart) field.ranges.push({ atom, last });
    return;
  }
  const last = field.points.get(text ?? '') ?? never();
  field.points.set(text ?? '', last);
  note(last, at, does);
  note(field.anyPoint, at, does);
}

function isTuple(value: Atom | Tuple): value is Tuple {
  return Array.isArray(value);
}

function pointText(atom: Atom | Tuple): string | undefined {
  if (isTuple(atom)) return textOfTuple(atom);
  return isPoint(atom) ? textOfAtom(atom) : undefined;
}

function lastMet(
  field: FieldOrder,
  atoms: readonly Atom[] | readonly Tuple[],
  does: string | undefined,
): number {
  const without = lastOf(field.without, does);
  if (atoms.length > mostApart)
    return Math.max(without, lastOf(field.anyPoint, does), lastOf(field.anyRange, does));
  return Math.max(without, ...atoms.map((atom) => lastOfAtom(field, atom, does)));
}

function lastOfAtom(field: FieldOrder, atom: Atom | Tuple, does: string | undefined): number {
  const text = pointText(atom);
  const point = text === undefined ? field.anyPoint : field.points.get(text);
  return Math.max(point ? lastOf(point, does) : -1, isTuple(atom) ? -1 : lastOfRanges(field, atom, does));
}

function lastOfRanges({ ranges, anyRange }: FieldOrder, atom: Atom, does: string | undefined): number {
  if (ranges.length > mostApart) return lastOf(anyRange, does);
  return Math.max(-1, ...ranges.map((one) => (areApart(one.atom, atom) ? -1 : lastOf(one.last, does))));
}
