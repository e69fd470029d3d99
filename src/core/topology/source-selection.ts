// Which of its addresses a host uses: as a source, for MASQUERADE, for REDIRECT.
import type { AddressFamily } from '../datatype/address.ts';
import type { Flow, RouteDecision } from './decision.ts';
import type { Host, InterfaceAddress } from './host.ts';
import { addressesOf, interfaceNamed, isInSubnet, scopeRank } from './inventory.ts';
import { formatPrefix, isLocalMulticast4, loopback4 } from './prefix.ts';
import { addressScope, selectIpv6Source } from './rfc6724.ts';
import { sysctlNumber } from './sysctl.ts';
import { domainOf, interfacesIn, vrfOf } from './vrf.ts';

/** An address of this host that the kernel picks, and why that one. */
export interface ChosenAddress {
  readonly address: bigint;
  readonly why: string;
}

/**
 * The source address of a packet of this host that was sent without one; undefined where none fits
 * (`net/ipv4/fib_semantics.c: fib_result_prefsrc`, `include/net/ip6_route.h: ip6_route_get_saddr`).
 */
export function selectSource(host: Host, decision: RouteDecision): ChosenAddress | undefined {
  if (!('device' in decision)) return undefined;
  const { flow, device, route } = decision;
  if (flow.family === 4 && decision.kind === 'multicast' && flow.oif !== undefined) {
    return selectIpv4Address(host, flow.oif, 0n, isLocalMulticast4(flow.destination) ? 'link' : 'global');
  }
  const leaked = decision.kind === 'local' ? undefined : leakedFrom(host, flow, device);
  if (leaked !== undefined) return ofVrf(host, leaked, flow);
  if (route?.source !== undefined) return { address: route.source, why: "the route's preferred source" };
  if (flow.family === 6) return selectIpv6Source(host, device, flow.destination);
  if (decision.kind === 'local') return localSource(host, flow);
  return selectIpv4Address(host, device, route?.gateway ?? 0n, route?.scope ?? 'link');
}

/** The VRF that a packet leaves by an interface outside of it. */
function leakedFrom(host: Host, flow: Flow, device: string): string | undefined {
  const { vrf } = domainOf(host, flow);
  return vrf === vrfOf(host, device)?.name ? undefined : vrf;
}

/** It has an address of its own VRF, whatever the route says (`fib_select_path`; `ip6_route_get_saddr`). */
function ofVrf(host: Host, vrf: string, { family, destination }: Flow): ChosenAddress | undefined {
  return family === 4 ? selectIpv4Address(host, vrf, 0n, 'link') : selectIpv6Source(host, vrf, destination);
}

/** A packet to oneself has the destination as its source (`net/ipv4/route.c: ip_route_output_key_hash_rcu`). */
function localSource(host: Host, { destination, oif }: Flow): ChosenAddress | undefined {
  if (destination !== 0n)
    return { address: destination, why: 'a packet to oneself comes from the same address' };
  if (oif !== undefined) return selectIpv4Address(host, oif, 0n, 'host');
  return { address: loopback4, why: '0.0.0.0 stands for 127.0.0.1' };
}

/**
 * The first primary address of the device that is at least as wide as `scope` and whose subnet contains `toward`,
 * else the first of them, else one of another interface (`net/ipv4/devinet.c: inet_select_addr`).
 * `toward` is 0 where there is no next hop to prefer.
 */
function selectIpv4Address(
  host: Host,
  device: string,
  toward: bigint,
  scope: InterfaceAddress['scope'],
): ChosenAddress | undefined {
  const candidates = primaries(host, device, scope);
  const near = candidates.find((entry) => isInSubnet(entry, toward));
  if (near && toward !== 0n) {
    const why = `the first primary address of \`${device}\` in one subnet with ${formatPrefix(4, toward, 32)}`;
    return { address: near.address.value, why };
  }
  const [first] = candidates;
  if (first) return { address: first.address.value, why: `the first primary address of \`${device}\`` };
  return borrow(host, device, scope);
}

/** The address of an interface that ICMP errors come from under `icmp_errors_use_inbound_ifaddr`. */
export function inboundAddress(host: Host, device: string, toward: bigint): ChosenAddress | undefined {
  return selectIpv4Address(host, device, toward, 'link');
}

/** With route_localnet a device's host-scope addresses count as link-scope. */
function primaries(
  host: Host,
  device: string,
  scope: InterfaceAddress['scope'],
): readonly InterfaceAddress[] {
  const one = interfaceNamed(host, device);
  if (!one) return [];
  return addressesOf(one, 4).filter((entry) => unfitIpv4(host, device, entry, scope) === undefined);
}

/** Why the kernel does not pick an address of the outgoing device by itself; undefined if it may. */
export function unfitIpv4(
  host: Host,
  device: string,
  entry: InterfaceAddress,
  scope: InterfaceAddress['scope'],
): string | undefined {
  if (entry.secondary) return 'secondary: another address of its subnet was there before';
  const localnet = sysctlNumber(host, 'net.ipv4.conf.*.route_localnet', device)
    ? scopeRank.link
    : scopeRank.host;
  if (Math.min(scopeRank[entry.scope], localnet) <= scopeRank[scope]) return undefined;
  return `its scope is ${entry.scope}, which is too narrow for one of scope ${scope}`;
}

/**
 * The first suitable address of any interface of the same VRF, or of none: the VRF itself comes first, then the others in
 * the order of their index (`net/ipv4/devinet.c: inet_select_addr, in_dev_select_addr`).
 */
function borrow(host: Host, device: string, scope: InterfaceAddress['scope']): ChosenAddress | undefined {
  const vrf = vrfOf(host, device);
  for (const other of [...(vrf ? [vrf] : []), ...interfacesIn(host, vrf)]) {
    const found = addressesOf(other, 4).find((entry) => mayBeBorrowed(entry, scope));
    if (found)
      return {
        address: found.address.value,
        why: `\`${device}\` has no suitable address, \`${other.name}\` lends one`,
      };
  }
  return undefined;
}

/** Whether another interface lends it. */
export function mayBeBorrowed(entry: InterfaceAddress, scope: InterfaceAddress['scope']): boolean {
  return !entry.secondary && entry.scope !== 'link' && scopeRank[entry.scope] <= scopeRank[scope];
}

/**
 * The address that MASQUERADE gives a packet leaving by `device`; undefined: the packet is dropped. `toward` is the
 * next hop for IPv4 (the gateway, or the destination if there is none), the destination for IPv6. The route's
 * preferred source does not count (`net/netfilter/nf_nat_masquerade.c: nf_nat_masquerade_ipv4, nat_ipv6_dev_get_saddr`).
 */
export function masqueradeAddress(
  host: Host,
  device: string,
  toward: bigint,
  family: AddressFamily,
): ChosenAddress | undefined {
  if (family === 6) return selectIpv6Source(host, device, toward);
  return selectIpv4Address(host, device, toward, 'global');
}

/**
 * The address that REDIRECT sends a packet to; undefined: the packet is dropped. `device` is the input interface,
 * undefined in OUTPUT. IPv6 wants an address of the same scope as the packet's destination
 * (`net/netfilter/nf_nat_redirect.c: nf_nat_redirect_ipv4, nf_nat_redirect_ipv6`).
 */
export function redirectAddress(
  host: Host,
  device: string | undefined,
  family: AddressFamily,
  destination?: bigint,
): ChosenAddress | undefined {
  if (device === undefined)
    return {
      address: family === 4 ? loopback4 : 1n,
      why: 'a packet of this host is redirected to the loopback address',
    };
  const one = interfaceNamed(host, device);
  const found = one && addressesOf(one, family).find((entry) => suits(entry, destination));
  return (
    found && {
      address: found.address.value,
      why: `the first address of \`${device}\`${ofScope(found, destination)}`,
    }
  );
}

function suits({ address }: InterfaceAddress, destination: bigint | undefined): boolean {
  if (address.family === 4 || destination === undefined) return true;
  return addressScope(address.value) === addressScope(destination);
}

function ofScope({ address }: InterfaceAddress, destination: bigint | undefined): string {
  return address.family === 6 && destination !== undefined ? " of the destination's scope" : '';
}
