// Which packets have which details in a packet spec.
import type { AddressFamily } from '../datatype/address.ts';
import { isIcmp } from './icmp-kind.ts';
import { protocolNumber } from './packet.ts';
import type { Endpoint } from './spec-endpoint.ts';

/** What a packet spec says before its details; `direction` is undefined for a packet inside an ICMP error. */
export interface Head {
  readonly protocol: number;
  readonly family: AddressFamily;
  readonly source: Endpoint;
  readonly destination: Endpoint;
  readonly direction: 'in' | 'out' | undefined;
}

/** The same of a frame that carries no IP packet. */
export interface FrameHead {
  readonly frame: 'arp' | 'other';
  readonly direction: 'in' | 'out';
}

export type AnyHead = Head | FrameHead;

/** Which packets have a detail, and how a message says that this one has not. */
export interface Scope {
  readonly holds: (head: AnyHead) => boolean;
  readonly words: string;
}

function ofIp(words: string, holds: (head: Head) => boolean): Scope {
  return { holds: (head) => !('frame' in head) && holds(head), words };
}

export const anyPacket: Scope = { holds: () => true, words: '' };
export const ipOnly = ofIp('IP packets', () => true);
export const tcpOnly = ofIp('TCP packets', ({ protocol }) => protocol === protocolNumber.tcp);
export const icmpOnly = ofIp('ICMP messages', ({ protocol }) => isIcmp(protocol));
export const numberedOnly = ofIp(
  'TCP and ICMP packets',
  ({ protocol }) => protocol === protocolNumber.tcp || isIcmp(protocol),
);
export const ipv4Only = ofIp('IPv4 packets', ({ family }) => family === 4);
export const tracked = ofIp('IP packets that are traced', ({ direction }) => direction !== undefined);
export const sentOnly = ofIp('packets that this host sends', ({ direction }) => direction === 'out');
export const arpOnly: Scope = {
  holds: (head) => 'frame' in head && head.frame === 'arp',
  words: 'ARP packets',
};
export const outermost: Scope = {
  holds: ({ direction }) => direction !== undefined,
  words: 'packets that are traced',
};
export const receivedOnly: Scope = {
  holds: ({ direction }) => direction === 'in',
  words: 'received packets',
};
/** The kernel makes the Ethernet header of IP packets that the host sends. */
export const withLink: Scope = {
  holds: (head) => 'frame' in head || head.direction === 'in',
  words: 'received packets',
};
