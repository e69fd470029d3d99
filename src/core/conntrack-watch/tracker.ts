// The connections of a machine as they come and go, each held against the policy; what a screen shows is counted along.
// Memory grows with the connections that there are, not with those that there were.
import { parseConntrackLine } from '../conntrack/dump.ts';
import type { DumpedEntry } from '../conntrack/dumped.ts';
import { tupleKey } from '../conntrack/tuple.ts';
import type { DumpChecker } from '../conntrack-check/quick.ts';
import type { WatchEvent } from './event.ts';
import { type Member, newPopulation } from './population.ts';
import { newRateCounter } from './rate.ts';
import type { RowOrder } from './tally.ts';
import type { WatchView } from './view.ts';

/** Whether a connection is to be shown. */
export type Filter = (entry: DumpedEntry) => boolean;

/** Follows a table. */
export interface Tracker {
  /** Takes an event in. */
  apply(event: WatchEvent): void;
  /** A line that tells of an event, and can't be read. */
  addBroken(): void;
  /** Events were lost: the table is to be listed. */
  lost(): void;
  /** Begins to take a listing in; the connections that it does not have are gone when it is over. */
  listing(): Listing;
  /** Holds connections against the policy, while there are any and `goOn` says so. */
  check(goOn: () => boolean): void;
  /** Shows only some, from now on; all without a filter. */
  show(filter: Filter | undefined): void;
  /** Ends an interval of so many seconds, for what is counted a second. */
  turn(seconds: number): void;
  view(order: RowOrder): WatchView;
}

/** A listing on its way in. */
export interface Listing {
  add(entry: DumpedEntry): void;
  end(): void;
}

/** What is kept of a connection: no more, as there may be very many. */
interface Known extends Member {
  /** Its last line, for when it is looked at again. */
  raw: string;
  /** Events tell it only where it changes (ctnetlink_conntrack_event). */
  mark: number;
  /** The number of the last listing that had it, or was over when it came. */
  listing: number;
}

/** What a tracker knows. */
interface State {
  readonly known: Map<string, Known>;
  /** Those to be held against the policy. */
  readonly pending: Set<Known>;
  readonly population: ReturnType<typeof newPopulation>;
  listings: number;
  isShown: Filter;
}

const showAll: Filter = () => true;

/** Nothing yet. `now` is a clock of milliseconds. */
export function newTracker(checker: DumpChecker, now: () => number): Tracker {
  const state: State = {
    known: new Map(),
    pending: new Set(),
    population: newPopulation(checker, now),
    listings: 0,
    isShown: showAll,
  };
  const counter = newRateCounter();
  const missed = { times: 0, changes: 0 };
  let broken = 0;
  return {
    apply({ kind, entry }) {
      counter.count(kind);
      if (kind === 'destroy') drop(state, keyOf(entry));
      else put(state, entry, kind === 'new');
    },
    addBroken: () => void broken++,
    lost: () => void missed.times++,
    listing: () => takeListing(state, missed),
    check(goOn) {
      for (const one of state.pending) {
        if (!goOn()) return;
        state.pending.delete(one);
        const entry = entryOf(one);
        if (entry) state.population.check(one, entry);
      }
    },
    show(filter) {
      state.isShown = filter ?? showAll;
      for (const one of state.known.values()) showAgain(state, one);
    },
    turn(seconds) {
      counter.turn(seconds);
      state.population.turn();
    },
    view(order) {
      const { seconds, rates, history } = counter.last();
      const { totals, ...shown } = state.population.view(order, seconds);
      return {
        ...shown,
        totals: { ...totals, pending: state.pending.size },
        rates,
        history,
        missed: { ...missed },
        broken,
      };
    },
  };
}

/** net/netfilter/nf_conntrack_core.c: nf_conntrack_find: no two connections of a zone share a tuple. */
function keyOf({ zone, original }: DumpedEntry): string {
  return `${zone.original} ${tupleKey(original)}`;
}

function entryOf({ raw, mark }: Known): DumpedEntry | undefined {
  const { value } = parseConntrackLine(raw);
  if (!value?.markUntold) return value;
  const { markUntold: _, ...entry } = value;
  return { ...entry, mark };
}

/** Takes what a line says of a connection; whether it was not known. */
function put(state: State, told: DumpedEntry, isNew: boolean): boolean {
  const { known, pending, population, listings, isShown } = state;
  const key = keyOf(told);
  const before = known.get(key);
  const one = before ?? { raw: '', mark: 0, listing: listings, isNew };
  const entry = told.markUntold ? { ...told, mark: one.mark } : told;
  one.raw = ownText(entry.raw);
  one.mark = entry.mark;
  one.listing = listings;
  if (!before) {
    known.set(key, one);
    if (isShown(entry)) population.enter(one, entry);
  } else if (isShown(entry) !== (one.host !== undefined)) showAgain(state, one);
  if (one.host) pending.add(one);
  return !before;
}

function drop({ known, pending, population }: State, key: string): void {
  const one = known.get(key);
  if (!one) return;
  known.delete(key);
  pending.delete(one);
  population.leave(one);
}

/** As a filter may show it now, and did not before, or the other way round. */
function showAgain({ pending, population, isShown }: State, one: Known): void {
  pending.delete(one);
  population.leave(one);
  const entry = entryOf(one);
  if (!entry || !isShown(entry)) return;
  population.enter(one, entry);
  pending.add(one);
}

/** Counts how many connections had come or gone without an event, but for the first listing. */
function takeListing(state: State, missed: { changes: number }): Listing {
  const isFirst = state.listings++ === 0;
  let changes = 0;
  return {
    add: (entry) => {
      if (put(state, entry, false)) changes++;
    },
    end() {
      for (const [key, { listing }] of state.known) {
        if (listing === state.listings) continue;
        drop(state, key);
        changes++;
      }
      if (!isFirst) missed.changes += changes;
    },
  };
}

/** A text of its own: a piece of a larger text would keep all of that in memory. */
function ownText(piece: string): string {
  return ` ${piece}`.slice(1);
}
