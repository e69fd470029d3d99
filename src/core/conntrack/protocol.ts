// What a protocol's tracker is asked and may answer: nf_conntrack_l4proto.h, one judgement for each packet.
import type { Packet } from '../packet/packet.ts';
import type { Entry } from './entry.ts';
import type { Timeouts } from './timeouts.ts';
import type { Direction } from './tuple.ts';

/** A packet that belongs to an entry, or would make one: then the entry is fresh and not confirmed. */
export interface Arrival {
  readonly entry: Entry;
  readonly packet: Packet;
  readonly direction: Direction;
  readonly settings: TrackSettings;
}

/** What conntrack's sysctls and the clock say. */
export interface TrackSettings {
  readonly timeouts: Timeouts;
  /** net.netfilter.nf_conntrack_tcp_loose: pick up TCP connections from the middle. */
  readonly tcpLoose: boolean;
  /** Seconds, from any beginning. */
  readonly now: number;
}

/** nf_conntrack_core.c: nf_conntrack_handle_packet's result, as data. */
export type Judgement =
  /** The packet belongs; `unsure` says what a dumped entry would have to tell for certainty. */
  | { readonly kind: 'accept'; readonly entry: Entry; readonly unsure?: string }
  /** The packet belongs and ends the connection at once. */
  | { readonly kind: 'forget'; readonly entry: Entry }
  /** The old connection is over: delete it and take the packet as one without an entry. */
  | { readonly kind: 'reopen' }
  | { readonly kind: 'invalid'; readonly reason: string };

/** The entry with its timeout counted anew: nf_ct_refresh_acct. */
export function refresh(entry: Entry, timeout: number, settings: TrackSettings): Entry {
  return { ...entry, timeout, refreshed: settings.now };
}
