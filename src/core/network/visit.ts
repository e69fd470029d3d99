// Which host looks at a frame first, on its way from one device to another.
import { isForGroup, type Place } from '../device/frame.ts';
import type { Injection, Packet } from '../packet/packet.ts';
import { interfaceNamed } from '../topology/inventory.ts';
import type { Arrival } from './carry.ts';
import { hostNamed, type Network } from './network.ts';

/** A packet at the door of a host. */
export interface Visit {
  readonly host: string;
  readonly injection: Injection;
  readonly over: readonly Place[];
  /** Where the frame goes on a bridge of this host. */
  readonly onward?: Onward;
}

/** A frame that only passes a bridge of a host. */
export interface Onward extends Stations {
  readonly port: Place;
}

/** The Ethernet addresses of a frame. */
export interface Stations {
  readonly source: bigint;
  readonly destination: bigint;
}

/** A packet in a frame for one station; in none, where the device has no stations. */
export function framed({ link: _link, ...packet }: Packet, stations: Stations): Packet {
  const isFrame = stations.destination !== 0n && !isForGroup(stations);
  return isFrame
    ? { ...packet, link: { source: stations.source, destination: stations.destination } }
    : packet;
}

/**
 * The first host on the way that looks at the frame: one whose bridge it passes, where there are rules, or the last. `from`
 * is the host that sent it, which has seen it already.
 */
export function visitOf(
  { network }: { readonly network: Network },
  packet: Packet,
  stations: Stations,
  { at, path }: Arrival,
  from?: string,
): Visit {
  const seen = framed(packet, stations);
  const begin = (device: string, over: readonly Place[], onward?: Onward): Visit => ({
    host: over.at(-1)?.host ?? at.host,
    injection: { packet: seen, direction: 'in', iif: device, ...(onward && { oif: onward.port.device }) },
    over,
    ...(onward && { onward }),
  });
  for (const [index, place] of path.entries()) {
    const next = path[index + 1];
    const one = interfaceOf(network, place);
    if (place.host === from || one?.master === undefined || next?.host !== place.host) continue;
    const over = path.slice(0, index + 1);
    // What stands on the bridge in another host has it there.
    if (next.device === one.master && at.host === place.host) return begin(place.device, over);
    const isPort = interfaceOf(network, next)?.master === one.master;
    if (isPort && hasRules(network, place.host))
      return begin(place.device, over, { port: next, ...stations });
  }
  return begin(at.device, path);
}

function interfaceOf(network: Network, { host, device }: Place) {
  const owner = hostNamed(network, host)?.host;
  return owner && interfaceNamed(owner, device);
}

function hasRules(network: Network, host: string): boolean {
  return (hostNamed(network, host)?.ruleSet.tables.length ?? 0) > 0;
}
