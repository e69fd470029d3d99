// The values of one part of packets in classes: between two borders all of them are alike.
import { type KeyTable, keyTable } from './key-table.ts';

/** The classes of numbers below 2^32: ports, identifiers, IPv4 addresses. */
export interface Partition {
  /** Of two values with the same answer no question so far is answered differently. */
  classOf(value: number): number;
  /** From here on values below `border` are told from it and those above; false where they were before. */
  add(border: number): boolean;
  /** From here on each value is a class of its own; false where it was before. */
  separate(): boolean;
}

/** One class; values from `apart` on are always told apart. */
export function partition(apart = 2 ** 32): Partition {
  const known = new Set<number>();
  let borders = new Float64Array();
  let isApart = false;
  return {
    classOf: (value) => (isApart || value >= apart ? value : countUpTo(borders, value)),
    add: (border) => {
      if (isApart || border <= 0 || border >= 2 ** 32 || known.has(border)) return false;
      known.add(border);
      borders = Float64Array.from(known).toSorted();
      return true;
    },
    separate: () => {
      const changes = !isApart;
      isApart = true;
      return changes;
    },
  };
}

/** How many of the sorted numbers are not above the value. */
function countUpTo(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The same of IPv6 addresses, in four words of 32 bits each. */
export interface WidePartition {
  /** Writes the class of the address whose words begin at `from` to four words of `key`. */
  classInto(words: Uint32Array, from: number, key: Uint32Array, to: number): void;
  add(border: bigint): boolean;
  separate(): boolean;
}

/** One class; multicast addresses are always told apart. */
export function widePartition(): WidePartition {
  const known = new Set<bigint>();
  let borders: readonly bigint[] = [];
  let classes = classesOfAddresses();
  let isApart = false;
  const own = new Uint32Array(4);
  const classOf = (words: Uint32Array) => {
    if (classes.addresses.size > mostAddresses) classes = classesOfAddresses();
    const index = classes.addresses.indexOf(words);
    const before = classes.found[index];
    if (before !== undefined) return before;
    const value = numberOf(words);
    const found = borders.findLastIndex((border) => border <= value) + 1;
    classes.found[index] = found;
    return found;
  };
  return {
    classInto: (words, from, key, to) => {
      for (let at = 0; at < 4; at++) own[at] = words[from + at] ?? 0;
      const isOwn = isApart || (own[0] ?? 0) >= firstMulticast;
      if (isOwn) key.set(own, to);
      else key.fill(0, to + 1, to + 4)[to] = classOf(own);
    },
    add: (border) => {
      if (isApart || border <= 0n || border >= 1n << 128n || known.has(border)) return false;
      known.add(border);
      borders = [...known].toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
      classes = classesOfAddresses();
      return true;
    },
    separate: () => {
      const changes = !isApart;
      isApart = true;
      return changes;
    },
  };
}

/** ff00::/8; no class has a number like it. */
const firstMulticast = 0xff000000;

/** Beyond so many the classes of addresses are forgotten and found again. */
const mostAddresses = 200_000;

function classesOfAddresses(): { readonly addresses: KeyTable; readonly found: number[] } {
  return { addresses: keyTable(4), found: [] };
}

function numberOf(words: Uint32Array): bigint {
  return words.reduce((value, word) => (value << 32n) | BigInt(word), 0n);
}
