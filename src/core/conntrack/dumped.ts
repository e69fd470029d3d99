// What a conntrack listing tells of a connection, beyond what an entry is.
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import type { Entry } from './entry.ts';

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
  readonly helper?: string;
  readonly labels?: string;
  readonly secctx?: string;
  /** Seconds since it began, with net.netfilter.nf_conntrack_timestamp. */
  readonly age?: number;
  /** When it began, in local time as printed. */
  readonly started?: string;
}

/** What one line of a listing holds. */
export type DumpItem =
  | { readonly kind: 'entry'; readonly entry: DumpedEntry }
  | { readonly kind: 'broken'; readonly diagnostic: Diagnostic }
  /** conntrack's last line: how many entries it says it has shown. */
  | { readonly kind: 'summary'; readonly shown: number };
