// Packets that travel inside of others: the packet around what a tunnel sends, and the tunnel that a packet is for.
import type { Address } from '../datatype/address.ts';
import { kindOf } from '../device/registry.ts';
import { type Endpoint, type Handed, type Outer, type Refused, refused } from '../device/tunnel.ts';
import { notFragmented, type Packet } from '../packet/packet.ts';
import { knownSize } from '../packet/size.ts';
import type { Host, Interface } from '../topology/host.ts';
import { lookupRoute } from '../topology/lookup.ts';
import { selectSource } from '../topology/source-selection.ts';

/** A packet that a host sends for one of its tunnels. */
export interface Tunnelled {
  readonly kind: 'tunnelled';
  readonly packet: Packet;
  /** The one device that it may leave by, where the tunnel says that. */
  readonly oif?: string;
  readonly assumptions: readonly string[];
}

/**
 * The packet around what a tunnel of a host sends: a packet of IP or, with `link`, a frame. `answersTo` is where the last
 * packet that came out of the tunnel was from, `to` the other end where that was learned.
 */
export function wrapPacket(
  host: Host,
  device: Interface,
  inner: Packet,
  answersTo?: Endpoint,
  to?: Address,
): Tunnelled | Handed | Refused {
  const { tunnel } = kindOf(device);
  const outer = tunnel?.wrap(device, inner, answersTo) ?? refused(`\`${device.name}\` is no tunnel`);
  if (outer.kind !== 'outer') return outer;
  return tunnelled(host, device, to ? { ...outer, destination: to } : outer);
}

function tunnelled(host: Host, { name }: Interface, outer: Outer): Tunnelled | Refused {
  const { destination, ports, device, assumptions, ttl, dscp, ecn, dontFragment, payload, options } = outer;
  const source = outer.source?.value ?? chosenSource(host, outer);
  if (source === undefined) return refused(`${host.name} has no way to the other end of \`${name}\``);
  const bare: Omit<Packet, 'length'> = {
    family: destination.family,
    source,
    destination: destination.value,
    protocol: outer.protocol,
    ttl,
    dscp,
    ...(ecn > 0 && { ecn }),
    fragment: { ...notFragmented, dontFragment },
    transport: ports ? { kind: 'udp', ...ports } : { kind: 'opaque' },
    payload,
    ...(options && { nextHeader: destinationOptions }),
  };
  return {
    kind: 'tunnelled',
    packet: { ...bare, length: knownSize(bare) + (options ?? 0) },
    ...(device !== undefined && { oif: device }),
    assumptions,
  };
}

/** RFC 8200 4.6. */
const destinationOptions = 60;

function chosenSource(host: Host, { destination, device }: Outer): bigint | undefined {
  const { family, value } = destination;
  const flow = { family, destination: value, ...(device !== undefined && { oif: device }) };
  return selectSource(host, lookupRoute(host, flow))?.address;
}

/** The tunnel of a host that gets a packet that came for the host: the one it fits best, the first of equals. */
export function tunnelFor({ interfaces }: Host, outer: Packet, inner: Packet): Interface | undefined {
  const fitting = interfaces.flatMap((one) => {
    const fit = one.up ? (kindOf(one).tunnel?.fits(one, outer, inner) ?? 0) : 0;
    return fit > 0 ? [{ one, fit }] : [];
  });
  return fitting.toSorted((a, b) => b.fit - a.fit)[0]?.one;
}
