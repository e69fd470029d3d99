// What a conntrack listing tells of a connection, beyond what an entry is.
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import type { Entry } from './entry.ts';
import type { Expectation } from './expectation.ts';

/** An entry, and the line that told it. */
export interface EntryInLine extends Entry {
  /** From 1. */
  readonly line: number;
  /** The line as it was read. */
  readonly raw: string;
}

/** An entry as listed by `conntrack -L` or /proc/net/nf_conntrack. */
export interface DumpedEntry extends EntryInLine {
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
  /** When it began, in local time as printed, and when it ended, which only events tell. */
  readonly started?: string;
  readonly stopped?: string;
  /** The same in seconds since 1970, of XML with `ktimestamp`. */
  readonly startedAt?: number;
  readonly stoppedAt?: number;
  /** Its mark is not told, as in `-o save` and in many events: the 0 stands for any. */
  readonly markUntold?: true;
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

/** A line of /proc/net/nf_conntrack_expect, which tells neither what of it counts nor beside which connection. */
export interface AnnouncedExpectation
  extends Pick<DumpedExpectation, 'line' | 'tuple' | 'timeout' | 'helper' | 'permanent' | 'isActive'> {
  /** Which of the helper's kinds of connections is expected. */
  readonly policy?: string;
}

/** What `conntrack -E` tells. */
export interface DumpedEvent {
  /** From 1. */
  readonly line: number;
  readonly type: 'new' | 'update' | 'destroy';
  /** Seconds since 1970, with `-o timestamp`. */
  readonly time?: number;
  /** The program that did it, if no packet did. */
  readonly userspace?: { readonly portId: number; readonly program?: string };
  readonly of:
    | { readonly kind: 'entry'; readonly entry: DumpedEntry }
    | { readonly kind: 'expectation'; readonly expectation: DumpedExpectation };
}

/** What a line of a listing holds, or a flow of XML. */
export type DumpItem =
  | { readonly kind: 'expectation'; readonly expectation: DumpedExpectation }
  | { readonly kind: 'entry'; readonly entry: DumpedEntry }
  | { readonly kind: 'announced'; readonly expectation: AnnouncedExpectation }
  | { readonly kind: 'event'; readonly event: DumpedEvent }
  | { readonly kind: 'broken'; readonly diagnostic: Diagnostic }
  /** conntrack's last line: how many entries or events it says it has shown. */
  | { readonly kind: 'summary'; readonly shown: number };
