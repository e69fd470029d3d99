// A packet as the simulator sees it: decoded headers, immutable. Bytes come in and out through decode.ts and encode.ts.
import type { AddressFamily } from '../datatype/address.ts';

/** An IPv4 or IPv6 packet, or with `frame` what else an Ethernet frame may carry. */
export interface Packet {
  readonly family: AddressFamily;
  readonly source: bigint;
  readonly destination: bigint;
  /** The transport protocol's number: IPv4's protocol field, IPv6's last next header. */
  readonly protocol: number;
  /** IPv6: the first next header, where an extension header other than the fragment header stands there. */
  readonly nextHeader?: number;
  /** IPv4 TTL or IPv6 hop limit. */
  readonly ttl: number;
  readonly dscp: number;
  /** Total length in bytes of the IP packet, headers included. */
  readonly length: number;
  readonly fragment: Fragment;
  readonly transport: Transport;
  /**
   * Why the transport header, or what an ICMP error quotes, is not all known: a capture or a log line that leaves it
   * out. What is not known is not in `transport` either; without this field the packet itself has no more.
   */
  readonly untold?: string;
  /** The Ethernet header, where the packet came with one. */
  readonly link?: LinkHeader;
  /** The outermost first; absent where there is none. */
  readonly tags?: readonly VlanTag[];
  /** Everything behind the transport header, as far as it was captured. */
  readonly payload?: Uint8Array;
  readonly ecn?: number;
  /** The checksum of its transport header is wrong. */
  readonly badChecksum?: true;
  /** Identification of IPv4, or of a fragment of IPv6. */
  readonly identification?: number;
  /** It is no IP packet: all that belongs to IP here is a stand-in, which nothing may look at. */
  readonly frame?: Frame;
}

/** What an Ethernet frame carries that is no IP packet. */
export type Frame = Arp | OtherFrame;

/** ARP for IPv4 over Ethernet (RFC 826). */
export interface Arp {
  readonly kind: 'arp';
  /** 1 for a request, 2 for a reply. */
  readonly operation: number;
  /** The addresses of IPv4 that it speaks of. */
  readonly sender: bigint;
  readonly target: bigint;
  /** Their Ethernet addresses; not known if absent. */
  readonly senderMac?: bigint;
  readonly targetMac?: bigint;
}

/** A frame of which only the number is known that stands where Ethernet has the type. */
export interface OtherFrame {
  readonly kind: 'other';
  readonly type: number;
}

/** Fragmentation fields; the offset in units of eight bytes. */
export interface Fragment {
  readonly offset: number;
  readonly more: boolean;
  readonly dontFragment: boolean;
}

export const notFragmented: Fragment = { offset: 0, more: false, dontFragment: false };

/** Ethernet addresses below 2^48; 0 where one was not said. */
export interface LinkHeader {
  readonly source: bigint;
  readonly destination: bigint;
}

/** A VLAN tag (IEEE 802.1Q, 9.6). */
export interface VlanTag {
  /** 0 for a priority alone. */
  readonly id: number;
  /** From 0 to 7. */
  readonly priority: number;
  readonly dropEligible?: true;
  /** It is that of a provider (802.1ad). */
  readonly isService?: true;
}

export type Transport = Tcp | Udp | Icmp | Opaque;

export interface Tcp {
  readonly kind: 'tcp';
  readonly sport: number;
  readonly dport: number;
  /** Bits as in the header: FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32, ECE 64, CWR 128. */
  readonly flags: number;
  readonly seq: number;
  readonly ack: number;
  readonly window: number;
  /** The three are the packet's own, not stand-ins for what nobody said. */
  readonly numbered?: true;
  /** Bytes of options; none where absent. */
  readonly optionBytes?: number;
  /** The window scale and SACK permission of a SYN, and the highest edge of selective acknowledgements (RFC 7323, RFC 2018). */
  readonly scale?: number;
  readonly sackPermitted?: true;
  readonly sackEdge?: number;
}

/** UDP and UDP-Lite, told apart by the packet's protocol. */
export interface Udp {
  readonly kind: 'udp';
  readonly sport: number;
  readonly dport: number;
}

/** ICMP and ICMPv6, told apart by the packet's protocol. */
export interface Icmp {
  readonly kind: 'icmp';
  readonly type: number;
  readonly code: number;
  /** Identifier of an echo, timestamp, information or address mask message; 0 where there is none. */
  readonly id: number;
  readonly sequence: number;
  /** The packet that an error message speaks of. */
  readonly inner?: Packet;
}

/** What an ICMP or ICMPv6 message says: both numbers of its kind. */
export type IcmpKind = Pick<Icmp, 'type' | 'code'>;

/** Any other protocol, or a transport header that is not in this packet (a later fragment). */
export interface Opaque {
  readonly kind: 'opaque';
}

/** TCP flag bits. */
export const tcpFlag = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16, urg: 32, ecn: 64, cwr: 128 } as const;

/** Protocol numbers that the simulator treats specially. */
export const protocolNumber = {
  icmp: 1,
  igmp: 2,
  tcp: 6,
  udp: 17,
  gre: 47,
  esp: 50,
  ah: 51,
  icmpv6: 58,
  sctp: 132,
  udplite: 136,
} as const;

/** A packet together with where it enters the host: what a trace starts from. */
export interface Injection {
  readonly packet: Packet;
  /** `in`: received on `iif`. `out`: sent by a program of this host. */
  readonly direction: 'in' | 'out';
  readonly iif?: string;
  /** The way it leaves: said by the user, else decided by routing. */
  readonly oif?: string;
  /** Said by the user: delivered to this host, whatever routing would say. */
  readonly local?: boolean;
  readonly mark?: number;
  /** Sent by the host though its source is none of the host's addresses, as a device of a namespace above has it do. */
  readonly anySource?: true;
  /** Owner of the sending socket. */
  readonly skuid?: number;
  readonly skgid?: number;
  readonly pkttype?: 'host' | 'broadcast' | 'multicast' | 'other';
  /** The connection state that the user says to assume; otherwise conntrack decides. */
  readonly state?: 'new' | 'established' | 'related' | 'invalid' | 'untracked';
  /** It is from a capture, which shows several segments of TCP as one packet. */
  readonly captured?: true;
  /** Seconds since the packet before, where packets are one history; at once if absent. */
  readonly after?: number;
}

/** Whether it is an IP packet, of this version where one is given. */
export function isIp({ family, frame }: Packet, version: AddressFamily = family): boolean {
  return !frame && family === version;
}
