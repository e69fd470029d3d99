// Counting checked connections in groups, in bounded memory: a table may have as many hosts as connections.
import type { Brief } from './brief.ts';

/** How many connections there are, what the policy says of them, and what they have carried. */
export interface Counts {
  readonly connections: number;
  readonly stale: number;
  /** Stale ones whose packets pass nevertheless, because they belong to a known connection. */
  readonly surviving: number;
  /** Not decidable from what is known. */
  readonly depends: number;
  /** Translated otherwise than the rules say. */
  readonly drift: number;
  /** Of both directions, of those connections that have counters. */
  readonly bytes: number;
  /** How many have counters (net.netfilter.nf_conntrack_acct). */
  readonly counted: number;
}

/** Counts that grow: a listing may have millions of connections. */
export type Tally = { -readonly [Key in keyof Counts]: Counts[Key] };

/** Nothing counted yet. */
export function noCounts(): Tally {
  return { connections: 0, stale: 0, surviving: 0, depends: 0, drift: 0, bytes: 0, counted: 0 };
}

/** Makes a tally that of one connection. */
export function countOne(tally: Tally, { arrival, translation, survival, facts }: Brief): Tally {
  const isStale = arrival.admission === 'stale';
  tally.connections = 1;
  tally.stale = isStale ? 1 : 0;
  tally.surviving = isStale && survival() === 'passes' ? 1 : 0;
  tally.depends = arrival.admission === 'depends' ? 1 : 0;
  tally.drift = translation === 'drift' ? 1 : 0;
  tally.counted = facts.hasCounters ? 1 : 0;
  tally.bytes = facts.bytes;
  return tally;
}

/** Adds what was counted elsewhere, or of one connection, in place. */
export function addCounts(tally: Tally, more: Counts): void {
  tally.connections += more.connections;
  tally.stale += more.stale;
  tally.surviving += more.surviving;
  tally.depends += more.depends;
  tally.drift += more.drift;
  tally.bytes += more.bytes;
  tally.counted += more.counted;
}

/** Tallies by key. */
export interface CountedKeys<Key> {
  /** The tally of a key, to count in at once. */
  at(key: Key): Tally;
  entries(): Iterable<readonly [Key, Counts]>;
  /** What was counted of keys that were given up. */
  readonly given: Counts;
}

/** Tallies of at most so many keys: of more, those with the fewest connections and bytes are given up, half of all. */
export function countedKeys<Key>(limit: number): CountedKeys<Key> {
  const tallies = new Map<Key, Tally>();
  const given = noCounts();
  return {
    at(key) {
      const known = tallies.get(key);
      if (known) return known;
      if (tallies.size >= limit) giveUp(tallies, given, limit);
      const tally = noCounts();
      tallies.set(key, tally);
      return tally;
    },
    entries: () => tallies,
    given,
  };
}

/** Keeps a quarter for their connections, and as many for their bytes. */
function giveUp<Key>(tallies: Map<Key, Tally>, given: Tally, limit: number): void {
  const quarter = Math.floor(limit / 4);
  const most = (by: 'connections' | 'bytes') =>
    [...tallies].toSorted((one, other) => other[1][by] - one[1][by]).slice(0, quarter);
  const kept = new Set([...most('connections'), ...most('bytes')].map(([key]) => key));
  for (const [key, tally] of tallies) {
    if (kept.has(key)) continue;
    addCounts(given, tally);
    tallies.delete(key);
  }
}
