// Facts about a host that routing needs: interfaces, addresses, routes, policy rules, sysctls.
import type { Address, AddressFamily } from '../datatype/address.ts';

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
}

/** A port that a program listens on, at every address. */
export interface Listener {
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
}

export interface Interface {
  readonly name: string;
  readonly index: number;
  readonly up: boolean;
  readonly mtu: number;
  readonly addresses: readonly InterfaceAddress[];
  /** Below 2^48. */
  readonly mac?: bigint;
}

/** An address on an interface, in the order the kernel keeps them. */
export interface InterfaceAddress {
  readonly address: Address;
  readonly prefixLength: number;
  /** Not the first address of its subnet on this interface: never chosen as a source by itself. */
  readonly secondary: boolean;
  readonly scope: 'global' | 'link' | 'host';
}

export type RouteType =
  | 'unicast'
  | 'local'
  | 'broadcast'
  | 'anycast'
  | 'multicast'
  | 'unreachable'
  | 'blackhole'
  | 'prohibit'
  | 'throw';

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
  /** `not`: the rule is for everything that its conditions do not describe. */
  readonly invert?: boolean;
  /** `suppress_prefixlength`: routes with a prefix of this length or shorter do not count. */
  readonly suppressPrefixLength?: number;
}
