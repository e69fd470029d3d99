// How many bytes the headers of a packet take.
import { isFragment } from './fragment.ts';
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
  return ipHeaderSize(packet) + transportSize(packet.transport) + (packet.payload?.length ?? 0);
}
