// Writes transport headers and their checksums.
import { concat, viewOf } from './bytes.ts';
import { checksum, pseudoHeader } from './checksum.ts';
import { hasIcmpId } from './icmp-kind.ts';
import { type Icmp, type Packet, protocolNumber, type Tcp, type Udp } from './packet.ts';
import { writeTcpOptions } from './tcp-options.ts';

/** The transport header of a packet with everything behind it. */
export function encodeTransport(packet: Packet, data: Uint8Array): Uint8Array {
  const { transport } = packet;
  switch (transport.kind) {
    case 'tcp':
      return summed(packet, concat(tcpHeader(transport), data), 16);
    case 'udp':
      return encodeUdp(packet, transport, data);
    case 'icmp':
      return summed(packet, concat(icmpHeader(packet, transport), data), 2);
    case 'opaque':
      return data;
  }
}

/** Puts the checksum at `at`; ICMP for IPv4 alone has no pseudo header. */
function summed(packet: Packet, bytes: Uint8Array, at: number): Uint8Array {
  const isPlain = packet.protocol === protocolNumber.icmp;
  const sum = isPlain ? checksum(bytes) : checksum(pseudoHeader(packet, bytes.length), bytes);
  viewOf(bytes).setUint16(at, packet.badChecksum ? sum ^ 1 : sum);
  return bytes;
}

function tcpHeader(tcp: Tcp): Uint8Array {
  const { sport, dport, seq, ack, flags, window, optionBytes = 0 } = tcp;
  const bytes = concat(new Uint8Array(20), writeTcpOptions(tcp));
  const view = viewOf(bytes);
  view.setUint16(0, sport);
  view.setUint16(2, dport);
  view.setUint32(4, seq);
  view.setUint32(8, ack);
  view.setUint8(12, ((20 + optionBytes) / 4) << 4);
  view.setUint8(13, flags);
  view.setUint16(14, window);
  return bytes;
}

/** In UDP-Lite the length field is the checksum's coverage, 0 for all (RFC 3828); a sum of 0 is written as 65535. */
function encodeUdp(packet: Packet, { sport, dport }: Udp, data: Uint8Array): Uint8Array {
  const bytes = concat(new Uint8Array(8), data);
  const view = viewOf(bytes);
  view.setUint16(0, sport);
  view.setUint16(2, dport);
  view.setUint16(4, packet.protocol === protocolNumber.udplite ? 0 : bytes.length);
  summed(packet, bytes, 6);
  if (view.getUint16(6) === 0) view.setUint16(6, 0xffff);
  return bytes;
}

function icmpHeader({ protocol }: Packet, { type, code, id, sequence }: Icmp): Uint8Array {
  const bytes = new Uint8Array(8);
  const view = viewOf(bytes);
  view.setUint8(0, type);
  view.setUint8(1, code);
  if (!hasIcmpId(protocol, type)) return bytes;
  view.setUint16(4, id);
  view.setUint16(6, sequence);
  return bytes;
}
