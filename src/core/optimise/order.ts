// How far up a rule may move in a stretch of rules that do nothing but give verdicts. It may pass a rule that gives the
// same verdict, and one that no packet meets that meets its own conditions: they ask one field for other values.
//
// Nothing is compared with each rule before it. For each field there is the last place at which each of its values was
// asked for, and the last place of a rule that does not ask for it.
import type { Atom } from '../ir/tuple.ts';
import { type Last, type LastOfRanges, lastBut, lastOfRanges, never, note } from './last.ts';
import type { PlainRule } from './seen.ts';
import { areApart, isPoint, productOf, textOfTuple } from './values.ts';

export interface Order {
  /** Takes note of a rule at a place. */
  readonly place: (rule: PlainRule, at: number) => void;
  /** The last place of a rule that the rule may not pass; -1 if it may pass all. */
  readonly lastBefore: (rule: PlainRule) => number;
}

/** A field, or all fields of a rule together where their values are single ones. */
type Asked = ReadonlyMap<string, readonly Asking[]>;

/** A range of numbers, or a text: of a name, or of single values of several fields. */
type Asking = Atom;

interface FieldOrder {
  readonly ranges: LastOfRanges;
  readonly texts: Map<string, Last>;
  readonly anyText: Last;
  readonly patterns: { readonly name: string; readonly last: Last }[];
  readonly without: Last;
}

/** More values of one rule are not looked up together with those of its other fields. */
const mostTogether = 48;

/** The ends of the ranges that fields are asked for, as `lastOfRanges` has them, by field. */
export type Ends = ReadonlyMap<string, readonly bigint[]>;

/** An empty stretch, and the ends of the rules that it will hold, or of more. */
export function createOrder(ends: Ends): Order {
  const verdicts = new Map<string, number>();
  const all = never();
  const fields = new Map([...ends].map(([name, own]) => [name, emptyField(own)]));
  const doesOf = ({ conclusion: { text } }: PlainRule): number => {
    const known = verdicts.get(text) ?? verdicts.size;
    verdicts.set(text, known);
    return known;
  };
  let placed = 0;
  return {
    place: (rule, at) => {
      placed++;
      // A rule that packets come back from is carried out beside another one that does the same.
      const does = rule.conclusion.comesBack ? noVerdict - placed : doesOf(rule);
      const asked = asksOf(rule);
      for (const [name, field] of fields) noteIn(field, asked.get(name), at, does);
      note(all, at, does);
    },
    lastBefore: (rule) => {
      const does = rule.conclusion.comesBack ? noVerdict : doesOf(rule);
      let last = lastBut(all, does);
      for (const [name, asked] of asksOf(rule)) {
        const field = fields.get(name);
        if (last < 0) break;
        if (field) last = Math.min(last, lastMet(field, asked, does));
      }
      return last;
    },
  };
}

/** What no rule does. */
const noVerdict = -2;

const known = new WeakMap<PlainRule, Asked>();

function asksOf(rule: PlainRule): Asked {
  const asked = known.get(rule) ?? asksIn(rule);
  known.set(rule, asked);
  return asked;
}

function asksIn({ conditions }: PlainRule): Asked {
  const asked = new Map<string, readonly Asking[]>();
  const selections = conditions
    .flatMap(({ selection }) => selection ?? [])
    .toSorted((a, b) => (a.keys.join() < b.keys.join() ? -1 : 1));
  for (const { keys, tuples } of selections) if (keys.length === 1) asked.set(keys[0] ?? '', tuples.flat());
  const keys = selections.flatMap((selection) => selection.keys);
  if (keys.length < 2) return asked;
  const together = productOf(selections, mostTogether);
  if (together?.every((tuple) => tuple.every(isPoint))) asked.set(keys.join('\n'), together.map(textOfTuple));
  return asked;
}

/** The ends of some rules, and of all that is made of them. */
export function endsOf(rules: readonly PlainRule[]): Ends {
  const ends = new Map<string, Set<bigint>>();
  for (const rule of rules)
    for (const [name, asked] of asksOf(rule)) {
      const own = ends.get(name) ?? new Set();
      ends.set(name, own);
      for (const one of asked) if (typeof one !== 'string') own.add(one.lo).add(one.hi + 1n);
    }
  return new Map([...ends].map(([name, own]) => [name, [...own].toSorted((a, b) => (a < b ? -1 : 1))]));
}

function emptyField(ends: readonly bigint[]): FieldOrder {
  return { ranges: lastOfRanges(ends), texts: new Map(), anyText: never(), patterns: [], without: never() };
}

function noteIn(field: FieldOrder, asked: readonly Asking[] | undefined, at: number, does: number): void {
  if (!asked) note(field.without, at, does);
  else for (const one of asked) noteOne(field, one, at, does);
}

function noteOne(field: FieldOrder, one: Asking, at: number, does: number): void {
  if (typeof one !== 'string') field.ranges.note(one.lo, one.hi, at, does);
  else {
    const last = field.texts.get(one) ?? never();
    if (!isPoint(one) && !field.texts.has(one)) field.patterns.push({ name: one, last });
    field.texts.set(one, last);
    note(last, at, does);
    note(field.anyText, at, does);
  }
}

function lastMet(field: FieldOrder, asked: readonly Asking[], does: number): number {
  let last = lastBut(field.without, does);
  for (const one of asked) last = Math.max(last, lastOfOne(field, one, does));
  return last;
}

function lastOfOne(field: FieldOrder, one: Asking, does: number): number {
  if (typeof one !== 'string') return field.ranges.lastBut(one.lo, one.hi, does);
  if (!isPoint(one)) return lastBut(field.anyText, does);
  const own = field.texts.get(one);
  const patterns = field.patterns.map(({ name, last }) => (areApart(name, one) ? -1 : lastBut(last, does)));
  return Math.max(own ? lastBut(own, does) : -1, ...patterns);
}
