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
  /** net.netfilter.nf_conntrack_tcp_be_liberal: only resets are held to the window. */
  readonly tcpLiberal: boolean;
  /** net.netfilter.nf_conntrack_tcp_ignore_invalid_rst: resets of old numbers count. */
  readonly tcpOldResets: boolean;
  /** net.netfilter.nf_conntrack_tcp_max_retrans: so often may an acknowledgement come again. */
  readonly tcpMaxRepeats: number;
  /** Seconds, from any beginning. */
  readonly now: number;
  /** The packet as it is counted; nothing is where absent. */
  readonly counted?: { readonly direction: Direction; readonly bytes: number };
}

/** nf_conntrack_core.c: nf_conntrack_handle_packet's result, as data. */
export type Judgement =
  /** The packet belongs; `unsure` says what a dumped entry would have to tell for certainty. */
  | { readonly kind: 'accept'; readonly entry: Entry; readonly unsure?: string }
  /** The packet belongs and ends the connection at once. */
  | { readonly kind: 'forget'; readonly entry: Entry }
  /** The old connection is over: delete it and take the packet as one without an entry. */
  | { readonly kind: 'reopen' }
  /** The packet does not belong; `entry` where the connection remembers it all the same. */
  | { readonly kind: 'invalid'; readonly reason: string; readonly entry?: Entry };

/** The entry with its timeout counted anew, and with the packet: nf_ct_refresh_acct. */
export function refresh(entry: Entry, timeout: number, { now, counted }: TrackSettings): Entry {
  const { counters } = entry;
  const renewed = { ...entry, timeout, refreshed: now };
  if (!counters || !counted) return renewed;
  const { packets, bytes } = counters[counted.direction];
  const own = { packets: packets + 1, bytes: bytes + counted.bytes };
  return { ...renewed, counters: { ...counters, [counted.direction]: own } };
}
