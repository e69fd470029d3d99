// The Internet checksum (RFC 1071) and what transport checksums cover beside their own bytes.
import { addressWidth } from '../datatype/address.ts';
import { writeUint } from './bytes.ts';
import type { Packet } from './packet.ts';

/** The ones' complement of the ones' complement sum of the 16-bit words; an odd last byte is padded with zero. */
export function checksum(...parts: readonly Uint8Array[]): number {
  let sum = 0;
  for (const part of parts) {
    for (let at = 0; at < part.length; at += 2) sum += ((part[at] ?? 0) << 8) | (part[at + 1] ?? 0);
    while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  }
  return ~sum & 0xffff;
}

/** Both addresses, length and protocol (RFC 9293 section 3.1, RFC 8200 section 8.1). */
export function pseudoHeader(packet: Packet, transportLength: number): Uint8Array {
  const size = addressWidth(packet.family) / 8;
  const bytes = new Uint8Array(2 * size + 8);
  writeUint(bytes, 0, size, packet.source);
  writeUint(bytes, size, size, packet.destination);
  writeUint(bytes, 2 * size, 4, BigInt(transportLength));
  bytes[2 * size + 7] = packet.protocol;
  return bytes;
}
