// Values that rules compare fields with: as texts that tell them apart, and whether two of them have anything in common.
import type { Range } from '../datatype/range.ts';
import type { Atom, Tuple } from '../ir/tuple.ts';
import type { Selection } from '../match/define.ts';
import { interfaceMatches } from '../match/interface-pattern.ts';

/** A text that only this value has. */
export function textOfAtom(atom: Atom): string {
  if (typeof atom === 'string') return `"${atom}`;
  return atom.lo === atom.hi ? `${atom.lo}` : `${atom.lo}-${atom.hi}`;
}

/** The same of several at once; names hold no line breaks. */
export function textOfTuple(tuple: Tuple): string {
  return tuple.map(textOfAtom).join('\n');
}

/** Whether it is a single value. */
export function isPoint(atom: Atom): boolean {
  return typeof atom === 'string' ? !atom.endsWith('*') : atom.lo === atom.hi;
}

/** Whether no value is both. */
export function areApart(one: Atom, other: Atom): boolean {
  if (typeof one === 'string' || typeof other === 'string')
    return !(
      typeof one === 'string' &&
      typeof other === 'string' &&
      (interfaceMatches(one, other) || interfaceMatches(other, one))
    );
  return one.hi < other.lo || other.hi < one.lo;
}

/** Whether the first holds all values of the second. */
export function holds(one: Atom, other: Atom): boolean {
  if (typeof one === 'string' || typeof other === 'string')
    return typeof one === 'string' && typeof other === 'string' && interfaceMatches(one, other);
  return one.lo <= other.lo && other.hi <= one.hi;
}

/** Every way to choose one tuple of each; undefined where there are more than `most`. */
export function productOf(selections: readonly Selection[], most: number): readonly Tuple[] | undefined {
  const count = selections.reduce((all, { tuples }) => all * tuples.length, 1);
  if (count > most) return undefined;
  return selections.reduce<readonly Tuple[]>(
    (begun, { tuples }) => begun.flatMap((start) => tuples.map((tuple) => [...start, ...tuple])),
    [[]],
  );
}

/** Each once. */
export function withoutRepeats(tuples: readonly Tuple[]): readonly Tuple[] {
  return [...new Map(tuples.map((tuple) => [textOfTuple(tuple), tuple])).values()];
}

/** More of them than this are not compared each with each. */
const mostCompared = 64;

/**
 * Whether no two different tuples have a packet in common, as nft wants it of the elements of a set of several fields.
 * False also where that would take long to find out.
 */
export function areAllApart(tuples: readonly Tuple[]): boolean {
  const width = tuples[0]?.length ?? 0;
  if (tuples.length < 2) return true;
  for (let at = 0; at < width; at++) {
    const groups = new Map<string, Tuple[]>();
    for (const tuple of tuples) {
      const key = textOfAtom(tuple[at] ?? '');
      const group = groups.get(key);
      if (group) group.push(tuple);
      else groups.set(key, [tuple]);
    }
    const atoms = [...groups.values()].flatMap(([first]) => first?.[at] ?? []);
    if (atomsApart(atoms)) return [...groups.values()].every((group) => restApart(group, at));
  }
  return tuples.length <= mostCompared && eachApart(tuples);
}

/** Those that agree in a field differ in the others. */
function restApart(group: readonly Tuple[], at: number): boolean {
  return areAllApart(group.map((tuple) => tuple.toSpliced(at, 1)));
}

function atomsApart(atoms: readonly Atom[]): boolean {
  const ranges: Range[] = [];
  for (const atom of atoms) {
    if (typeof atom !== 'string') ranges.push(atom);
    else if (atom.endsWith('*') && atoms.length > 1) return false;
  }
  const sorted = ranges.toSorted((a, b) => (a.lo < b.lo ? -1 : 1));
  return sorted.every(({ lo }, at) => at === 0 || (sorted[at - 1]?.hi ?? 0n) < lo);
}

function eachApart(tuples: readonly Tuple[]): boolean {
  return tuples.every((one, at) =>
    tuples.slice(at + 1).every((other) => one.some((atom, field) => areApart(atom, other[field] ?? atom))),
  );
}
