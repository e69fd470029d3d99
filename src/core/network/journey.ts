// The journey of a packet through several hosts: at each of them the trace of its rules, its translation and its routing,
// between them the way of a frame; and then what the hosts answer.
import { conntrackTable } from '../conntrack/table.ts';
import type { Address } from '../datatype/address.ts';
import { isForGroup, type Place } from '../device/frame.ts';
import type { Clock } from '../field/view.ts';
import type { Injection, Packet } from '../packet/packet.ts';
import { replyTo } from '../policy-test/reply.ts';
import { addressesOf, interfaceNamed } from '../topology/inventory.ts';
import { isMulticast, limitedBroadcast } from '../topology/prefix.ts';
import { nothingRemembered } from '../trace/memory.ts';
import { unchangedSets } from '../trace/set-state.ts';
import type { Way } from '../trace/step.ts';
import { type Ending, trace } from '../trace/trace.ts';
import { type Arrival, carry } from './carry.ts';
import { findNeighbour, type Surroundings } from './neighbour.ts';
import { hostNamed, type Network } from './network.ts';
import { makeWiring } from './wiring.ts';

/** One host that a packet comes through. */
export interface Hop {
  readonly host: string;
  /** The packet as the host got it, or as its program sent it. */
  readonly injection: Injection;
  readonly way: Way;
  /** The devices from the host before to this one, both included; none where the journey begins. */
  readonly over: readonly Place[];
}

/** Where a journey ends. */
export type JourneyEnd =
  | { readonly kind: 'delivered'; readonly host: string; readonly device?: string }
  /** To everybody on a link. */
  | { readonly kind: 'for-many'; readonly at: Place; readonly receivers: readonly Place[] }
  | { readonly kind: 'lost'; readonly host: string; readonly device?: string; readonly why: string };

/** How a packet fared, on one of the ways that it may go. */
export interface Journey {
  readonly hops: readonly Hop[];
  readonly end: JourneyEnd;
  /** What the hosts on the way answered by themselves, and the answer of the program that got the packet. */
  readonly answers: readonly AnswerJourney[];
  /** What is supposed of facts that nobody knows. */
  readonly suppositions: readonly string[];
  readonly assumptions: readonly string[];
  /** The hosts behind it. */
  readonly state: NetworkState;
}

/** The journey of an answer, and what made it. */
export interface AnswerJourney {
  readonly why: string;
  readonly journey: Journey;
}

/** What each host remembers: connections, sets, what rules counted. A host that is not in it has met nothing yet. */
export type NetworkState = ReadonlyMap<string, Ending>;

/** What journeys are asked with. */
export interface Travel extends Surroundings {
  readonly network: Network;
  readonly clock?: Clock | undefined;
  /** Seconds since the first packet. */
  readonly now: number;
  /** Whether a program that gets a packet answers it. */
  readonly programsAnswer: boolean;
}

/** Prepares journeys through a network. */
export function travelIn(network: Network, options: Partial<Omit<Travel, 'network'>> = {}): Travel {
  const wiring = makeWiring(network);
  const hosts = new Map(network.hosts.map(({ host }) => [host.name, host]));
  return { now: 0, programsAnswer: true, ...options, network, wiring, hostOf: (name) => hosts.get(name) };
}

/** More ways than these are not followed. */
const mostWays = 32;

/** All ways that a packet may go from a host, each with the answers to it; at least one. */
export function journeys(
  travel: Travel,
  host: string,
  injection: Injection,
  state: NetworkState = new Map(),
): readonly Journey[] {
  const begun = follow(travel, { host, injection, over: [] }, start(state));
  return begun.slice(0, mostWays).flatMap((one) => withAnswers(travel, one));
}

/** A journey so far. */
interface Sofar {
  readonly hops: readonly Hop[];
  readonly state: NetworkState;
  readonly suppositions: readonly string[];
  readonly assumptions: readonly string[];
}

/** A journey whose end is known and whose answers are still to travel. */
interface Ended extends Sofar {
  readonly end: JourneyEnd;
}

function start(state: NetworkState): Sofar {
  return { hops: [], state, suppositions: [], assumptions: [] };
}

/** A packet at the door of a host. */
interface Visit {
  readonly host: string;
  readonly injection: Injection;
  readonly over: readonly Place[];
  /** Where the frame goes on a bridge of this host. */
  readonly onward?: Onward;
}

/** A frame that only passes a bridge of a host. */
interface Onward extends Stations {
  readonly port: Place;
}

/** The Ethernet addresses of a frame. */
interface Stations {
  readonly source: bigint;
  readonly destination: bigint;
}

/** No packet comes through more hosts: its TTL ends before. */
const mostHops = 300;

function follow(travel: Travel, visit: Visit, sofar: Sofar): readonly Ended[] {
  const place = hostNamed(travel.network, visit.host);
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
    const state = new Map([...sofar.state, [visit.host, ending]]);
    return leave(travel, way, visit, { ...noted(sofar, visit.host, way), hops, state });
  });
}

const nothingMet: Ending = {
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
  return question.startsWith('by which port of ');
}

function ended(sofar: Sofar, end: JourneyEnd): Ended {
  return { ...sofar, end };
}

function lostAt(host: string, why: string, device?: string): JourneyEnd {
  return { kind: 'lost', host, why, ...(device !== undefined && { device }) };
}

/** What comes behind a host. */
function leave(travel: Travel, way: Way, visit: Visit, sofar: Sofar): readonly Ended[] {
  const { host } = visit;
  if (way.fate === 'delivered-local') {
    const device = visit.injection.iif;
    return [ended(sofar, { kind: 'delivered', host, ...(device !== undefined && { device }) })];
  }
  if ((way.fate !== 'sent' && way.fate !== 'forwarded') || way.out === undefined)
    return [ended(sofar, lostAt(host, whyEnded(way)))];
  const by = { host, device: way.out };
  if (visit.onward && way.out === visit.onward.port.device) return send(travel, way, by, visit.onward, sofar);
  return sendOn(travel, way, by, sofar);
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
  const { family, destination, source } = way.packet;
  if (isMulticast(family, destination) || (family === 4 && destination === limitedBroadcast))
    return [toMany(travel, by, sofar)];
  const target: Address = { family, value: way.gateway ?? destination };
  const neighbour = findNeighbour(travel, by, target, askedFrom(travel, by, source, family));
  switch (neighbour.kind) {
    case 'station':
      return send(travel, way, by, { source: travel.wiring.macOf(by), destination: neighbour.mac }, sofar);
    case 'other-end':
      return send(travel, way, by, { source: 0n, destination: 0n }, sofar);
    case 'none':
      return [ended(sofar, lostAt(by.host, neighbour.why, by.device))];
  }
}

/** The packet's own source where it is an address of the host (net/ipv4/arp.c: arp_solicit, arp_announce 0). */
function askedFrom({ hostOf }: Travel, { host, device }: Place, source: bigint, family: 4 | 6): bigint {
  const owner = hostOf(host);
  const own = owner?.interfaces.some((one) =>
    addressesOf(one, family).some(({ address }) => address.value === source),
  );
  const one = owner && interfaceNamed(owner, device);
  return own ? source : ((one && addressesOf(one, family)[0]?.address.value) ?? 0n);
}

function toMany({ wiring }: Travel, by: Place, sofar: Sofar): Ended {
  const frame = { source: wiring.macOf(by), destination: 0xffff_ffff_ffffn, tags: [] };
  const receivers = carry(wiring, by, frame).arrivals.map(({ at }) => at);
  return ended(sofar, { kind: 'for-many', at: by, receivers });
}

/** Sends a frame to a station. */
function send(travel: Travel, way: Way, by: Place, stations: Stations, sofar: Sofar): readonly Ended[] {
  const { arrivals, losses } = carry(travel.wiring, by, { ...stations, tags: [] });
  const [arrival] = arrivals;
  if (!arrival) {
    const loss = losses.find(({ at }) => at.host !== by.host) ?? losses[0];
    return [ended(sofar, lostAt(loss?.at.host ?? by.host, loss?.why ?? 'it gets nowhere', loss?.at.device))];
  }
  // A bridge was asked for each of its ports; only one of them leads to the station.
  const port = arrival.path[1];
  if (way.port !== undefined && port && way.port !== port.device) return [];
  return follow(travel, visitOf(travel, way.packet, stations, arrival, by), sofar);
}

/** The first host on the way that looks at the frame: one whose bridge it passes, where there are rules, or the last. */
function visitOf(
  { network }: Travel,
  { link: _link, ...packet }: Packet,
  stations: Stations,
  { at, frame, path }: Arrival,
  by: Place,
): Visit {
  const isFrame = stations.destination !== 0n && !isForGroup(frame);
  const framed = isFrame ? { ...packet, link: stations } : packet;
  const begin = (device: string, over: readonly Place[], onward?: Onward): Visit => ({
    host: over.at(-1)?.host ?? at.host,
    injection: { packet: framed, direction: 'in', iif: device, ...(onward && { oif: onward.port.device }) },
    over,
    ...(onward && { onward }),
  });
  for (const [index, place] of path.entries()) {
    const next = path[index + 1];
    const one = interfaceOf(network, place);
    if (place.host === by.host || one?.master === undefined || !next || next.host !== place.host) continue;
    const over = path.slice(0, index + 1);
    if (next.device === one.master) return begin(place.device, over);
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

/** Sends the answers of the hosts on their way, one after the other, and that of the program at the end. */
function withAnswers(travel: Travel, { end, ...sofar }: Ended): readonly Journey[] {
  const begun: readonly Journey[] = [{ ...sofar, end, answers: [] }];
  const own = sofar.hops.flatMap((hop) =>
    hop.way.answers.flatMap((answer) => ('way' in answer ? [{ hop, why: answer.why, way: answer.way }] : [])),
  );
  const answered = own.reduce<readonly Journey[]>(
    (list, { hop, why, way }) =>
      list.flatMap((one) => answeredBy(one, why, (state) => leaveAgain(travel, hop.host, way, state))),
    begun,
  );
  const last = sofar.hops.at(-1);
  const reply =
    last && end.kind === 'delivered' && travel.programsAnswer ? replyTo(known(last.way)) : undefined;
  if (!last || !reply || last.way.answers.length > 0) return answered;
  return answered.flatMap((one) =>
    answeredBy(one, 'the program answers', (state) =>
      follow(
        { ...travel, programsAnswer: false },
        { host: last.host, injection: reply, over: [] },
        start(state),
      ),
    ),
  );
}

/** A value that stands for one drawn by chance is answered like any other. */
function known(way: Way): Way {
  return { ...way, unknownParts: [] };
}

function answeredBy(
  one: Journey,
  why: string,
  travelled: (state: NetworkState) => readonly Ended[],
): readonly Journey[] {
  return travelled(one.state)
    .slice(0, mostWays)
    .map((back) => ({
      ...one,
      state: back.state,
      answers: [...one.answers, { why, journey: { ...back, answers: [] } }],
    }));
}

/** An answer was traced to the door of its host already. */
function leaveAgain(travel: Travel, host: string, way: Way, state: NetworkState): readonly Ended[] {
  const injection: Injection = { packet: way.packet, direction: 'out' };
  const hops = [{ host, injection, way, over: [] }];
  return leave(travel, way, { host, injection, over: [] }, { ...start(state), hops });
}
