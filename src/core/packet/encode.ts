// Writes packets as bytes: RFC 791, RFC 8200, and the transport headers of encode-transport.ts.
import { concat, viewOf, writeUint } from './bytes.ts';
import { checksum } from './checksum.ts';
import { encodeTransport } from './encode-transport.ts';
import { isFragment } from './fragment.ts';
import { encodeFrame, encodeLink } from './frame-bytes.ts';
import type { Packet } from './packet.ts';
import { ipHeaderSize, knownSize } from './size.ts';

/**
 * The bytes of a packet with correct lengths and checksums; begins with an Ethernet header if the packet has one, or is
 * a frame without IP.
 * Where the packet is longer than what is known of it, zeros fill the rest; it is never cut.
 */
export function encodePacket(packet: Packet): Uint8Array {
  const { frame, link = { source: 0n, destination: 0n } } = packet;
  if (frame) return concat(encodeLink(link, packet), encodeFrame(packet));
  const known = knownSize(packet) + optionBytesOf(packet);
  const length = Math.max(packet.length, known);
  const filling = new Uint8Array(length - known);
  const ip = encodeIp({ ...packet, length }, concat(packet.payload ?? new Uint8Array(), filling));
  return packet.link ? concat(encodeLink(packet.link, packet), ip) : ip;
}

function optionBytesOf({ transport }: Packet): number {
  return transport.kind === 'tcp' ? (transport.optionBytes ?? 0) : 0;
}

/** A packet inside an ICMP error ends where our knowledge does, whatever its length field says. */
function encodeInner(packet: Packet): Uint8Array {
  return encodeIp(packet, packet.payload ?? new Uint8Array());
}

function encodeIp(packet: Packet, payload: Uint8Array): Uint8Array {
  const { transport } = packet;
  const inner =
    transport.kind === 'icmp' && transport.inner ? encodeInner(transport.inner) : new Uint8Array();
  const header = packet.family === 4 ? encodeIpv4(packet) : encodeIpv6(packet);
  return concat(header, encodeTransport(packet, concat(inner, payload)));
}

function trafficClass({ dscp, ecn = 0 }: Packet): number {
  return (dscp << 2) | ecn;
}

function encodeIpv4(packet: Packet): Uint8Array {
  const { fragment } = packet;
  const bytes = new Uint8Array(ipHeaderSize(packet));
  const view = viewOf(bytes);
  view.setUint8(0, 0x45);
  view.setUint8(1, trafficClass(packet));
  view.setUint16(2, packet.length);
  view.setUint16(4, packet.identification ?? 0);
  view.setUint16(6, (fragment.dontFragment ? 0x4000 : 0) | (fragment.more ? 0x2000 : 0) | fragment.offset);
  view.setUint8(8, packet.ttl);
  view.setUint8(9, packet.protocol);
  writeUint(bytes, 12, 4, packet.source);
  writeUint(bytes, 16, 4, packet.destination);
  view.setUint16(10, checksum(bytes));
  return bytes;
}

/** With a fragment header where the packet is a fragment. */
function encodeIpv6(packet: Packet): Uint8Array {
  const bytes = new Uint8Array(ipHeaderSize(packet));
  const view = viewOf(bytes);
  const fragmented = isFragment(packet.fragment);
  view.setUint32(0, (6 << 28) | (trafficClass(packet) << 20));
  view.setUint16(4, packet.length - 40);
  view.setUint8(6, fragmented ? 44 : packet.protocol);
  view.setUint8(7, packet.ttl);
  writeUint(bytes, 8, 16, packet.source);
  writeUint(bytes, 24, 16, packet.destination);
  if (!fragmented) return bytes;
  view.setUint8(40, packet.protocol);
  view.setUint16(42, (packet.fragment.offset << 3) | (packet.fragment.more ? 1 : 0));
  view.setUint32(44, packet.identification ?? 0);
  return bytes;
}
