// What fills the table: connections by protocol and state, how fast they come, and what a shorter timeout would free.
import type { DumpedEntry } from '../conntrack/dumped.ts';
import { hasStatus } from '../conntrack/entry.ts';
import { protocolText } from '../conntrack/format.ts';
import { type Timeouts, timeoutSysctls } from '../conntrack/timeouts.ts';
import { type ShorterTimeout, shorterTimeouts } from './shorter-timeouts.ts';
import { timeoutNameOf } from './timeout-of.ts';

/** The connections of one protocol in one state. */
export interface StateShare {
  readonly protocol: string;
  /** `ESTABLISHED`, or what the flags say where the protocol has no states: `unreplied`, `answered`, `assured`. */
  readonly state: string;
  readonly count: number;
  /** The sysctl of its timeout, behind `nf_conntrack_`, and its seconds. */
  readonly sysctl?: string;
  readonly seconds?: number;
}

/** What a whole listing is made of. */
export interface Composition {
  readonly total: number;
  /** Not ASSURED: a full table may give them up. */
  readonly evictable: number;
  /** The most first. */
  readonly states: readonly StateShare[];
  /** Connections by protocol. */
  readonly protocols: ReadonlyMap<string, number>;
  /** New ones in a second, by protocol: from ages, where the listing has them. */
  readonly arrivals?: ReadonlyMap<string, number>;
  /** What shorter timeouts would have freed by now, the most first. */
  readonly freed: readonly Freed[];
}

/** Connections that a shorter timeout would have ended already. */
export interface Freed extends ShorterTimeout {
  readonly from: number;
  readonly connections: number;
}

/** Takes a listing in one by one. */
export interface CompositionBuilder {
  add(entry: DumpedEntry): void;
  composition(): Composition;
}

/** Those that are younger than this tell how fast they come: none of them is over, as no state is shorter. */
const youngest = 10;

/** A composition of nothing yet; memory does not grow with the listing. */
export function compositionBuilder(timeouts: Timeouts): CompositionBuilder {
  const seconds = new Map(timeoutSysctls(timeouts).map((one) => [one.name, one.seconds]));
  const states = new Map<string, { share: StateShare; count: number }>();
  const young = new Map<string, number>();
  const freed = new Map<string, number>();
  let [total, evictable, aged] = [0, 0, 0];
  return {
    add(entry) {
      const protocol = protocolText(entry.original.protocol);
      total++;
      if (!hasStatus(entry, 'assured')) evictable++;
      if (entry.age !== undefined) aged++;
      if (entry.age !== undefined && entry.age < youngest) bump(young, protocol);
      const sysctl = timeoutNameOf(entry);
      const state = stateOf(entry);
      const key = `${protocol} ${state}`;
      const known = states.get(key);
      if (known) known.count++;
      else states.set(key, { count: 1, share: shareOf({ protocol, state }, sysctl, seconds) });
      if (sysctl !== undefined) countFreed(freed, entry, sysctl, seconds.get(sysctl));
    },
    composition() {
      const all = [...states.values()].map(({ share, count }) => ({ ...share, count }));
      return {
        total,
        evictable,
        states: all.toSorted((one, other) => other.count - one.count),
        protocols: sumByProtocol(all),
        ...(aged === total && total > 0 && { arrivals: perSecond(young) }),
        freed: freedList(freed, seconds),
      };
    },
  };
}

function stateOf(entry: DumpedEntry): string {
  if (entry.protocolState !== undefined) return entry.protocolState;
  if (hasStatus(entry, 'offload')) return 'offloaded';
  if (hasStatus(entry, 'assured')) return 'assured';
  return hasStatus(entry, 'seen-reply') ? 'answered' : 'unreplied';
}

function shareOf(
  kind: Pick<StateShare, 'protocol' | 'state'>,
  sysctl: string | undefined,
  seconds: ReadonlyMap<string, number>,
): StateShare {
  const time = sysctl === undefined ? undefined : seconds.get(sysctl);
  return { ...kind, count: 0, ...(sysctl !== undefined && time !== undefined && { sysctl, seconds: time }) };
}

/** TCP has shorter times than that of the state for what is not acknowledged; from those nothing is concluded. */
const shortened = 300;

function countFreed(
  freed: Map<string, number>,
  { timeout }: DumpedEntry,
  sysctl: string,
  seconds: number | undefined,
): void {
  const shorter = shorterTimeouts[sysctl];
  if (!shorter || seconds === undefined || timeout === undefined || shorter.to >= seconds) return;
  const idle = seconds - timeout;
  if (idle > shorter.to && (seconds <= shortened || timeout > shortened)) bump(freed, sysctl);
}

function freedList(
  freed: ReadonlyMap<string, number>,
  seconds: ReadonlyMap<string, number>,
): readonly Freed[] {
  return [...freed]
    .flatMap(([sysctl, connections]) => {
      const shorter = shorterTimeouts[sysctl];
      const from = seconds.get(sysctl);
      return shorter && from !== undefined ? [{ ...shorter, sysctl, from, connections }] : [];
    })
    .toSorted((one, other) => other.connections - one.connections);
}

function sumByProtocol(shares: readonly StateShare[]): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const { protocol, count } of shares) bump(sums, protocol, count);
  return sums;
}

function perSecond(young: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  return new Map([...young].map(([protocol, count]) => [protocol, count / youngest]));
}

function bump<Key>(counts: Map<Key, number>, key: Key, by = 1): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}
