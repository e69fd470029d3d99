// What packets and time have changed in sets and maps since they were listed, by table and name.
import type { NamedMap, NamedSet, Part, SetElements, Table } from '../ir/ruleset.ts';
import { findMap, findObject, findSet } from '../ir/ruleset.ts';
import { changesOf } from '../ir/set.ts';
import type { Entry, Tuple } from '../ir/tuple.ts';
import type { Lookups } from '../match/define.ts';
import type { Effect } from '../statement/define.ts';
import { disturbedSets } from '../statement/updates.ts';
import {
  earliestOf,
  elementText,
  hasEnded,
  type Lifetimes,
  listedTimes,
  stillLiving,
  tuplesOf,
} from './element-time.ts';
import type { Run } from './run.ts';

/** A set or map as it is now. */
interface Changed {
  readonly set?: NamedSet;
  readonly map?: NamedMap;
  readonly lifetimes: Lifetimes;
  /** Before this nothing ends. */
  readonly earliest: number;
  /** Something was added or deleted that is not known. */
  readonly unknown: boolean;
  /** So many elements were deleted or have ended, and count until the kernel clears them away. */
  readonly deleted: number;
  /** So many were ever added: tells one element from a later one with the same key. */
  readonly added: number;
  /** Which of them each element is, for those that packets added. */
  readonly births: ReadonlyMap<string, number>;
  /** Elements have a limit of their own, which a rule that finds one asks, too. */
  readonly limited: boolean;
}

export type SetState = ReadonlyMap<string, Changed>;

/** As listed. */
export const unchangedSets: SetState = new Map();

type Update = Extract<Effect, { kind: 'update-set' }>;

function keyOf({ family, name }: Table, set: string): string {
  return `${family} ${name} ${set}`;
}

/** The sets and maps that rules of a table see; what is taken for granted of them becomes an assumption. */
export function lookupsIn(
  run: Pick<Run, 'sets' | 'assumptions'> & { readonly request: Pick<Run['request'], 'now'> },
  table: Table,
): Lookups {
  const { now = 0 } = run.request;
  const changed = (name: string): Changed | undefined => {
    const found = current(run.sets, table, name, now);
    if (found && found !== run.sets.get(keyOf(table, name)))
      run.sets = new Map(run.sets).set(keyOf(table, name), found);
    if (found && now === 0 && found.lifetimes.size > 0)
      run.assumptions.add(`no time passes between these packets, so that no element of \`${name}\` ends`);
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
    isLimited: (name) =>
      run.sets.get(keyOf(table, name))?.limited === true || hasLimits(findSet(table, name)?.statements),
  };
}

function hasLimits(parts: readonly Part[] = []): boolean {
  return parts.some((part) => part.kind === 'match');
}

/** What of it packets or time have changed; undefined: nothing. */
function current(state: SetState, table: Table, name: string, now: number): Changed | undefined {
  const before = state.get(keyOf(table, name));
  if (!before && now === 0) return undefined;
  const known = before ?? asListed(findSet(table, name), findMap(table, name));
  return known.earliest <= now ? withoutEnded(known, now) : before;
}

function asListed(set: NamedSet | undefined, map: NamedMap | undefined): Changed {
  const holder = set ?? map;
  const { lifetimes, earliest } = holder ? listedTimes(holder) : { lifetimes: new Map(), earliest: Infinity };
  return {
    ...(set && { set }),
    ...(map && { map }),
    lifetimes,
    earliest,
    unknown: false,
    deleted: 0,
    added: 0,
    births: new Map(),
    limited: hasLimits(holder?.statements),
  };
}

function withoutEnded(known: Changed, now: number): Changed {
  const { set, map, lifetimes } = known;
  const lives = (key: Tuple | 'any') => !hasEnded(lifetimes, key, now);
  const left = stillLiving(lifetimes, now);
  return {
    ...known,
    ...(set && { set: { ...set, elements: elementsOf(tuplesOf(set.elements).filter(lives), set.elements) } }),
    ...(map && { map: { ...map, entries: map.entries.filter(({ key }) => lives(key)) } }),
    lifetimes: left,
    earliest: earliestOf(left),
    deleted: known.deleted + lifetimes.size - left.size,
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
  now: number,
): { readonly sets: SetState; readonly mayBeFull: boolean; readonly birth: number } | 'full' {
  const { set: name, key, op } = update;
  const before =
    current(state, table, name, now) ?? asListed(findSet(table, name) ?? update.holder, findMap(table, name));
  const { set, map } = before;
  const next = (changed: Changed, mayBeFull = false) => ({
    sets: new Map(state).set(keyOf(table, name), changed),
    mayBeFull,
    birth: key ? (changed.births.get(elementText(key)) ?? 0) : 0,
  });
  if (!key || (!set && !map)) return next({ ...before, unknown: true });
  const newSet = set && updatedSet(set, key, op);
  const newMap = map && updatedMap(map, key, update);
  if (newSet === 'full' || newMap === 'full') return 'full';
  const grown = sizeOf(newSet, newMap) - sizeOf(set, map);
  const changed = {
    ...before,
    ...(newSet && { set: newSet }),
    ...(newMap && { map: newMap }),
    ...timesBehind(before, update, { key, now, isNew: grown > 0 }),
    limited: before.limited || hasLimits(update.statements),
  };
  if (grown <= 0) return next({ ...changed, deleted: before.deleted - grown });
  const room = set?.size ?? map?.size;
  return next(changed, room !== undefined && sizeOf(newSet, newMap) + before.deleted > room);
}

/** `update` renews the time of an element that is there, `add` does not (nft_dynset.c: nft_dynset_eval). */
function timesBehind(
  { lifetimes, set, map, births, added }: Changed,
  { op, timeout: given }: Update,
  { key, now, isNew }: { readonly key: Tuple; readonly now: number; readonly isNew: boolean },
): Pick<Changed, 'lifetimes' | 'earliest' | 'births' | 'added'> {
  const text = elementText(key);
  const known = lifetimes.get(text);
  const timeout = given ?? known?.timeout ?? (set ?? map)?.timeout;
  const changed = new Map(lifetimes);
  if (op === 'delete') changed.delete(text);
  else if (timeout && (isNew || (op === 'update' && known)))
    changed.set(text, { timeout, end: now + timeout });
  return {
    lifetimes: changed,
    earliest: earliestOf(changed),
    added: isNew ? added + 1 : added,
    births: isNew ? new Map(births).set(text, added + 1) : births,
  };
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

function elementsOf(tuples: readonly Tuple[], like: SetElements): SetElements {
  if (like.kind === 'tuples') return { kind: 'tuples', tuples };
  const atoms = tuples.flat();
  const names = atoms.filter((atom) => typeof atom === 'string');
  const ranges = atoms.filter((atom) => typeof atom !== 'string');
  return names.length > 0 || like.kind === 'names' ? { kind: 'names', names } : { kind: 'ranges', ranges };
}

function isSame(one: Tuple, other: Tuple): boolean {
  return one.length === other.length && elementText(one) === elementText(other);
}
