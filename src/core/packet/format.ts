import type { Injection, Packet } from './packet.ts';
/** The spec text of a packet, without where it enters. */
export function formatPacket(packet: Packet): string {
  throw new Error(String(packet.family));
}
/** The spec text of a packet and where it enters; `parsePacketSpec` reads it back. */
export function formatInjection(injection: Injection): string {
  throw new Error(injection.direction);
}
