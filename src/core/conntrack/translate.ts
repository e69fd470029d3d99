// Rewriting packets by their connection's NAT binding: net/netfilter/nf_nat_core.c and nf_nat_proto.c.

import { writeSctpChecksum } from '../packet/crc32c.ts';
import { type Packet, protocolNumber } from '../packet/packet.ts';
import { ipHeaderSize } from '../packet/size.ts';
import { type Entry, hasStatus } from './entry.ts';
import { icmpOf, isIcmpError } from './icmp.ts';
import type { Manip } from './nat.ts';
import { type Direction, invert, type Tuple } from './tuple.ts';

/** ICMP messages with an identifier: nf_nat_proto.c: icmp_manip_pkt, icmpv6_manip_pkt. */
const identified = {
  4: new Set([0, 8, 13, 14, 15, 16, 17, 18]),
  6: new Set([128, 129]),
} as const;

/** ICMPv4 redirect. */
const redirect = 5;

/**
 * What NAT makes of a packet at a hook: `destination` in PREROUTING and OUTPUT, `source` in POSTROUTING and INPUT
 * (nf_nat_packet). In the reply direction the binding is undone: there PREROUTING undoes the source NAT. An ICMP
 * error changes with the packet that it quotes. Undefined is dropped: a redirect about a translated connection
 * (nf_nat_icmp_reply_translation), and a GRE packet that ends before its eighth byte (gre_manip_pkt). Only headers that the
 * packet vocabulary has are rewritten, not payloads.
 */
export function translate(
  packet: Packet,
  entry: Entry,
  direction: Direction,
  manip: Manip,
): Packet | undefined {
  const icmp = icmpOf(packet);
  const isError = icmp !== undefined && isIcmpError(packet.family, icmp.type);
  if (isError && packet.family === 4 && icmp.type === redirect && !mayRedirect(entry)) return undefined;
  const answers = entry[other(direction)];
  const target = invert(answers);
  if (!target || !isTranslated(entry, direction, manip)) return packet;
  if (packet.protocol === protocolNumber.gre && packet.length - ipHeaderSize(packet) < 8) return undefined;
  return rewritten(isError ? withQuoted(packet, answers, manip) : packet, target, manip);
}

/** The packet that an error quotes went the other way, so its other half is rewritten. */
function withQuoted(packet: Packet, answers: Tuple, manip: Manip): Packet {
  const { transport } = packet;
  if (transport.kind !== 'icmp' || !transport.inner) return packet;
  const inner = rewritten(transport.inner, answers, manip === 'source' ? 'destination' : 'source');
  return { ...packet, transport: { ...transport, inner } };
}

function mayRedirect(entry: Entry): boolean {
  const isBound = hasStatus(entry, 'snat-done') && hasStatus(entry, 'dnat-done');
  return isBound && !hasStatus(entry, 'snat') && !hasStatus(entry, 'dnat');
}

function other(direction: Direction): Direction {
  return direction === 'original' ? 'reply' : 'original';
}

function isTranslated(entry: Entry, direction: Direction, manip: Manip): boolean {
  return hasStatus(entry, (manip === 'source') === (direction === 'original') ? 'snat' : 'dnat');
}

/** nf_nat_manip_pkt: one address, and the port or identifier that goes with it. */
function rewritten(packet: Packet, target: Tuple, manip: Manip): Packet {
  const transport = rewrittenTransport(packet, target, manip);
  return { ...packet, [manip]: target[manip], transport, ...rewrittenPayload(packet, target, manip) };
}

/** The ports of SCTP and the receiver's key of GRE stand in the bytes of the packet (sctp_manip_pkt, gre_manip_pkt). */
function rewrittenPayload(packet: Packet, { layer4 }: Tuple, manip: Manip): Partial<Packet> {
  const { protocol, payload, length } = packet;
  if (!payload) return {};
  const isWhole = payload.length === length - ipHeaderSize(packet);
  if (layer4.kind === 'gre' && manip === 'destination') return withCall(payload, layer4.destinationKey);
  if (protocol !== protocolNumber.sctp || layer4.kind !== 'ports') return {};
  const changed = Uint8Array.from(payload);
  const view = new DataView(changed.buffer);
  if (manip === 'source') view.setUint16(0, layer4.sport);
  else view.setUint16(2, layer4.dport);
  // An error quotes the beginning only: its checksum stays as it was.
  if (isWhole && changed.length >= 12) writeSctpChecksum(changed);
  return { payload: changed };
}

/** Only version 1 has one, that of PPTP. */
function withCall(payload: Uint8Array, key: number): Partial<Packet> {
  if (((payload[1] ?? 0) & 7) !== 1) return {};
  const changed = Uint8Array.from(payload);
  new DataView(changed.buffer).setUint16(6, key);
  return { payload: changed };
}

function rewrittenTransport(
  { family, transport }: Packet,
  { layer4 }: Tuple,
  manip: Manip,
): Packet['transport'] {
  if (layer4.kind === 'ports' && (transport.kind === 'tcp' || transport.kind === 'udp')) {
    return manip === 'source' ? { ...transport, sport: layer4.sport } : { ...transport, dport: layer4.dport };
  }
  if (layer4.kind === 'icmp' && transport.kind === 'icmp' && identified[family].has(transport.type)) {
    return { ...transport, id: layer4.id };
  }
  return transport;
}
