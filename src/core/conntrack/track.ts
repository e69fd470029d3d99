// What conntrack does to a packet at priority -200 in PREROUTING and OUTPUT: net/netfilter/nf_conntrack_core.c.
import { type Packet, protocolNumber } from '../packet/packet.ts';
import {
  type CtState,
  defaultZone,
  type Entry,
  hasStatus,
  isExpired,
  withStatus,
  type Zone,
} from './entry.ts';
import { expectedBy } from './expectation.ts';
import { followMaster } from './follow-master.ts';
import { formatTuple } from './format.ts';
import { judgeGeneric, judgeGre } from './generic.ts';
import { errorConnection, icmpOf, isIcmpError, isUntrackedIcmp, judgeIcmp } from './icmp.ts';
import { withoutAnswer, withSenderKey } from './pptp.ts';
import { type Arrival, type Judgement, refresh, type TrackSettings } from './protocol.ts';
import { judgeSctp } from './sctp.ts';
import { type ConntrackTable, type Found, type FoundExpectation, findExpectation } from './table.ts';
import { judgeTcp } from './tcp.ts';
import { defaultTimeouts } from './timeouts.ts';
import { type Direction, invert, type Tuple, tupleOf } from './tuple.ts';
import { judgeUdp } from './udp.ts';

/** Where the packet is tracked and by which sysctls; everything has the kernel's default. */
export interface TrackOptions extends Partial<TrackSettings> {
  /** The zone that a rule in raw gave the packet. */
  readonly zone?: Zone;
  /** Checksums count: net.netfilter.nf_conntrack_checksum, and only in PREROUTING. */
  readonly checksums?: boolean;
}

/** What the packet looks like to every rule behind conntrack. */
export interface Tracked {
  readonly state: CtState;
  readonly direction: Direction;
  /** Its connection as this packet leaves it; not confirmed and not yet in the table if the packet began it. */
  readonly entry: Entry | undefined;
  /** The table after this packet. */
  readonly table: ConntrackTable;
  /** Why it is in this state, as a fragment of a sentence. */
  readonly reason: string;
  /** There was no connection, so that room was needed for one, even if the packet turned out to be invalid. */
  readonly begins?: true;
  /** What a dumped entry does not tell, where the answer rests on it. */
  readonly unsure?: string;
}

/** include/net/ipv6.h: NEXTHDR_NONE. net/ipv6/exthdrs_core.c: ipv6_skip_exthdr finds no protocol there. */
const noNextHeader = 59;

/**
 * nf_conntrack_core.c: nf_conntrack_in, for a packet that no rule before exempted. Fragments are taken as already
 * reassembled.
 */
export function track(table: ConntrackTable, packet: Packet, options: TrackOptions = {}): Tracked {
  const zone = options.zone ?? defaultZone;
  const icmp = icmpOf(packet);
  if (options.checksums && packet.badChecksum && packet.transport.kind !== 'opaque')
    return without(table, 'invalid', 'its checksum is wrong');
  if (options.checksums && packet.protocol === protocolNumber.udplite)
    return without(table, 'invalid', 'nf_conntrack_checksum takes every checksum of UDP-Lite for wrong');
  if (icmp && isUntrackedIcmp(packet.family, icmp.type)) {
    return without(table, 'untracked', `ICMPv6 type ${icmp.type} is never tracked`);
  }
  if (icmp && isIcmpError(packet.family, icmp.type)) return trackError(table, packet, zone, options.now ?? 0);
  if (packet.family === 6 && packet.protocol === noNextHeader)
    return without(table, 'invalid', 'nothing follows the headers of IPv6');
  const tuple = tupleOf(packet);
  if (!tuple) return without(table, 'invalid', 'the header with the ports is not in the packet');
  const keyed = withSenderKey(table, tuple);
  return trackTuple({ table, packet, tuple: keyed, zone, settings: settingsOf(options) });
}

/** The connection after `reject` reset it: net/netfilter/nf_conntrack_proto_tcp.c: nf_conntrack_tcp_set_closing. */
export function resetByRule(entry: Entry, options: TrackOptions = {}): Entry {
  const settings = settingsOf(options);
  if (entry.original.protocol !== protocolNumber.tcp || entry.protocolState === 'CLOSE') return entry;
  return refresh({ ...entry, protocolState: 'CLOSE' }, settings.timeouts.tcp.CLOSE, settings);
}

interface Search {
  readonly table: ConntrackTable;
  readonly packet: Packet;
  readonly tuple: Tuple;
  readonly zone: Zone;
  readonly settings: TrackSettings;
}

function settingsOf({
  timeouts = defaultTimeouts,
  tcpLoose = true,
  tcpLiberal = false,
  tcpOldResets = false,
  tcpMaxRepeats = 3,
  now = 0,
}: TrackOptions): TrackSettings {
  return { timeouts, tcpLoose, tcpLiberal, tcpOldResets, tcpMaxRepeats, now };
}

function without(table: ConntrackTable, state: 'invalid' | 'untracked', reason: string): Tracked {
  return { state, direction: 'original', entry: undefined, table, reason };
}

/** Errors neither renew nor change the connection that they speak of. */
function trackError(table: ConntrackTable, packet: Packet, zone: Zone, now: number): Tracked {
  const found = errorConnection(table, packet, zone, now);
  if (!found)
    return without(table, 'invalid', 'the ICMP error speaks of no known connection of its receiver');
  return { state: 'related', ...found, table, reason: 'the ICMP error speaks of this connection' };
}

/** nf_conntrack_core.c: resolve_normal_ct, and again from the start after a reopening packet (NF_REPEAT). */
function trackTuple(search: Search): Tracked {
  const { table, tuple, zone, settings } = search;
  const found = table.lookup(tuple, zone);
  if (found && isExpired(found.entry, settings.now)) {
    return trackTuple({ ...search, table: table.without(found.entry) });
  }
  if (found) return conclude(search, found);
  const entry = freshEntry(search);
  if (!entry) return without(table, 'invalid', 'the ICMP type belongs to no connection');
  const met = findExpectation(table, tuple, zone, settings.now);
  const begun = met ? expectedOne(search, entry, met) : conclude(search, { entry, direction: 'original' });
  return { ...begun, begins: true };
}

/** It has the mark of the connection that it belongs to, and is expected once unless that is to stay so. */
function expectedOne(search: Search, fresh: Entry, { expectation, master }: FoundExpectation): Tracked {
  const { table } = search;
  const own = { ...withStatus(fresh, 'expected'), mark: master.mark, expected: expectedBy(expectation) };
  const { entry, unsure } = followMaster(table, own, expectation, master);
  const others = withoutAnswer(
    table.expectations.filter((one) => one !== expectation),
    expectation,
  );
  const left = expectation.permanent ? table : table.withExpectations(others);
  const tracked = conclude({ ...search, table: left }, { entry, direction: 'original' });
  return tracked.entry && unsure !== undefined ? { ...tracked, unsure } : tracked;
}

const noPackets = { packets: 0, bytes: 0 };

/** nf_conntrack_core.c: init_conntrack. */
function freshEntry({ tuple, zone, settings }: Search): Entry | undefined {
  const reply = invert(tuple);
  const counters = { original: noPackets, reply: noPackets };
  return (
    reply && {
      original: tuple,
      reply,
      status: 0,
      mark: 0,
      labelBits: 0n,
      zone,
      created: settings.now,
      counters,
    }
  );
}

function conclude(search: Search, { entry, direction }: Found): Tracked {
  const { table, packet, settings: given } = search;
  const { timeouts = given.timeouts } = entry;
  const settings = { ...given, timeouts, counted: { direction, bytes: packet.length } };
  const judgement = judge({ entry, packet, direction, settings });
  switch (judgement.kind) {
    case 'invalid':
      return without(judgement.entry ? table.with(judgement.entry) : table, 'invalid', judgement.reason);
    case 'reopen':
      return trackTuple({ ...search, table: table.without(entry) });
    case 'forget':
      return { ...seen(entry, judgement.entry, direction), table: table.without(entry) };
    case 'accept': {
      const result = seen(entry, judgement.entry, direction);
      const known = hasStatus(entry, 'confirmed');
      const { unsure } = judgement;
      return { ...result, table: known ? table.with(result.entry) : table, ...(unsure && { unsure }) };
    }
  }
}

/** nf_conntrack_core.c: nf_conntrack_handle_packet. */
function judge(arrival: Arrival): Judgement {
  switch (arrival.packet.protocol) {
    case protocolNumber.tcp:
      return judgeTcp(arrival);
    case protocolNumber.udp:
    case protocolNumber.udplite:
      return judgeUdp(arrival);
    case protocolNumber.icmp:
    case protocolNumber.icmpv6:
      return judgeIcmp(arrival);
    case protocolNumber.gre:
      return judgeGre(arrival);
    case protocolNumber.sctp:
      return judgeSctp(arrival);
    default:
      return judgeGeneric(arrival);
  }
}

/** The packet's state by what was seen before it; a reply then counts as seen. */
function seen(before: Entry, after: Entry, direction: Direction) {
  if (direction === 'reply') {
    const entry = withStatus(after, 'seen-reply');
    return { state: 'established', direction, entry, reason: 'it answers this connection' } as const;
  }
  return { ...originalState(before), direction, entry: after };
}

function originalState(entry: Entry): { readonly state: CtState; readonly reason: string } {
  if (hasStatus(entry, 'seen-reply')) return { state: 'established', reason: 'this connection was answered' };
  if (hasStatus(entry, 'expected')) return { state: 'related', reason: expectedReason(entry) };
  if (hasStatus(entry, 'confirmed')) return { state: 'new', reason: 'this connection was not answered yet' };
  return { state: 'new', reason: 'it begins a connection' };
}

function expectedReason({ expected }: Entry): string {
  const by = expected?.helper === undefined ? 'a rule' : `the helper \`${expected.helper}\``;
  return expected
    ? `${by} expected it beside ${formatTuple(expected.master)}`
    : 'a helper expected this connection';
}
