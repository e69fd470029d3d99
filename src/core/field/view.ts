// What the rules at a hook can see of a packet and of its surroundings.
import type { CtState, Entry } from '../conntrack/entry.ts';
import type { Direction } from '../conntrack/tuple.ts';
import type { AddressFamily } from '../datatype/address.ts';
import type { Range } from '../datatype/range.ts';
import type { Hook } from '../hook/hook.ts';
import type { Packet } from '../packet/packet.ts';

/** The packet as it stands at one hook (struct sk_buff with nf_hook_state). */
export interface PacketView {
  readonly packet: Packet;
  readonly hook: Hook;
  /** The hook is that of a bridge, or of one of its ports. */
  readonly bridged?: true;
  /** No interface there (`iif` at output, `oif` at prerouting) is undefined: rules see an empty name. */
  readonly iif: string | undefined | Unknown;
  readonly oif: string | undefined | Unknown;
  /** The ports of a bridge that br_netfilter knows of; absent where that is not told. */
  readonly ports?: BridgePorts | 'none';
  readonly mark: number;
  /** Owner of the sending socket: undefined where the packet has no local socket, unknown where nobody said. */
  readonly skuid: number | undefined | Unknown;
  /** The socket's group; not known if absent. */
  readonly skgid?: number | Unknown;
  readonly pkttype: number;
  /** The host's own copy of what it sends to many. */
  readonly ownCopy?: true;
  /** Undefined before conntrack saw the packet. */
  readonly ct: ConntrackView | undefined;
  /** Parts of the packet that a translation chose and nobody can tell, with the reason. */
  readonly unknown: UnknownParts;
  /** The routing tables of the host that the packet is on; absent without host facts. */
  readonly routing?: RoutingFacts | undefined;
  /** Seconds since the history began that the packet is part of; absent outside of a trace. */
  readonly now?: number;
  /** When the packet comes; absent where nobody said. */
  readonly clock?: Clock | undefined;
  readonly overwritten?: Overwritten;
  /** The place in a round of so many whose turn it is, for what takes turns; undefined where it is not known. */
  readonly turn?: (round: number) => number | undefined;
}

/** By which ports a frame in a bridge goes (include/linux/skbuff.h: struct nf_bridge_info). */
export interface BridgePorts {
  readonly in: string;
  /** Only of a frame that another port gets, from FORWARD on. */
  readonly out?: string;
  /** It has not come to the bridge itself. */
  readonly inBridge?: true;
}

/** A point of time. */
export interface Clock {
  /** Seconds since 1970-01-01 00:00 UTC. */
  readonly seconds: number;
  /** How far the kernel's time zone is ahead of UTC, in minutes; absent where nobody said. */
  readonly zone?: number | undefined;
}

/** What rules ask the routing tables about a packet. Reading a field knows the questions, the tracer has the answers. */
export interface RoutingFacts {
  /** The RTN_ number of an address of the packet, as `fib … type` has it; for IPv4 `addrtype` has the same. */
  addressType(packet: RoutedPacket, question: FibQuestion): number;
  /** The interface that the route to an address goes by, as `fib … oif` has it; empty where there is none. */
  outputInterface(packet: RoutedPacket, question: FibQuestion): string;
  /** What `addrtype` takes an IPv6 address for, beside what its bits alone say. */
  kindsOfIpv6(address: bigint, device: string | undefined): RoutedKinds;
  /** Whether `rpfilter` holds the interface that the packet came in by for the right one. */
  reversePath(packet: RoutedPacket, question: ReverseQuestion): boolean;
}

/** The parts of a packet and its place that routing lookups of rules use. */
export interface RoutedPacket {
  readonly family: AddressFamily;
  readonly hook: Hook;
  readonly source: bigint;
  readonly destination: bigint;
  readonly mark: number;
  readonly iif?: string | undefined;
  readonly oif?: string | undefined;
  readonly tos: number;
  readonly protocol: number;
  /** Neighbour discovery and the like. */
  readonly isIcmpv6: boolean;
}

/** Which address is looked up, and under what (include/uapi/linux/netfilter/nf_tables.h: NFTA_FIB_F_SADDR and so on). */
export interface FibQuestion {
  readonly side: 'saddr' | 'daddr';
  /** Only what lies behind this interface of the packet counts. */
  readonly device?: 'iif' | 'oif' | undefined;
  /** Without an interface, those of VRFs are not looked at, as `addrtype` has it. */
  readonly noVrf?: true;
  /** Routing rules see the packet's mark. */
  readonly mark?: boolean | undefined;
}

/** include/uapi/linux/netfilter/xt_rpfilter.h. */
export interface ReverseQuestion {
  /** Any interface will do, as long as there is a way back. */
  readonly loose: boolean;
  readonly validMark: boolean;
  readonly acceptLocal: boolean;
}

export interface RoutedKinds {
  readonly local: boolean;
  readonly anycast: boolean;
  readonly unreachable: boolean;
}

/** Fields that rules set and that nothing else here holds, by their names. */
export type Overwritten = ReadonlyMap<string, bigint | string | Unknown>;

/** The packet's own value of such a part is only a stand-in. */
export interface UnknownParts {
  readonly source?: Unknown;
  readonly destination?: Unknown;
  readonly sport?: UnknownPort;
  readonly dport?: UnknownPort;
}

/** A port; of ICMP its id, which stands in the place of both. */
export interface UnknownPort extends Unknown {
  readonly called?: 'id';
}

/** What conntrack attached to the packet. */
export interface ConntrackView {
  readonly state: CtState;
  readonly direction: Direction | Unknown;
  /** Missing for invalid and untracked packets; unknown where the user only said the state. */
  readonly entry: Entry | undefined | Unknown;
}

/** A fact that was not given and is not invented; `unknown` says what is missing. */
export interface Unknown {
  readonly unknown: string;
  /** It is one of these numbers. */
  readonly among?: Range;
}

/** Whether a value is there but not known. */
export function isUnknown(value: unknown): value is Unknown {
  return typeof value === 'object' && value !== null && 'unknown' in value;
}
