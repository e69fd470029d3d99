// What a conntrack listing tells of a connection, beyond what an entry is.
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import type { Entry } from './entry.ts';
import type { Expectation } from './expectation.ts';

/** An entry as listed by `conntrack -L` or /proc/net/nf_conntrack. */
export interface DumpedEntry extends Entry {
  /** From 1. */
  readonly line: number;
  /** The line as it was read. */
  readonly raw: string;
  /** As printed; `unknown` for many protocols. */
  readonly protocolName: string;
  /** The words in brackets: UNREPLIED, ASSURED, OFFLOAD, HW_OFFLOAD. */
  readonly flags: readonly string[];
  readonly id?: number;
  readonly use?: number;
  readonly labels?: string;
  readonly secctx?: string;
  /** The number behind `secctx`, in older versions. */
  readonly secmark?: number;
  /** Seconds since it began, with net.netfilter.nf_conntrack_timestamp. */
  readonly age?: number;
  /** When it began, in local time as printed. */
  readonly started?: string;
}

/** An expectation as listed. Of the protocol and the zone of its master nothing is said: of `master` only the rest counts. */
export interface ListedExpectation extends Omit<Expectation, 'zone'> {
  readonly isActive: boolean;
}

/** A line of `conntrack -L expect`. */
export interface DumpedExpectation extends ListedExpectation {
  /** From 1. */
  readonly line: number;
}

/** What one line of a listing holds. */
export type DumpItem =
  | { readonly kind: 'expectation'; readonly expectation: DumpedExpectation }
  | { readonly kind: 'entry'; readonly entry: DumpedEntry }
  | { readonly kind: 'broken'; readonly diagnostic: Diagnostic }
  /** conntrack's last line: how many entries it says it has shown. */
  | { readonly kind: 'summary'; readonly shown: number };
