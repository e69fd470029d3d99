import type { AddressFamily } from '../datatype/address.ts';
import type { RouteDecision } from './decision.ts';
import type { Host } from './host.ts';
/** An address of this host that the kernel picks, and why that one. */
export interface ChosenAddress {
  readonly address: bigint;
  readonly why: string;
}
/** The source address of a packet of this host that was sent without one; undefined where none fits. */
export function selectSource(host: Host, decision: RouteDecision): ChosenAddress | undefined {
  throw new Error(host.name + decision.kind);
}
/**
 * The address that MASQUERADE gives a packet leaving by `device`; undefined: the packet is dropped.
 * `toward` is the next hop for IPv4 (the gateway, or the destination if there is none), the destination for IPv6.
 */
export function masqueradeAddress(
  host: Host,
  device: string,
  toward: bigint,
  family: AddressFamily,
): ChosenAddress | undefined {
  throw new Error(host.name + device + toward + family);
}
/**
 * The address that REDIRECT sends a packet to: `device` is the input interface, undefined in OUTPUT.
 * IPv6 wants an address of the same scope as the packet's destination.
 */
export function redirectAddress(
  host: Host,
  device: string | undefined,
  family: AddressFamily,
  destination?: bigint,
): ChosenAddress | undefined {
  throw new Error(host.name + device + destination + family);
}
