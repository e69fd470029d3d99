// What tunnels have in common: what a device sends goes into a packet that its host sends, and which packets that come to
// the host are for the device.
import type { Address, AddressFamily } from '../datatype/address.ts';
import type { Packet } from '../packet/packet.ts';
import type { Interface } from '../topology/host.ts';
import type { DeviceAddress, LowerDevice, SettingValue } from './device.ts';

/** How packets of a device travel. */
export interface Tunnel {
  /**
   * The packet around what the device sends: a packet of IP, with `link` a whole frame. `answersTo` is where the last packet
   * for the device came from.
   */
  readonly wrap: (one: Interface, inner: Packet, answersTo?: Endpoint) => Outer | Handed | Refused;
  /**
   * How well a packet that came to the host fits the device; 0: it is not for it. Of several the best gets it. `inner` is what
   * is in it.
   */
  readonly fits: (one: Interface, outer: Packet, inner: Packet) => number;
}

/** An address with a port. */
export interface Endpoint {
  readonly address: Address;
  readonly port: number;
}

/** A packet to be, that the host sends like one of its own programs. */
export interface Outer {
  readonly kind: 'outer';
  readonly destination: Address;
  /** The host chooses one, if absent. */
  readonly source?: Address;
  readonly protocol: number;
  readonly ports?: { readonly sport: number; readonly dport: number };
  /** All behind the header of IP, or of UDP. */
  readonly payload: Uint8Array;
  readonly ttl: number;
  readonly dscp: number;
  readonly ecn: number;
  readonly dontFragment: boolean;
  /** IPv6: bytes of the header between that of IP and the payload, which holds options for the destination. */
  readonly options?: number;
  /** By this device alone. */
  readonly device?: string;
  readonly assumptions: readonly string[];
}

/** The host of the device below routes the packet itself, as one of its own. */
export interface Handed {
  readonly kind: 'handed';
  readonly by: LowerDevice;
}

/** It goes nowhere. */
export interface Refused {
  readonly kind: 'refused';
  readonly why: string;
}

export function refused(why: string): Refused {
  return { kind: 'refused', why };
}

/** A setting that is an address. */
export function addressOf({ type }: Interface, word: string): DeviceAddress | undefined {
  const value = type?.settings[word];
  return typeof value === 'object' ? value : undefined;
}

/** A setting that is a number; undefined also for `inherit`. */
export function numberOf({ type }: Interface, word: string): number | undefined {
  const value: SettingValue | undefined = type?.settings[word];
  return typeof value === 'number' ? value : undefined;
}

/** Its local end and its device, as far as they are said. */
export function sentFrom(one: Interface): Pick<Outer, 'source' | 'device'> {
  const [local, device] = [addressOf(one, 'local'), one.type?.settings.dev];
  return { ...(local && { source: local }), ...(typeof device === 'string' && { device }) };
}

/** What `ip link` sets of the outer header of a tunnel; what is not said comes from the inner packet, the rest is 0. */
export function outerHeader(
  one: Interface,
  inner: Packet,
  inherits: { readonly ttl: boolean },
): Pick<Outer, 'ttl' | 'dscp' | 'ecn'> {
  const ttl = numberOf(one, 'ttl') ?? 0;
  const own = inherits.ttl && !inner.frame ? inner.ttl : 64;
  const tos = one.type?.settings.tos;
  const dscp = tos === 'inherit' ? inner.dscp : (numberOf(one, 'tos') ?? 0) >> 2;
  return { ttl: ttl > 0 ? ttl : own, dscp, ecn: outerEcn(inner.ecn ?? 0) };
}

/** RFC 3168 9.1.1 (include/net/inet_ecn.h: INET_ECN_encapsulate): congestion that was met is not told outside. */
function outerEcn(inner: number): number {
  return inner === 3 ? 2 : inner;
}

/** The header of IPv4 says not to cut a packet that its inner packet forbids, or for finding out the MTU (ip_tunnel_xmit). */
export function forbidsFragments(one: Interface, inner: Packet, family: AddressFamily): boolean {
  if (family === 6) return false;
  const discovers = one.type?.settings.nopmtudisc !== true;
  return discovers || (inner.family === 4 && !inner.frame && inner.fragment.dontFragment);
}

/**
 * How well the ends of a packet fit those of a tunnel (net/ipv4/ip_tunnel.c: ip_tunnel_lookup): both said, the far one, the
 * near one, none.
 */
export function fitOfEnds(one: Interface, { family, source, destination }: Packet): number {
  const [local, remote] = [addressOf(one, 'local'), addressOf(one, 'remote')];
  const isFor = (end: DeviceAddress, value: bigint) => end.family === family && end.value === value;
  if (remote && !isFor(remote, source)) return 0;
  if (local && !isFor(local, destination)) return 0;
  return remote ? (local ? 4 : 3) : local ? 2 : 1;
}

/**
 * How many tunnels a packet may still go into is an option in IPv6 (RFC 2473 4.1.1), where nobody leaves it out
 * (net/ipv6/ip6_tunnel.c: init_tel_txopt).
 */
export function limitOption({ type }: Interface): Pick<Outer, 'options'> {
  return type?.settings.encaplimit === 'none' ? {} : { options: 8 };
}

/** Leaves out the limit of tunnels in tunnels. */
export const limitSetting = { word: 'encaplimit', value: ['none'] } as const;

/** Settings that tunnels between two addresses have, each with its meaning in ip-link(8). */
export const endSettings = [
  { word: 'local', value: 'address', networkd: 'Local', netplan: 'local' },
  { word: 'remote', value: 'address', networkd: 'Remote', netplan: 'remote' },
  { word: 'ttl', value: 'inheritable', networkd: 'TTL', netplan: 'ttl' },
  { word: 'tos', value: 'inheritable', networkd: 'TOS' },
  { word: 'dev', value: 'device', json: 'link' },
] as const;
