// One packet from host to host, on every way that it may go.
import { conntrackTable } from '../conntrack/table.ts';
import { type Address, formatAddress } from '../datatype/address.ts';
import type { LowerDevice } from '../device/device.ts';
import type { Place } from '../device/frame.ts';
import type { Packet } from '../packet/packet.ts';
import { arpRequestSource } from '../topology/arp.ts';
import { addressesOf, interfaceNamed } from '../topology/inventory.ts';
import { isLinkLocal6, isMulticast, limitedBroadcast, linkLocalOf } from '../topology/prefix.ts';
import { nothingRemembered } from '../trace/memory.ts';
import { unchangedSets } from '../trace/set-state.ts';
import type { Way } from '../trace/step.ts';
import { trace } from '../trace/trace.ts';
import { carry, carryFrom } from './carry.ts';
import type { Hop, HostState, JourneyEnd, NetworkState, Travel } from './journey.ts';
import { findNeighbour } from './neighbour.ts';
import { wrapFrame } from './through-tunnels.ts';
import { type Tunnelled, tunnelFor } from './tunnelled.ts';
import { framed, type Stations, type Visit, visitOf } from './visit.ts';

/** A journey so far. */
export interface Sofar {
  readonly hops: readonly Hop[];
  readonly state: NetworkState;
  readonly suppositions: readonly string[];
  readonly assumptions: readonly string[];
}

/** A journey whose end is known and whose answers are still to travel. */
export interface Ended extends Sofar {
  readonly end: JourneyEnd;
}

/** Where a journey begins: what hosts remember of packets before. */
export function startAt(state: NetworkState): Sofar {
  return { hops: [], state, suppositions: [], assumptions: [] };
}

/** More ways than these are not followed. */
export const mostWays = 32;

/** No packet comes through more hosts: its TTL ends before. */
const mostHops = 300;

/** All ways of a packet from the door of a host on. */
export function follow(travel: Travel, visit: Visit, sofar: Sofar): readonly Ended[] {
  const place = travel.placeOf(visit.host);
  if (!place) return [ended(sofar, lostAt(visit.host, `there is no host \`${visit.host}\``))];
  if (sofar.hops.length >= mostHops) return [ended(sofar, lostAt(visit.host, 'it goes in circles'))];
  const before = sofar.state.get(visit.host) ?? nothingMet;
  const { clock, now } = travel;
  const { host, ruleSet } = place;
  const traced = trace({ ruleSet, host, injection: visit.injection, ...before, clock, now });
  const ways = traced.ways.map((way, at) => ({ way, ending: traced.endings[at] ?? before }));
  const { injection, over } = visit;
  return ways.slice(0, mostWays).flatMap(({ way, ending }) => {
    const hops = [...sofar.hops, { host: visit.host, injection, way, over }];
    const state = new Map([...sofar.state, [visit.host, { ...before, ...ending }]]);
    return leave(travel, way, visit, { ...noted(sofar, visit.host, way), hops, state });
  });
}

const nothingMet: HostState = {
  connections: conntrackTable(),
  sets: unchangedSets,
  memory: nothingRemembered,
  changes: [],
};

function noted(sofar: Sofar, host: string, way: Way): Sofar {
  const supposed = way.suppositions
    .filter(({ question }) => !settledByWires(question))
    .map(({ question, answer }) => `${host}: ${question}: ${answer}`);
  const unknown = way.unknownParts.map((part) => `${host}: ${part}; the value here stands for it`);
  const assumed = [...way.assumptions.map((one) => `${host}: ${one}`), ...unknown];
  return {
    ...sofar,
    suppositions: [...sofar.suppositions, ...supposed],
    assumptions: [...new Set([...sofar.assumptions, ...assumed])],
  };
}

/** What a trace of one host must ask, and the network knows. */
function settledByWires(question: string): boolean {
  return question.includes('by which port of ');
}

function ended(sofar: Sofar, end: JourneyEnd): Ended {
  return { ...sofar, end };
}

function lostAt(host: string, why: string, device?: string): JourneyEnd {
  return { kind: 'lost', host, why, ...(device !== undefined && { device }) };
}

/** What comes behind a host. */
export function leave(travel: Travel, way: Way, visit: Visit, sofar: Sofar): readonly Ended[] {
  const { host } = visit;
  if (way.fate === 'delivered-local') {
    const device = visit.injection.iif;
    return [ended(sofar, { kind: 'delivered', host, ...(device !== undefined && { device }) })];
  }
  if ((way.fate !== 'sent' && way.fate !== 'forwarded') || way.out === undefined)
    return [ended(sofar, lostAt(host, whyEnded(way)))];
  if (way.pieces) return leaveInPieces(travel, way, way.pieces, visit, sofar);
  const by = { host, device: way.out };
  if (visit.onward && way.out === visit.onward.port.device) return send(travel, way, by, visit.onward, sofar);
  return sendOn(travel, way, by, sofar);
}

/** Fragments travel one by one; the end is that of the last, or where another one gets lost. */
function leaveInPieces(
  travel: Travel,
  { pieces: _pieces, ...way }: Way,
  pieces: readonly Packet[],
  visit: Visit,
  sofar: Sofar,
): readonly Ended[] {
  const note = `${visit.host}: it leaves in ${pieces.length} fragments`;
  const begun = { ...sofar, assumptions: [...sofar.assumptions, note] };
  return pieces.reduce<readonly Ended[]>(
    (list, packet, at) =>
      list.flatMap((one) => {
        if (at > 0 && !isHeld(one)) return [one];
        const { end: _end, ...rest } = one;
        return leave(travel, { ...way, packet }, visit, { ...rest, hops: begun.hops });
      }),
    [ended(begun, lostAt(visit.host, 'nothing left'))],
  );
}

/** Whether a fragment waits for the others at a host. */
function isHeld({ hops }: Ended): boolean {
  return hops.at(-1)?.way.fate === 'held';
}

/** Why a packet did not leave a host, in a few words. */
function whyEnded({ verdict, fate, reason, deciding }: Way): string {
  if (reason !== undefined) return `${fate}: ${reason}`;
  if (!deciding) return `${verdict}: ${fate}`;
  const place = `${deciding.family} ${deciding.table} ${deciding.chain}`;
  return deciding.by === 'rule'
    ? `${fate} by rule ${deciding.index} of ${place}`
    : `${fate} by the policy of ${place}`;
}

/** Finds the station that a packet goes to by a device, and sends it there. */
function sendOn(travel: Travel, way: Way, by: Place, sofar: Sofar): readonly Ended[] {
  const { family, destination } = way.packet;
  if (isMulticast(family, destination) || (family === 4 && destination === limitedBroadcast))
    return [toMany(travel, by, sofar)];
  const target: Address = { family, value: way.gateway ?? destination };
  const source = travel.wiring.macOf(by);
  const learned = sofar.state.get(by.host)?.neighbours?.get(neighbourKey(by, target));
  if (learned !== undefined) return send(travel, way, by, { source, destination: learned }, sofar);
  const sender = askedFrom(travel, by, target, way.packet.source);
  const neighbour = findNeighbour(travel, by, target, sender);
  switch (neighbour.kind) {
    case 'station': {
      const { mac, at, assumptions } = neighbour;
      // Who is asked learns of who asks (net/ipv4/arp.c: arp_process; net/ipv6/ndisc.c: ndisc_recv_ns).
      const both = [
        [by, target, mac],
        [at, { family, value: sender }, source],
      ] as const;
      const state = both.reduce(
        (all, [place, address, one]) => withNeighbour(all, place, address, one),
        sofar.state,
      );
      const known = { ...sofar, state, assumptions: [...sofar.assumptions, ...assumptions] };
      return send(travel, way, by, { source, destination: mac }, known);
    }
    case 'other-end':
      return send(travel, way, by, { source: 0n, destination: 0n }, sofar);
    case 'none':
      return [ended(sofar, lostAt(by.host, neighbour.why, by.device))];
  }
}

function neighbourKey({ device }: Place, { family, value }: Address): string {
  return `${device} ${formatAddress({ family, value })}`;
}

function withNeighbour(state: NetworkState, place: Place, address: Address, mac: bigint): NetworkState {
  const before = state.get(place.host) ?? nothingMet;
  const neighbours = new Map([...(before.neighbours ?? []), [neighbourKey(place, address), mac] as const]);
  return new Map([...state, [place.host, { ...before, neighbours }]]);
}

/**
 * In IPv6 the packet's own source where it is an address of the device, else that of the link (net/ipv6/ndisc.c:
 * ndisc_solicit, ndisc_send_ns).
 */
function askedFrom({ hostOf, wiring }: Travel, by: Place, target: Address, source: bigint): bigint {
  const host = hostOf(by.host);
  if (target.family === 4) return host ? arpRequestSource(host, by.device, target.value, source) : 0n;
  const device = host && interfaceNamed(host, by.device);
  const own = device ? addressesOf(device, 6).map(({ address }) => address.value) : [];
  return own.includes(source) ? source : (own.find(isLinkLocal6) ?? linkLocalOf(wiring.macOf(by)));
}

function toMany({ wiring }: Travel, by: Place, sofar: Sofar): Ended {
  const frame = { source: wiring.macOf(by), destination: 0xffff_ffff_ffffn, tags: [] };
  const receivers = carry(wiring, by, frame).arrivals.map(({ at }) => at);
  return ended(sofar, { kind: 'for-many', at: by, receivers });
}

/** Sends a frame to a station; where it goes into a tunnel, the packet around it travels. */
function send(travel: Travel, way: Way, by: Place, stations: Stations, sofar: Sofar): readonly Ended[] {
  const { packet } = way;
  const target: Address = { family: packet.family, value: packet.destination };
  const { arrivals, wrapped, losses } = carry(travel.wiring, by, { ...stations, tags: [], target });
  const [arrival] = arrivals;
  const [inside] = wrapped;
  const path = arrival?.path ?? inside?.path;
  // A bridge was asked for each of its ports; only one of them leads to the station.
  const port = path?.[1];
  if (way.port !== undefined && port && way.port !== port.device) return [];
  if (arrival) return follow(travel, visitOf(travel, packet, stations, arrival, by.host), sofar);
  if (inside) return sendInside(travel, framed(packet, stations), stations, inside.at, sofar);
  const loss = losses.find(({ at }) => at.host !== by.host) ?? losses[0];
  return [ended(sofar, lostAt(loss?.at.host ?? by.host, loss?.why ?? 'it gets nowhere', loss?.at.device))];
}

/** The packet around what a tunnel sends goes its own way to the other end; there the inner one goes on. */
function sendInside(
  travel: Travel,
  inner: Packet,
  stations: Stations,
  tunnel: Place,
  sofar: Sofar,
): readonly Ended[] {
  const heard = sofar.state.get(tunnel.host)?.heard?.get(tunnel.device);
  const outer = wrapFrame(travel, { ...tunnel, stations }, inner, heard);
  if (outer.kind === 'refused') return [ended(sofar, lostAt(tunnel.host, outer.why, tunnel.device))];
  const rest = outer.kind === 'handed' ? handed(inner, outer.by, tunnel.host) : ownPacket(tunnel.host, outer);
  const assumed = outer.kind === 'handed' ? [] : outer.assumptions;
  const begun = { ...sofar, assumptions: [...new Set([...sofar.assumptions, ...assumed])] };
  const travelled = follow(travel, rest, begun);
  if (outer.kind === 'handed') return travelled;
  return travelled.flatMap((one) => unwrap(travel, one, outer.packet, inner, stations));
}

function ownPacket(host: string, { packet, oif }: Pick<Tunnelled, 'packet' | 'oif'>): Visit {
  return { host, injection: { packet, direction: 'out', ...(oif !== undefined && { oif }) }, over: [] };
}

/** The host of the device below sends it as its own. */
function handed({ link: _link, ...packet }: Packet, { host, device }: LowerDevice, here: string): Visit {
  const { injection, ...visit } = ownPacket(host ?? here, { packet, oif: device });
  return { ...visit, injection: { ...injection, anySource: true } };
}

/** What a tunnel of the host that got the outer packet makes of it. */
function unwrap(
  travel: Travel,
  one: Ended,
  sent: Packet,
  inner: Packet,
  stations: Stations,
): readonly Ended[] {
  const { end, ...sofar } = one;
  const host = end.kind === 'delivered' ? travel.hostOf(end.host) : undefined;
  if (!host) return [one];
  const outer = sofar.hops.at(-1)?.way.packet ?? sent;
  const device = tunnelFor(host, outer, inner);
  if (!device) return [ended(sofar, lostAt(host.name, 'none of its tunnels is for this packet'))];
  const at = { host: host.name, device: device.name };
  const { arrivals, wrapped, losses } = carryFrom(travel.wiring, at, { ...stations, tags: [] });
  const [arrival] = arrivals;
  const [further] = wrapped;
  const known = { ...sofar, state: withHeard(sofar.state, at, outer) };
  if (arrival) return follow(travel, visitOf(travel, inner, stations, arrival), known);
  if (further) return sendInside(travel, inner, stations, further.at, known);
  return [ended(known, lostAt(host.name, losses[0]?.why ?? 'it gets nowhere', device.name))];
}

/** Where the last packet for a tunnel came from. */
function withHeard(state: NetworkState, { host, device }: Place, outer: Packet): NetworkState {
  const { family, source, transport } = outer;
  const before = state.get(host);
  if (!before || transport.kind !== 'udp') return state;
  const from = { address: { family, value: source }, port: transport.sport };
  const heard = new Map([...(before.heard ?? []), [device, from] as const]);
  return new Map([...state, [host, { ...before, heard }]]);
}
