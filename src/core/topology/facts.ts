// What somebody declares about a host; make-host.ts derives from it what the kernel would.
import type { Address, AddressFamily } from '../datatype/address.ts';
import type { DeviceType } from '../device/device.ts';
import type { Span } from '../text/source.ts';
import type {
  AddressMarks,
  DhcpRange,
  InterfaceAddress,
  Listener,
  RoutePreference,
  RouteType,
  RoutingRule,
} from './host.ts';

/** A host as it is written down. `lo` may be left out. */
export interface HostFacts {
  readonly name: string;
  readonly interfaces: readonly InterfaceFacts[];
  readonly routes?: readonly RouteFacts[];
  readonly rules?: readonly RuleFacts[];
  /** In the order in which they are written to `/proc/sys`. */
  readonly sysctls?: readonly SysctlFact[];
  /** Not known if absent. */
  readonly listening?: readonly Listener[];
  /** The host that it is a namespace or a virtual machine of. */
  readonly within?: string;
}

export interface InterfaceFacts {
  readonly name: string;
  /** In the order in which they are added. */
  readonly addresses: readonly AddressFacts[];
  /** Default true. */
  readonly up?: boolean;
  /** Default 1500, for `lo` 65536. */
  readonly mtu?: number;
  readonly mac?: bigint;
  /** Default 0. */
  readonly group?: number;
  /** The bridge, bond or VRF that it is a port of. */
  readonly master?: string;
  /** A network card if absent; a device that others name as their `master` is a bridge. */
  readonly type?: DeviceType;
  readonly hairpin?: true;
  readonly isolated?: true;
  /** The addresses that a server on it hands out by DHCP. */
  readonly dhcp?: readonly DhcpFacts[];
  readonly span?: Span;
}

export interface AddressFacts extends AddressMarks {
  readonly address: Address;
  readonly prefixLength: number;
  /** Default global; host for 127/8 and ::1, link for fe80::/10. */
  readonly scope?: InterfaceAddress['scope'];
  readonly peer?: bigint;
  readonly label?: string;
  /** A DHCP server gave it. */
  readonly leased?: true;
  readonly metric?: number;
  readonly span?: Span;
}

/** Addresses that are handed out, where that is said. */
export interface DhcpFacts extends DhcpRange {
  readonly span?: Span;
}

/** One `ip route add`. */
export interface RouteFacts {
  readonly family: AddressFamily;
  readonly destination: bigint;
  readonly prefixLength: number;
  /** Default unicast. */
  readonly type?: RouteType;
  /** Default main (254); for local, broadcast and anycast routes local (255). */
  readonly table?: number;
  /** Default 0 for IPv4, 1024 for IPv6. */
  readonly metric?: number;
  readonly gateway?: bigint;
  /** The gateway is on the link though no connected network contains it. */
  readonly onlink?: boolean;
  /** Default: where the gateway is reached. */
  readonly device?: string;
  readonly source?: bigint;
  readonly tos?: number;
  readonly mtu?: number;
  readonly mtuLocked?: boolean;
  readonly preference?: RoutePreference;
  /** Several next hops, instead of `gateway` and `device`. */
  readonly hops?: readonly HopFacts[];
  readonly span?: Span;
}

/** One `nexthop` of a route. */
export interface HopFacts extends Pick<RouteFacts, 'gateway' | 'device' | 'onlink'> {
  /** Default 1. */
  readonly weight?: number;
}

/** One `ip rule add`; without a priority it goes right before all others but the one for `local`. */
export interface RuleFacts extends Omit<RoutingRule, 'priority'> {
  readonly priority?: number;
  readonly span?: Span;
}

/** One `sysctl -w`, `name` with dots. */
export interface SysctlFact {
  readonly name: string;
  readonly value: string;
  readonly span?: Span;
}
