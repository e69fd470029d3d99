import type { Packet } from './packet.ts';
/** The bytes of a packet with correct lengths and checksums; begins with an Ethernet header if the packet has one. */
export function encodePacket(packet: Packet): Uint8Array {
  throw new Error(String(packet.family));
}
