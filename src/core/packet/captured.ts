// A frame of a capture, and what its link header tells of the packet in it.
import type { Injection, LinkHeader, Packet } from './packet.ts';

/** One frame as it stands in a capture. */
export interface CapturedFrame {
  readonly linkType: number;
  readonly data: Uint8Array;
  /** The interface, where the capture names it. */
  readonly device?: string;
  /** When it was captured, in nanoseconds since 1970; absent where the capture does not say. */
  readonly time?: bigint;
  /** The frame had more bytes than were kept. */
  readonly isCut: boolean;
  /** Whether this host sent it, where the capture says that. */
  readonly isSent?: boolean;
}

/** The packet in a frame, and what its link header tells of its way. */
export interface CapturedLink {
  readonly kind: 'ethernet' | 'none';
  readonly data: Uint8Array;
  readonly direction: 'in' | 'out';
  /** The header tells the direction. */
  readonly isTold?: true;
  readonly pkttype?: Exclude<Injection['pkttype'], undefined>;
  /** The numbers of the interfaces that it came in by and goes out by. */
  readonly iif?: number;
  readonly oif?: number;
  /** The number of the interface that a frame of this host was seen on. */
  readonly seenOn?: number;
  /** What the packet is in Ethernet's numbers, where it is not IP. */
  readonly type?: number;
  /** Of a link header that is not Ethernet's. */
  readonly tags?: Packet['tags'];
  /** Of a capture of NFLOG: when the rule saw it, what is in the log beside it, and what its hook tells. */
  readonly time?: bigint;
  readonly prefix?: string;
  readonly mark?: number;
  readonly skuid?: number;
  readonly skgid?: number;
  readonly ends?: LinkHeader;
  readonly local?: true;
  /** The log may have less of the packet than there was, and does not say so. */
  readonly isCut?: true;
  /** The hook is behind the routing that takes one off the time to live. */
  readonly isRouted?: true;
}
