// How many bytes the headers of a packet take.
import type { Hook } from '../hook/hook.ts';
import { isFragment } from './fragment.ts';
import { frameSize } from './frame.ts';
import type { Packet, Transport } from './packet.ts';

/** Bytes of the IP header; for a fragment of IPv6 with its fragment header. */
export function ipHeaderSize(packet: Pick<Packet, 'family' | 'fragment'>): number {
  if (packet.family === 4) return 20;
  return isFragment(packet.fragment) ? 48 : 40;
}

/** Bytes of the transport header, with the packet that an ICMP error carries. */
function transportSize(transport: Transport): number {
  switch (transport.kind) {
    case 'tcp':
      return 20;
    case 'udp':
      return 8;
    case 'icmp':
      return 8 + (transport.inner ? knownSize(transport.inner) : 0);
    case 'opaque':
      return 0;
  }
}

/** Bytes of all that is known of a packet: headers without options, and the payload. */
export function knownSize(packet: Omit<Packet, 'length'>): number {
  if (packet.frame) return frameSize(packet);
  return ipHeaderSize(packet) + transportSize(packet.transport) + (packet.payload?.length ?? 0);
}

/** Bytes of an Ethernet header. */
const linkHeader = 14;

/** Where a packet is counted. */
interface Counted {
  readonly packet: Packet;
  readonly hook: Hook;
  readonly bridged?: true;
}

/** Bytes that the kernel counts for a packet at a hook (skb->len): on its way out of a device with the link header. */
export function countedSize(counted: Counted): number {
  return counted.packet.length + (hasLinkHeader(counted) ? linkHeader : 0);
}

/** What the host says in ARP has its header from the beginning (net/ipv4/arp.c: arp_create). */
function hasLinkHeader({ packet: { frame }, hook, bridged }: Counted): boolean {
  return hook === 'egress' || (hook === 'output' && frame !== undefined && !bridged);
}
