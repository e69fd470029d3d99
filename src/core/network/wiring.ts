// The devices of a network as they are connected: by cables, as ports of bridges, and standing on each other.
import type { Place, Wiring } from '../device/frame.ts';
import { kindOf } from '../device/registry.ts';
import type { Host, Interface } from '../topology/host.ts';
import type { Network } from './network.ts';

/** Answers what kinds of devices ask about those around them. */
export function makeWiring({ hosts, links }: Network): Wiring {
  const devices = new Map<string, Connected>();
  for (const [at, { host }] of hosts.entries())
    for (const one of host.interfaces)
      devices.set(keyOf({ host: host.name, device: one.name }), connected(host, one, at));
  for (const { place, lower } of devices.values()) {
    const below = lower && devices.get(keyOf(lower));
    below?.above.push(place);
  }
  for (const { ends, hairpin } of links)
    for (const end of ends) {
      const one = devices.get(keyOf(end));
      if (one) one.across = ends.filter((other) => hairpin || other !== end);
    }
  const find = (place: Place): Connected | undefined => devices.get(keyOf(place));
  for (const one of devices.values()) {
    const { master } = one.interface;
    if (master !== undefined) find({ host: one.place.host, device: master })?.ports.push(one.place);
  }
  return {
    interfaceAt: (place) => find(place)?.interface,
    macOf: (place) => macOf(find, place),
    lowerOf: (place) => find(place)?.lower,
    above: (place) => find(place)?.above ?? [],
    portsOf: (place) => (find(place)?.ports ?? []).filter((port) => find(port)?.interface.up),
    acrossFrom: (place) => find(place)?.across,
  };
}

/** A device with what it is connected with. */
interface Connected {
  readonly place: Place;
  readonly interface: Interface;
  /** Its own Ethernet address where none was given: the same in every run. */
  readonly ownMac: bigint;
  readonly lower: Place | undefined;
  readonly above: Place[];
  readonly ports: Place[];
  across: readonly Place[] | undefined;
}

function connected({ name }: Host, one: Interface, at: number): Connected {
  const below = one.type?.lower;
  return {
    place: { host: name, device: one.name },
    interface: one,
    ownMac: (0x02n << 40n) | (BigInt(at + 1) << 16n) | BigInt(one.index),
    lower: below && { host: below.host ?? name, device: below.device },
    above: [],
    ports: [],
    across: undefined,
  };
}

/** One that was given; else that of the device below, of a port or of the card at the other end, or one of its own. */
function macOf(find: (place: Place) => Connected | undefined, place: Place): bigint {
  const one = find(place);
  if (!one) return 0n;
  if (one.interface.mac !== undefined) return one.interface.mac;
  const kind = kindOf(one.interface);
  const mac = typeof kind.mac === 'string' ? kind.mac : kind.mac(one.interface.type?.settings ?? {});
  if (mac === 'lower' && one.lower) return macOf(find, one.lower);
  const [only] = mac === 'across' ? (one.across ?? []) : mac === 'first-port' ? one.ports : [];
  const other = only && find(only);
  if (other && kindOf(other.interface).mac !== 'across') return macOf(find, other.place);
  if (mac === 'ports' && one.ports.length > 0)
    return one.ports.map((port) => macOf(find, port)).reduce((least, each) => (each < least ? each : least));
  return one.ownMac;
}

/** A place as text: neither names of hosts nor those of interfaces have blanks. */
export function keyOf({ host, device }: Place): string {
  return `${host} ${device}`;
}
