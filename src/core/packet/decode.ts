import type { Outcome } from '../diagnostic/diagnostic.ts';
import type { Packet } from './packet.ts';
/** Reads an IPv4 or IPv6 packet; with `link: 'ethernet'` the bytes begin with an Ethernet header. */
export function decodePacket(bytes: Uint8Array, link: 'ethernet' | 'none' = 'none'): Outcome<Packet> {
  throw new Error(link + bytes.length);
}
