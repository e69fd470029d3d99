// What a report is made of.
import type { DumpedEntry } from '../conntrack/dumped.ts';
import type { CheckedConnection } from '../conntrack-check/check.ts';
import type { Summary } from '../conntrack-check/summary.ts';

/** A table of connections, held against a policy. */
export interface Report {
  /** What the policy is called. */
  readonly policy: string;
  /** Where the connections come from, in words. */
  readonly entries: string;
  /** When the report was made, in words. */
  readonly made: string;
  readonly summary: Summary;
  /** The first connections that are not known to fit; {@link mostMisfits} at most. */
  readonly misfits: readonly CheckedConnection<DumpedEntry>[];
}

/** So many connections are shown one by one. */
export const mostMisfits = 200;
