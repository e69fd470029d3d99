// The ICMP errors that the network stack itself answers with.
import type { AddressFamily } from '../datatype/address.ts';
import type { IcmpKind } from '../packet/packet.ts';
import type { NoRouteDecision, RefusedDecision } from '../topology/decision.ts';

/** Type and code (RFC 792, RFC 4443), by family where both have them. */
export const stackErrors = {
  expired: { 4: { type: 11, code: 0 }, 6: { type: 3, code: 0 } },
  portUnreachable: { 4: { type: 3, code: 3 }, 6: { type: 1, code: 4 } },
  /** No handler for the protocol: protocol unreachable; unrecognized next header. */
  unknownProtocol: { 4: { type: 3, code: 2 }, 6: { type: 4, code: 1 } },
  redirect: { type: 5, code: 1 },
  /** Fragmentation needed; packet too big. */
  tooLarge: { 4: { type: 3, code: 4 }, 6: { type: 2, code: 0 } },
  /** IPv6: a field of its header is wrong. */
  wrongHeader: { type: 4, code: 0 },
  /** IPv6: beyond the scope of the source address. */
  beyondScope: { type: 1, code: 2 },
} as const;

/** A decision that leads nowhere. */
export type UnroutedDecision = NoRouteDecision | RefusedDecision;

/**
 * What the sender of a packet that no route takes is told; undefined: nothing (net/ipv4/route.c: ip_error,
 * net/ipv6/route.c: ip6_pkt_drop). Only IPv4 tells a route `unreachable` from no route at all.
 */
export function unroutedError(family: AddressFamily, decision: UnroutedDecision): IcmpKind | undefined {
  switch (decision.kind) {
    case 'blackhole':
      return undefined;
    case 'prohibit':
      return family === 4 ? { type: 3, code: 13 } : { type: 1, code: 1 };
    case 'no-route':
      return family === 4 ? { type: 3, code: 0 } : { type: 1, code: 0 };
    case 'unreachable':
      return family === 4 ? { type: 3, code: decision.by === 'route' ? 1 : 0 } : { type: 1, code: 0 };
  }
}
