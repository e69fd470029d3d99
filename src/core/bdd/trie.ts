// Many functions, and which of them hold in a case: a tree that asks for the first variable of each, so that a case only
// comes to those that agree with it so far.
import type { Bdd, Node } from './bdd.ts';

/** Functions by numbers that are given to them. */
export interface Trie {
  add(id: number, node: Node): void;
  /** The numbers of those that hold in a case, in no order. */
  holding(value: (index: number) => boolean): readonly number[];
  /**
   * The numbers of those that may hold where `node` does, in no order: all that do are among them. `wanted`: which of them
   * are asked for, all if absent.
   */
  near(node: Node, wanted?: (id: number) => boolean): ReadonlySet<number>;
}

interface Entry {
  readonly id: number;
  /** What is left of it once the variables on the way are known. */
  readonly rest: Node;
}

interface Branch {
  readonly low: Place;
  readonly high: Place;
}

interface Place {
  entries: Entry[];
  /** By the variable that is asked; entries that are left in a place with branches can't be told apart by them. */
  branches: Map<number, Branch> | undefined;
}

/** So many are asked one by one. */
const mostEntries = 8;

/** A function that is in more places than these is not divided any further. */
const mostPlaces = 64;

/** An empty one. */
export function createTrie(bdd: Bdd): Trie {
  const top: Place = { entries: [], branches: undefined };
  const places = new Map<number, number>();
  return {
    add: (id, node) => insert(bdd, top, { id, rest: node }, places),
    holding: (value) => {
      const found: number[] = [];
      collect(bdd, top, value, found);
      return found;
    },
    near: (node, wanted = () => true) => {
      const found = new Set<number>();
      collectNear(bdd, top, node, { found, wanted });
      return found;
    },
  };
}

function insert(bdd: Bdd, place: Place, entry: Entry, places: Map<number, number>): void {
  if (entry.rest === 0) return;
  if (place.branches) {
    branchOff(bdd, place, place.branches, entry, places);
    return;
  }
  place.entries.push(entry);
  if (place.entries.length <= mostEntries) return;
  const { entries } = place;
  place.entries = [];
  place.branches = new Map();
  for (const one of entries) branchOff(bdd, place, place.branches, one, places);
}

function branchOff(
  bdd: Bdd,
  place: Place,
  branches: Map<number, Branch>,
  entry: Entry,
  places: Map<number, number>,
): void {
  const { id, rest } = entry;
  const root = bdd.root(rest);
  const count = places.get(id) ?? 1;
  if (root === undefined || count > mostPlaces) {
    place.entries.push(entry);
    return;
  }
  const branch = branches.get(root) ?? { low: emptyPlace(), high: emptyPlace() };
  branches.set(root, branch);
  const [low, high] = [bdd.low(rest), bdd.high(rest)];
  if (low !== 0 && high !== 0) places.set(id, count + 1);
  insert(bdd, branch.low, { id, rest: low }, places);
  insert(bdd, branch.high, { id, rest: high }, places);
}

function emptyPlace(): Place {
  return { entries: [], branches: undefined };
}

function collect(bdd: Bdd, place: Place, value: (index: number) => boolean, found: number[]): void {
  for (const { id, rest } of place.entries) if (rest === 1 || bdd.evaluate(rest, value)) found.push(id);
  if (place.branches)
    for (const [variable, { low, high }] of place.branches)
      collect(bdd, value(variable) ? high : low, value, found);
}

interface Search {
  readonly found: Set<number>;
  readonly wanted: (id: number) => boolean;
}

/** Variables that the places on the way do not ask for are left open in `node`. */
function collectNear(bdd: Bdd, place: Place, node: Node, search: Search): void {
  const { found, wanted } = search;
  for (const { id, rest } of place.entries)
    if (!found.has(id) && wanted(id) && bdd.intersects(rest, node)) found.add(id);
  if (!place.branches) return;
  for (const [variable, { low, high }] of place.branches) {
    const asked = bdd.root(node) === variable;
    const [below, above] = asked ? [bdd.low(node), bdd.high(node)] : [node, node];
    if (below !== 0) collectNear(bdd, low, below, search);
    if (above !== 0) collectNear(bdd, high, above, search);
  }
}
