// What a screen of live connections shows, at one point of time.
import type { DumpedEntry } from '../conntrack/dumped.ts';
import type { CheckedConnection } from '../conntrack-check/check.ts';

/** Connections that have something in common. */
export interface Row {
  /** A rule or policy that decides, or an address. */
  readonly name: string;
  readonly connections: number;
  readonly stale: number;
  /** How many of them began a second, in the last interval. */
  readonly rate: number;
}

/** A stale connection, and since when it is known as one. */
export interface StaleConnection {
  readonly checked: CheckedConnection<DumpedEntry>;
  /** What decides about it. */
  readonly rule: string;
  /** Milliseconds of the clock of whoever watches. */
  readonly since: number;
}

/** All connections together. */
export interface WatchTotals {
  readonly connections: number;
  readonly stale: number;
  /** Stale ones whose packets pass nevertheless. */
  readonly surviving: number;
  readonly depends: number;
  /** Translated otherwise than the rules say. */
  readonly drift: number;
  /** Not yet held against the policy. */
  readonly pending: number;
}

/** Events in a second, over the last interval. */
export interface Rates {
  readonly created: number;
  readonly destroyed: number;
  readonly updated: number;
}

/** The kernel's table: net.netfilter.nf_conntrack_count, _max and _buckets. */
export interface TableFill {
  readonly count: number;
  readonly max: number;
  readonly buckets: number;
}

/** What rules have logged since the beginning. */
export type Logged =
  /** No rule of the policy logs. */
  | { readonly kind: 'no-rules' }
  /** The kernel's log can't be read. */
  | { readonly kind: 'unreadable'; readonly reason: string }
  | { readonly kind: 'counted'; readonly rows: readonly LoggedRow[] };

/** A rule that logs, and how many lines it has written. */
export interface LoggedRow {
  readonly name: string;
  readonly lines: number;
  /** A second, in the last interval. */
  readonly rate: number;
}

/** What was missed because the kernel had more events than could be taken. */
export interface Missed {
  /** How often that happened. */
  readonly times: number;
  /** Connections that had come or gone when the table was listed again. */
  readonly changes: number;
}

/** One moment. */
export interface WatchView {
  readonly totals: WatchTotals;
  readonly rates: Rates;
  /** New connections a second in the last intervals, the latest last. */
  readonly history: readonly number[];
  readonly rules: readonly Row[];
  readonly talkers: readonly Row[];
  /** The newest first. */
  readonly stale: readonly StaleConnection[];
  readonly missed: Missed;
  /** Lines of events that were not understood. */
  readonly broken: number;
}
