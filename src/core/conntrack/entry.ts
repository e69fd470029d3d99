// One tracked connection, whether simulated or read from a dump.
import type { Timeouts } from './timeouts.ts';
import type { Direction, Tuple } from './tuple.ts';
import type { Windows } from './window.ts';

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
  'fixed-timeout': 0x400,
  helper: 0x2000,
  offload: 0x4000,
  'hw-offload': 0x8000,
} as const;

/** What a rule's `ct state` sees of a packet; `invalid` also stands for a packet without any entry. */
export type CtState = 'new' | 'established' | 'related' | 'invalid' | 'untracked';

/** What SCTP tracking remembers of the packets before, besides the state: struct ip_ct_sctp. */
export interface SctpMemory {
  /** The verification tag that packets of a direction have; 0 where it is not known yet. */
  readonly tags: Readonly<Record<Direction, number>>;
  /** Who sent an INIT that was not confirmed. */
  readonly begun: Readonly<Record<Direction, boolean>>;
  /** In which direction a HEARTBEAT had another tag. */
  readonly strange?: Direction;
}

/** What TCP tracking remembers of the packets before, besides the state: struct ip_ct_tcp without its windows. */
export interface TcpMemory {
  /** The last packet that counted or was let through. */
  readonly last: TcpPacketKind;
  readonly lastDirection: Direction;
  /** A FIN began to close the connection (IP_CT_TCP_FLAG_CLOSE_INIT). */
  readonly closing: boolean;
  /** Both sides sent a SYN (IP_CT_TCP_SIMULTANEOUS_OPEN). */
  readonly simultaneousOpen: boolean;
  /** A SYN in LAST_ACK may be answered by a challenge ACK (IP_CT_EXP_CHALLENGE_ACK, RFC 5961). */
  readonly challengeAck: boolean;
  /** Absent where the number of any segment was not said. */
  readonly windows?: Windows;
}

/** net/netfilter/nf_conntrack_proto_tcp.c: enum tcp_bit_set, what of a packet's flags moves the state. */
export type TcpPacketKind = 'syn' | 'synack' | 'fin' | 'ack' | 'rst';

/** A connection. Entries are values: a packet that changes one makes a new one. */
export interface Entry {
  readonly original: Tuple;
  readonly reply: Tuple;
  /** Bits of ctStatus. */
  readonly status: number;
  /** Seconds until it is forgotten, where known. */
  readonly timeout?: number;
  readonly mark: number;
  /** Its labels, a bit for each of the 128; absent from dumps, which have names of a file of the machine. */
  readonly labelBits?: bigint;
  readonly zone: Zone;
  /** The protocol's own state: TcpState for TCP, others' names as conntrack prints them. */
  readonly protocolState?: string;
  /** When it was made and when its timeout was last set, in seconds of the simulation's clock; absent from dumps. */
  readonly created?: number;
  readonly refreshed?: number;
  /** Absent from dumps: no listing shows it. */
  readonly tcp?: TcpMemory;
  readonly sctp?: SctpMemory;
  /** The device that `masquerade` took the address of (struct nf_conn_nat, masq_index); absent from dumps. */
  readonly masqueradedFor?: string;
  /** Ports that NAT drew by chance, of which the reply tuple has a stand-in: it is one of these. */
  readonly drawn?: Readonly<Partial<Record<'source' | 'destination', DrawnPort>>>;
  /** What it has carried; in dumps with net.netfilter.nf_conntrack_acct only. */
  readonly counters?: Readonly<Record<Direction, Counter>>;
  /** Those that a rule gave it, in place of the host's. */
  readonly timeouts?: Timeouts;
  /** The helper that a rule gave it. */
  readonly helper?: string;
  /** What it belongs to, if it was expected; absent from dumps. */
  readonly expected?: Expected;
}

/** Ports, or ICMP identifiers, from `lo` to `hi`, both included. */
export interface DrawnPort {
  readonly lo: number;
  readonly hi: number;
}

/** The connection that this one was expected for (struct nf_conn, master), and its helper. */
export interface Expected {
  readonly master: Tuple;
  readonly helper?: string;
}

/** Packets of one direction, and their bytes from the IP header on. */
export interface Counter {
  readonly packets: number;
  readonly bytes: number;
}

/** Conntrack zones; both the same unless the zone was set for one direction only. */
export interface Zone {
  readonly original: number;
  readonly reply: number;
}

export const defaultZone: Zone = { original: 0, reply: 0 };

/** Whether a status bit is set. */
export function hasStatus(entry: Pick<Entry, 'status'>, bit: keyof typeof ctStatus): boolean {
  return (entry.status & ctStatus[bit]) !== 0;
}

/** The entry with one more status bit. */
export function withStatus(entry: Entry, bit: keyof typeof ctStatus): Entry {
  return hasStatus(entry, bit) ? entry : { ...entry, status: entry.status | ctStatus[bit] };
}

/** The entry with a helper that a rule gives it; one that it has from a rule stays. */
export function withHelper(entry: Entry, helper: string): Entry {
  return hasStatus(entry, 'helper') ? entry : { ...withStatus(entry, 'helper'), helper };
}

/**
 * Seconds until it is forgotten (nf_conntrack.h: nf_ct_expires); undefined where that is not known, and for one that is
 * not confirmed, for which the kernel reckons with a time that has not begun.
 */
export function secondsLeft(entry: Entry, now: number): number | undefined {
  const { timeout, refreshed = 0 } = entry;
  if (timeout === undefined || !hasStatus(entry, 'confirmed')) return undefined;
  return Math.max(0, refreshed + timeout - now);
}

/**
 * Whether its timeout has run out at a time of the simulation's clock (nf_conntrack.h: nf_ct_is_expired). What a dump
 * says was left at the beginning.
 */
export function isExpired({ timeout, refreshed }: Entry, now: number): boolean {
  if (timeout === undefined) return false;
  return refreshed === undefined ? timeout < now : refreshed + timeout <= now;
}
