// The devices of a network as lines of `ip -batch`: cables first, whose ends come into being in their namespaces, then
// what stands in a host, each device after the one that it stands on.
import type { Place, Wiring } from '../../core/device/frame.ts';
import { makingLine } from '../../core/device/ip-link.ts';
import { kindOf, resolvesAddresses } from '../../core/device/registry.ts';
import type { Link } from '../../core/ir/policy.ts';
import type { Network } from '../../core/network/network.ts';
import { makeWiring } from '../../core/network/wiring.ts';
import { formatMac } from '../../core/packet/link-text.ts';
import type { Host, Interface } from '../../core/topology/host.ts';

/** The names of the namespaces. */
export interface Namespaces {
  /** That of a host. */
  readonly of: (host: string) => string;
  /** That of switches, and of what is at the other end of a cable that leads nowhere. */
  readonly switches: string;
}

/** How devices are made: `cables` from anywhere, then one turn after the other. */
export interface DeviceLines {
  readonly cables: readonly string[];
  /** The lines to be run in each namespace. */
  readonly turns: readonly ReadonlyMap<string, readonly string[]>[];
  /** The devices of each host that carry in the end. */
  readonly carrying: ReadonlyMap<string, readonly string[]>;
  /** What is not quite what the policy says, in words. */
  readonly notes: readonly string[];
}

interface Device {
  readonly place: Place;
  readonly interface: Interface;
  /** The same in no other device of the lab. */
  readonly index: number;
}

interface Laid {
  readonly cables: readonly string[];
  readonly switches: readonly string[];
}

/** The lines for all devices of a network but `lo`. */
export function deviceLines(network: Network, namespaces: Namespaces): DeviceLines {
  const wiring = makeWiring(network);
  const devices = devicesOf(network);
  const context: Context = { wiring, devices, namespaces };
  const laid = [
    ...network.links.map((link, at) => layLink(link, at + 1, context)),
    ...[...devices.values()].filter((one) => isLoose(one, wiring)).map((one) => layLoose(one, context)),
  ];
  const inHosts = turnsOf(
    [...devices.values()].filter((one) => !isCabled(one, wiring)),
    context,
  );
  const inSwitches = new Map([[namespaces.switches, laid.flatMap(({ switches }) => switches)]]);
  return {
    cables: laid.flatMap(({ cables }) => cables),
    turns: [inSwitches, ...inHosts],
    carrying: new Map(network.hosts.map(({ host }) => [host.name, carryingOf(host, wiring)])),
    notes: notesOn(network, devices),
  };
}

interface Context {
  readonly wiring: Wiring;
  readonly devices: ReadonlyMap<string, Device>;
  readonly namespaces: Namespaces;
}

/** By place. In each host they come in the order of the model. */
function devicesOf({ hosts }: Network): ReadonlyMap<string, Device> {
  const most = Math.max(0, ...hosts.map(({ host }) => host.interfaces.length));
  return new Map(
    hosts.flatMap(({ host }, at) =>
      host.interfaces
        .filter(({ name }) => name !== 'lo')
        .map((one) => {
          const place = { host: host.name, device: one.name };
          return [textOf(place), { place, interface: one, index: (at + 1) * (most + 1) + one.index }];
        }),
    ),
  );
}

function textOf({ host, device }: Place): string {
  return `${host} ${device}`;
}

/** Whether a cable makes it. */
function isCabled(one: Device, wiring: Wiring): boolean {
  return wiring.acrossFrom(one.place) !== undefined || isLoose(one, wiring);
}

/** A network card without a cable. */
function isLoose({ place, interface: one }: Device, wiring: Wiring): boolean {
  const { hasCable } = kindOf(one);
  return hasCable === true && !isOfProgram(one) && wiring.acrossFrom(place) === undefined;
}

/** tun(4): what a program has the other end of. */
function isOfProgram(one: Pick<Interface, 'type'>): boolean {
  return kindOf(one).made === 'tuntap';
}

/** Two ends are a veth pair, several a bridge. */
function layLink({ ends, hairpin }: Link, number: number, context: Context): Laid {
  const found = ends.flatMap((end) => context.devices.get(textOf(end)) ?? []);
  const [one, other, third] = found;
  if (one && other && !third && !hairpin) return { cables: [pairLine(one, other, context)], switches: [] };
  const name = `s${number}`;
  const ports = found.map((end, at) => ({ end, port: `${name}p${at + 1}` }));
  return {
    cables: ports.map(({ end, port }) => plugLine(end, port, context)),
    switches: [
      `link add ${name} type bridge forward_delay 0 stp_state 0 mcast_snooping 0`,
      ...ports.flatMap(({ port }) => [
        `link set dev ${port} master ${name}`,
        ...(hairpin ? [`link set dev ${port} type bridge_slave hairpin on`] : []),
        `link set dev ${port} mtu 65535 up`,
      ]),
      `link set dev ${name} up`,
    ],
  };
}

/** Whatever it sends is lost at the other end. */
function layLoose(end: Device, context: Context): Laid {
  const far = `u${end.index}`;
  return { cables: [plugLine(end, far, context)], switches: [`link set dev ${far} up`] };
}

function pairLine(one: Device, other: Device, context: Context): string {
  // Without ARP the sender takes its own Ethernet address for that of the other end.
  const mac = [one, other].every(isPointToPoint) ? context.wiring.macOf(one.place) : undefined;
  return `link add ${endWords(one, context, mac)} type veth peer name ${endWords(other, context, mac)}`;
}

/**
 * The two ends get different interface indices: net/core/link_watch.c: linkwatch_urgent_event reports the carrier of
 * a pair with equal ones up to a second late.
 */
function plugLine(end: Device, port: string, context: Context): string {
  const { switches } = context.namespaces;
  return `link add ${endWords(end, context)} type veth peer name ${port} index ${end.index + farIndices} netns ${switches}`;
}

const farIndices = 1_000_000_000;

function endWords({ place, index }: Device, { wiring, namespaces }: Context, mac?: bigint): string {
  const address = formatMac(mac ?? wiring.macOf(place));
  return `${place.device} index ${index} address ${address} netns ${namespaces.of(place.host)}`;
}

function isPointToPoint({ interface: one }: Device): boolean {
  return !resolvesAddresses(one);
}

/** Devices of hosts, each in a turn after that of the device below; a device is made where the one below is. */
function turnsOf(
  devices: readonly Device[],
  { wiring, namespaces }: Context,
): readonly ReadonlyMap<string, readonly string[]>[] {
  const depth = ({ place }: Device) => depthOf(place, wiring);
  const depths = [...new Set(devices.map(depth))].toSorted((one, other) => one - other);
  return depths.map((turn) => {
    const lines = new Map<string, readonly string[]>();
    for (const one of devices.filter((each) => depth(each) === turn)) {
      const lower = wiring.lowerOf(one.place);
      const there = namespaces.of((lower ?? one.place).host);
      lines.set(there, [...(lines.get(there) ?? []), ...lineOf(one, lower, wiring, namespaces)]);
    }
    return lines;
  });
}

/** How many devices are below it. */
function depthOf(place: Place, wiring: Wiring): number {
  const lower = wiring.lowerOf(place);
  return lower ? 1 + depthOf(lower, wiring) : 0;
}

function lineOf(
  { place, interface: one, index }: Device,
  lower: Place | undefined,
  wiring: Wiring,
  { of }: Namespaces,
): readonly string[] {
  const { quiet = {} } = kindOf(one);
  const hasAddress = resolvesAddresses(one) && !takesFromBelow(one);
  const line = makingLine(one, {
    index,
    ...(hasAddress && { address: wiring.macOf(place) }),
    ...(lower && lower.host !== place.host && { namespace: of(place.host) }),
    settings: quiet,
  });
  return line === undefined ? [] : [line];
}

/** drivers/net/macvlan.c: macvlan_common_newlink: another address would become that of the device below. */
function takesFromBelow({ type }: Interface): boolean {
  return type?.settings['mode'] === 'passthru';
}

function carryingOf({ name, interfaces }: Host, wiring: Wiring): readonly string[] {
  const names = interfaces.map((one) => one.name);
  return names.filter((device) => hasCarrier({ host: name, device }, wiring));
}

/** A switch is always on; a cable needs both ends, a device the one below or a port. */
function hasCarrier(place: Place, wiring: Wiring): boolean {
  const one = wiring.interfaceAt(place);
  if (!one?.up || one.name === 'lo') return false;
  const across = wiring.acrossFrom(place);
  if (across) return across.length > 1 || across.every((other) => wiring.interfaceAt(other)?.up);
  const lower = wiring.lowerOf(place);
  return lower ? hasCarrier(lower, wiring) : wiring.portsOf(place).some((port) => hasCarrier(port, wiring));
}

/** A veth in place of a tap carries the same frames; no program looks at them on the way. */
function notesOn({ hosts, links }: Network, devices: ReadonlyMap<string, Device>): readonly string[] {
  const ends = links.flatMap((link) => link.ends.flatMap((end) => devices.get(textOf(end)) ?? []));
  const standIns = ends
    .filter((end) => isOfProgram(end.interface))
    .map(({ place, interface: one }) => `${nameOf(place)} is a veth in place of a ${kindOf(one).kind}`);
  const unset = hosts.flatMap(({ host }) =>
    host.interfaces.flatMap((one) => {
      const words = kindOf(one).settings.flatMap(({ set, word }) =>
        set === 'other' && one.type?.settings[word] !== undefined ? [`\`${word}\``] : [],
      );
      const all = [...words, ...(one.type?.peers ? ['its peers'] : [])];
      const place = nameOf({ host: host.name, device: one.name });
      return all.length === 0 ? [] : [`${place} is without ${all.join(' and ')}, which \`ip\` does not set`];
    }),
  );
  return [...standIns, ...unset];
}

function nameOf({ host, device }: Place): string {
  return `\`${device}\` of ${host}`;
}
