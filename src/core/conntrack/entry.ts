// One tracked connection, whether simulated or read from a dump.
import type { Tuple } from './tuple.ts';

/** include/uapi/linux/netfilter/nf_conntrack_common.h: enum ip_conntrack_status. */
export const ctStatus = {
  expected: 0x1,
  'seen-reply': 0x2,
  assured: 0x4,
  confirmed: 0x8,
  snat: 0x10,
  dnat: 0x20,
  'snat-done': 0x80,
  'dnat-done': 0x100,
  dying: 0x200,
} as const;

/** What a rule's `ct state` sees of a packet; `invalid` also stands for a packet without any entry. */
export type CtState = 'new' | 'established' | 'related' | 'invalid' | 'untracked';

/** include/uapi/linux/netfilter/nf_conntrack_tcp.h: enum tcp_conntrack. */
export type TcpState =
  | 'NONE'
  | 'SYN_SENT'
  | 'SYN_RECV'
  | 'ESTABLISHED'
  | 'FIN_WAIT'
  | 'CLOSE_WAIT'
  | 'LAST_ACK'
  | 'TIME_WAIT'
  | 'CLOSE'
  | 'SYN_SENT2';

/** A connection. Entries are values: a packet that changes one makes a new one. */
export interface Entry {
  readonly original: Tuple;
  readonly reply: Tuple;
  /** Bits of ctStatus. */
  readonly status: number;
  /** Seconds until it is forgotten, where known. */
  readonly timeout?: number;
  readonly mark: number;
  readonly zone: Zone;
  /** The protocol's own state: TcpState for TCP, others' names as conntrack prints them. */
  readonly protocolState?: string;
}

/** Conntrack zones; both the same unless the zone was set for one direction only. */
export interface Zone {
  readonly original: number;
  readonly reply: number;
}

export const defaultZone: Zone = { original: 0, reply: 0 };
