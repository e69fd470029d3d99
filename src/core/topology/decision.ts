// What a routing lookup is asked, and what it can answer.
import type { AddressFamily } from '../datatype/address.ts';
import type { Route } from './host.ts';

/** The parts of a packet that routing looks at (`include/net/flow.h: flowi4, flowi6`). */
export interface Flow {
  readonly family: AddressFamily;
  readonly destination: bigint;
  /** 0 or absent where the host is still to choose it. */
  readonly source?: bigint;
  /** The interface it was received on; absent or `lo` for a packet of this host. */
  readonly iif?: string;
  /** The interface it must leave by, where the sender is bound to one. */
  readonly oif?: string;
  /** The interface that it had better leave by: routing rules see it, routes over others remain (`RT6_LOOKUP_F_IFACE` unset). */
  readonly preferredOif?: string;
  readonly mark?: number;
  /** The eight bits of the type of service or traffic class. */
  readonly tos?: number;
  /** 0 or absent where the lookup does not say it; so are ports. */
  readonly protocol?: number;
  readonly sport?: number;
  readonly dport?: number;
  /** Root if absent, as for what is received. */
  readonly user?: number;
  /** The source need not be an address of this host: a packet that is routed again in OUTPUT (`FLOWI_FLAG_ANYSRC`). */
  readonly anySource?: boolean;
  /** The VRF whose packet it is, where that is not the one of its interface (`flowi4_l3mdev`). */
  readonly vrf?: string;
}

/** A flow that came in by an interface and carries a source address. */
export interface ReceivedFlow extends Flow {
  readonly source: bigint;
  readonly iif: string;
}

/** Every answer says what was asked, and why it is the answer. */
interface Answer {
  readonly flow: Flow;
  /** One line for people: the route or rule that decided. */
  readonly why: string;
}

/** Where the packet goes next. */
export type RouteDecision =
  | LocalDecision
  | BroadcastDecision
  | MulticastDecision
  | UnicastDecision
  | RefusedDecision
  | NoRouteDecision;

/** For this host itself. A packet of its own leaves and comes back by `lo`. */
interface LocalDecision extends Answer {
  readonly kind: 'local';
  /** The interface that has the address. */
  readonly device: string;
  /** Absent for 0.0.0.0, which needs no route. */
  readonly route?: Route;
  /** The VRF of that interface: there packets of its own leave and come back by it. */
  readonly vrf?: string;
}

/** To everybody on a link: delivered here, and sent by `device` if it is the host's own. */
interface BroadcastDecision extends Answer {
  readonly kind: 'broadcast';
  readonly device: string;
  /** Absent for 255.255.255.255, which needs no route. */
  readonly route?: Route;
}

interface MulticastDecision extends Answer {
  readonly kind: 'multicast';
  readonly device: string;
  readonly route?: Route;
  /** Whether this host listens to the group on `device`, as far as the kernel joins groups by itself. */
  readonly joined: boolean;
}

interface UnicastDecision extends Answer {
  readonly kind: 'unicast';
  readonly device: string;
  /** Absent where the destination is on the link. */
  readonly gateway?: bigint;
  /** Absent where a sender bound to `device` reaches a destination that no route covers. */
  readonly route?: Route;
}

/** A route or a policy rule that refuses. They differ in the ICMP error: see `by`. */
export interface RefusedDecision extends Answer {
  readonly kind: 'unreachable' | 'prohibit' | 'blackhole';
  /** A rule `unreachable` answers "net unreachable" (3/0), a route "host unreachable" (3/1). */
  readonly by: 'route' | 'rule';
}

export interface NoRouteDecision extends Answer {
  readonly kind: 'no-route';
  /** What a program that sends is told: EINVAL where the addresses themselves are at fault. */
  readonly errno: 'ENETUNREACH' | 'EINVAL';
}
