// What packets have changed in sets and maps since they were listed, by table and name.
import type { NamedMap, NamedSet, SetElements, Table } from '../ir/ruleset.ts';
import { findMap, findObject, findSet } from '../ir/ruleset.ts';
import { changesOf } from '../ir/set.ts';
import type { Atom, Entry, Tuple } from '../ir/tuple.ts';
import type { Lookups } from '../match/define.ts';
import type { Effect } from '../statement/define.ts';
import { disturbedSets } from '../statement/updates.ts';
import type { Run } from './run.ts';

/** A set or map as it is now. */
interface Changed {
  readonly set?: NamedSet;
  readonly map?: NamedMap;
  /** Elements that packets added go by themselves after a time. */
  readonly timed: boolean;
  /** Something was added or deleted that is not known. */
  readonly unknown: boolean;
  /** So many elements were deleted, and count until the kernel clears them away. */
  readonly deleted: number;
}

export type SetState = ReadonlyMap<string, Changed>;

/** As listed. */
export const unchangedSets: SetState = new Map();

type Update = Extract<Effect, { kind: 'update-set' }>;

function keyOf({ family, name }: Table, set: string): string {
  return `${family} ${name} ${set}`;
}

/** The sets and maps that rules of a table see; what is taken for granted of them becomes an assumption. */
export function lookupsIn(run: Pick<Run, 'sets' | 'assumptions'>, table: Table): Lookups {
  const changed = (name: string): Changed | undefined => {
    const found = run.sets.size === 0 ? undefined : run.sets.get(keyOf(table, name));
    if (found?.timed) run.assumptions.add(`no element's time in \`${name}\` ends between these packets`);
    return found;
  };
  return {
    findSet: (name) => changed(name)?.set ?? findSet(table, name),
    findMap: (name) => {
      const map = changed(name)?.map ?? findMap(table, name);
      if (map && changesOf(map)) run.assumptions.add(`\`${name}\` is as listed, but for these packets`);
      return map;
    },
    findObject: (kind, name) => findObject(table, kind, name),
    isObscure: (name) => changed(name)?.unknown === true || disturbedSets(table).has(name),
  };
}

/**
 * The state behind an update; `full` where the set has no room (nft_dynset.c: nft_dynset_new). A deleted element takes
 * its room until the next round of clearing away, in a second or later (nft_set_hash.c: nft_rhash_delete, nft_rhash_gc).
 */
export function withUpdate(
  state: SetState,
  table: Table,
  update: Update,
): { readonly sets: SetState; readonly mayBeFull: boolean } | 'full' {
  const { set: name, key, op } = update;
  const before = state.get(keyOf(table, name));
  const set = before?.set ?? findSet(table, name);
  const map = before?.map ?? findMap(table, name);
  const timed = op !== 'delete' && (update.timeout ?? set?.timeout ?? map?.timeout) !== undefined;
  const kept = {
    ...(set && { set }),
    ...(map && { map }),
    timed: timed || before?.timed === true,
    unknown: before?.unknown === true,
    deleted: before?.deleted ?? 0,
  };
  const next = (changed: Changed, mayBeFull = false) => ({
    sets: new Map(state).set(keyOf(table, name), changed),
    mayBeFull,
  });
  if (!key || (!set && !map)) return next({ ...kept, unknown: true });
  const newSet = set && updatedSet(set, key, op);
  const newMap = map && updatedMap(map, key, update);
  if (newSet === 'full' || newMap === 'full') return 'full';
  const grown = sizeOf(newSet, newMap) - sizeOf(set, map);
  const changed = { ...kept, ...(newSet && { set: newSet }), ...(newMap && { map: newMap }) };
  if (grown <= 0) return next({ ...changed, deleted: kept.deleted - grown });
  const room = set?.size ?? map?.size;
  return next(changed, room !== undefined && sizeOf(newSet, newMap) + kept.deleted > room);
}

function sizeOf(set: NamedSet | undefined, map: NamedMap | undefined): number {
  return set ? tuplesOf(set.elements).length : (map?.entries.length ?? 0);
}

function updatedSet(set: NamedSet, key: Tuple, op: Update['op']): NamedSet | 'full' {
  const elements = tuplesOf(set.elements);
  const others = elements.filter((one) => !isSame(one, key));
  if (op === 'delete') return { ...set, elements: elementsOf(others, set.elements) };
  if (others.length < elements.length) return set;
  if (set.size !== undefined && elements.length >= set.size) return 'full';
  return { ...set, elements: elementsOf([...elements, key], set.elements) };
}

/** `update` gives an element that is there its new data, `add` leaves it (nft_dynset.c, nft_set_hash.c). */
function updatedMap(map: NamedMap, key: Tuple, { op, data }: Update): NamedMap | 'full' {
  const others = map.entries.filter((one) => one.key === 'any' || !isSame(one.key, key));
  if (op === 'delete') return { ...map, entries: others };
  if (others.length < map.entries.length) return map;
  if (map.size !== undefined && map.entries.length >= map.size) return 'full';
  const entry: Entry = { key, data: { kind: 'value', value: data ?? [] } };
  return { ...map, entries: [...map.entries, entry] };
}

function tuplesOf(elements: SetElements): readonly Tuple[] {
  if (elements.kind === 'tuples') return elements.tuples;
  return (elements.kind === 'names' ? elements.names : elements.ranges).map((atom: Atom) => [atom]);
}

function elementsOf(tuples: readonly Tuple[], like: SetElements): SetElements {
  if (like.kind === 'tuples') return { kind: 'tuples', tuples };
  const atoms = tuples.flat();
  const names = atoms.filter((atom) => typeof atom === 'string');
  const ranges = atoms.filter((atom) => typeof atom !== 'string');
  return names.length > 0 || like.kind === 'names' ? { kind: 'names', names } : { kind: 'ranges', ranges };
}

function isSame(one: Tuple, other: Tuple): boolean {
  return one.length === other.length && one.every((atom, at) => isSameAtom(atom, other[at]));
}

function isSameAtom(one: Atom, other: Atom | undefined): boolean {
  if (typeof one === 'string' || typeof other === 'string' || !other) return one === other;
  return one.lo === other.lo && one.hi === other.hi;
}
