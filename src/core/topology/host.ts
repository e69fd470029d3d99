// Facts about a host that routing needs: interfaces, addresses, routes, policy rules, sysctls.
import type { Address, AddressFamily } from '../datatype/address.ts';
import type { DeviceType } from '../device/device.ts';

/** A host as a policy's `host` block, or a snapshot of a real machine, describes it. */
export interface Host {
  readonly name: string;
  /** In index order; `lo` is always there. */
  readonly interfaces: readonly Interface[];
  readonly routes: readonly Route[];
  readonly rules: readonly RoutingRule[];
  /** Values by dotted name, for example `net.ipv4.ip_forward`. */
  readonly sysctls: ReadonlyMap<string, string>;
  /** All ports that programs take new connections or datagrams on; not known if absent. */
  readonly listening?: readonly Listener[];
  /** False: no program has a socket, also none that began to speak itself. */
  readonly hasPrograms?: boolean;
  /** The host that it is a namespace or a virtual machine of. */
  readonly within?: string;
}

/** A port that a program listens on, at every address of the host or of an interface. */
export interface Listener {
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
  /** The interface, such as a VRF, that it is bound to. */
  readonly device?: string;
}

export interface Interface {
  readonly name: string;
  readonly index: number;
  readonly up: boolean;
  readonly mtu: number;
  /** `ip link set … group`; 0 if absent. */
  readonly group?: number;
  readonly addresses: readonly InterfaceAddress[];
  /** Below 2^48. */
  readonly mac?: bigint;
  /** The bridge, bond or VRF that it is a port of. */
  readonly master?: string;
  /** A network card if absent; a device that others name as their `master` is a bridge. */
  readonly type?: DeviceType;
  /** A port of a bridge that frames may go back by that came in by it. */
  readonly hairpin?: true;
  /** A port of a bridge that sends nothing to other ports of the kind. */
  readonly isolated?: true;
  /** The addresses that a server on it hands out by DHCP. */
  readonly dhcp?: readonly DhcpRange[];
}

/** Addresses of IPv4 that a DHCP server hands out; both ends belong to it. */
export interface DhcpRange {
  readonly first: bigint;
  readonly last: bigint;
}

/** What an address is marked with (`include/uapi/linux/if_addr.h`), and how long it stays. */
export interface AddressMarks {
  /** Its preferred lifetime is over, so that another one is taken if there is any; of no account in IPv4. */
  readonly deprecated?: true;
  /** IPv6: made for a while, from a number drawn by chance (RFC 8981). */
  readonly temporary?: true;
  /** IPv6: one by which a mobile host is known everywhere (RFC 6275). */
  readonly home?: true;
  /** IPv6: not known yet to be nobody else's, so that it is not used. */
  readonly tentative?: true;
  /** IPv6: somebody else has it. */
  readonly dadFailed?: true;
  /** IPv6: tentative, and may be used nevertheless (RFC 4429). */
  readonly optimistic?: true;
  /** No route to its subnet comes with it. */
  readonly noPrefixRoute?: true;
  /** IPv6: temporary addresses are made beside it. */
  readonly managesTemporary?: true;
  /** In seconds; forever if absent. */
  readonly validLifetime?: number;
  /** The same, until it is deprecated. */
  readonly preferredLifetime?: number;
}

/** An address on an interface, in the order the kernel keeps them. */
export interface InterfaceAddress extends AddressMarks {
  readonly address: Address;
  readonly prefixLength: number;
  /** Not the first address of its subnet on this interface: never chosen as a source by itself. */
  readonly secondary: boolean;
  readonly scope: 'global' | 'link' | 'host';
  /** The address at the other end of the link; in IPv4 the subnet is that one's. */
  readonly peer?: bigint;
  /** An alias such as `eth0:1`: a name of the address, and no device. */
  readonly label?: string;
  /** A DHCP server gave it. */
  readonly leased?: true;
  /** Of the route to its subnet; the kernel's default if absent. */
  readonly metric?: number;
}

export const routeTypes = [
  'unicast',
  'local',
  'broadcast',
  'anycast',
  'multicast',
  'unreachable',
  'blackhole',
  'prohibit',
  'throw',
] as const;

export type RouteType = (typeof routeTypes)[number];

export interface Route {
  readonly family: AddressFamily;
  readonly type: RouteType;
  readonly destination: bigint;
  readonly prefixLength: number;
  /** `main` is 254, `local` 255, `default` 253. */
  readonly table: number;
  readonly metric: number;
  readonly scope: 'global' | 'link' | 'host';
  readonly gateway?: bigint;
  readonly device?: string;
  /** The preferred source address. */
  readonly source?: bigint;
  /** IPv4: only for packets of this type of service; 0 or absent: for all. */
  readonly tos?: number;
  /** What fits its path, where that is said. */
  readonly mtu?: number;
  /** `mtu lock`: the MTU is not found out, and packets are not marked for it. */
  readonly mtuLocked?: boolean;
  /** IPv6 (RFC 4191 2.1); medium if absent. */
  readonly preference?: RoutePreference;
  /** Where there are several; `gateway` and `device` are those of one of them. */
  readonly hops?: readonly NextHop[];
}

/** One of several ways that a route shares packets out to. */
export interface NextHop {
  readonly gateway?: bigint;
  readonly device: string;
  readonly weight: number;
}

/** Which of equal IPv6 routes is taken. */
export type RoutePreference = 'low' | 'medium' | 'high';

/** Both ends belong to it. */
export interface NumberRange {
  readonly first: number;
  readonly last: number;
}

/** One line of `ip rule`. */
export interface RoutingRule {
  readonly family: AddressFamily;
  readonly priority: number;
  readonly action: 'lookup' | 'unreachable' | 'prohibit' | 'blackhole';
  readonly table: number;
  readonly mark?: { readonly value: number; readonly mask: number };
  readonly from?: { readonly value: bigint; readonly length: number };
  readonly to?: { readonly value: bigint; readonly length: number };
  readonly iif?: string;
  readonly oif?: string;
  /** The eight bits of the type of service, without those of ECN. */
  readonly tos?: number;
  readonly protocol?: number;
  readonly sports?: NumberRange;
  readonly dports?: NumberRange;
  /** `uidrange`: the owner of the socket that sends; whatever is received counts as root's. */
  readonly users?: NumberRange;
  /** `not`: the rule is for everything that its conditions do not describe. */
  readonly invert?: boolean;
  /** `suppress_prefixlength`: routes with a prefix of this length or shorter do not count. */
  readonly suppressPrefixLength?: number;
  /** `suppress_ifgroup`: routes by interfaces of this group do not count. */
  readonly suppressGroup?: number;
  /** Packets of a VRF are looked up in its table; `table` is 0. */
  readonly l3mdev?: true;
}
