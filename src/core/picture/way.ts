// The way of a packet on a picture: numbered legs from host to host, there and back, what the packet is on each of them,
// what hosts made of it, and where it ended.

import { formatEndpoint } from '../datatype/endpoint.ts';
import { single } from '../datatype/range.ts';
import type { Place } from '../device/frame.ts';
import type { Hop, Journey, JourneyEnd } from '../network/journey.ts';
import { packetText, reasonText } from '../network/journey-text.ts';
import type { Packet } from '../packet/packet.ts';
import { type Neighbours, wayBetween } from './graph.ts';
import { type Direction, deviceKey, hostKey, type Line, type PictureNode, type Stroke } from './picture.ts';
import { wrapped } from './text.ts';

/** What a journey adds to a picture. */
export interface DrawnWay {
  readonly strokes: readonly Stroke[];
  /** Lines for nodes, in order. */
  readonly lines: readonly { readonly key: string; readonly line: Line }[];
  /** Nodes where a packet ended. */
  readonly ends: readonly string[];
}

/** The places of a picture that a way is drawn on. */
interface Ground {
  readonly neighbours: Neighbours;
  readonly nodes: ReadonlyMap<string, PictureNode>;
}

/** A packet between two hosts. */
interface Leg {
  readonly packet: Packet;
  readonly nodes: readonly string[];
  /** The hop that it begins at. */
  readonly from: Hop | undefined;
}

/** Draws a journey and the answers to it. */
export function drawJourney(ground: Ground, journey: Journey): DrawnWay {
  const parts = [
    { direction: 'there' as const, one: journey },
    ...journey.answers.map(({ journey: one }) => ({ direction: 'back' as const, one })),
  ];
  const drawn: DrawnWay[] = [];
  let first = 1;
  for (const { direction, one } of parts) {
    const legs = legsOf(ground, one);
    const numbers = new Map(legs.map(({ from }, at) => [from, first + at]));
    drawn.push(...legs.map((each, at) => drawLeg(ground, each, direction, first + at)));
    drawn.push(changesAt(one, direction, numbers), endOf(ground, one));
    first += legs.length;
  }
  return {
    strokes: drawn.flatMap(({ strokes }) => strokes),
    lines: drawn.flatMap(({ lines }) => lines),
    ends: drawn.flatMap(({ ends }) => ends),
  };
}

/** Each from one hop to the next; what comes over no device is what the same host has put around it for a tunnel. */
function legsOf(ground: Ground, { hops, end }: Journey): readonly Leg[] {
  const last = hops.at(-1);
  const far = last && lostBehind(last, end);
  const between = hops.flatMap((hop, at): readonly Leg[] => {
    const from = hops[at - 1];
    if (!from) return [];
    const arrives = isBridged(hop) && (hop !== last || far !== undefined) ? [] : [stoppedAt(ground, hop)];
    const nodes = fill(ground, [leavesFrom(from), ...placesOf(from, hop).map(deviceKey), ...arrives]);
    return [{ packet: hop.over.length > 0 ? hop.injection.packet : from.way.packet, nodes, from }];
  });
  if (!last || far === undefined) return between;
  return [...between, { packet: last.way.packet, nodes: fill(ground, [leavesFrom(last), far]), from: last }];
}

/** The devices between two hops: those of the frame, or the tunnel that the first one sends by. */
function placesOf({ host, way }: Hop, { over }: Hop): readonly Place[] {
  return over.length > 0 || way.out === undefined ? over : [{ host, device: way.out }];
}

/** A frame that passes a bridge of the host does not come to the host itself. */
function isBridged({ injection }: Hop): boolean {
  return injection.direction === 'in' && injection.oif !== undefined;
}

function leavesFrom({ host, injection }: Hop): string {
  const { direction, iif, oif } = injection;
  const isPassing = direction === 'in' && iif !== undefined && oif !== undefined;
  return isPassing ? deviceKey({ host, device: iif }) : hostKey(host);
}

/** The device where a packet got lost that its last host had sent. */
function lostBehind({ way, host }: Hop, end: JourneyEnd): string | undefined {
  if (end.kind === 'for-many') return deviceKey(end.at);
  if (end.kind !== 'lost' || (way.fate !== 'sent' && way.fate !== 'forwarded')) return undefined;
  const device = end.device ?? (end.host === host ? way.out : undefined);
  return device === undefined ? hostKey(end.host) : deviceKey({ host: end.host, device });
}

/** Every node between the stops; a packet passes no host on the way from one to another. */
function fill({ neighbours, nodes }: Ground, stops: readonly string[]): readonly string[] {
  const isHost = (key: string): boolean => nodes.get(key)?.kind === 'host';
  return stops.flatMap((stop, at) => {
    const from = stops[at - 1];
    if (from === undefined) return [stop];
    return wayBetween(neighbours, from, stop, isHost)?.slice(1) ?? [stop];
  });
}

function drawLeg(
  { neighbours, nodes }: Ground,
  { packet, nodes: keys }: Leg,
  direction: Direction,
  leg: number,
): DrawnWay {
  const pairs = keys.slice(1).map((to, at) => ({ from: keys[at] ?? to, to }));
  const strokes = pairs
    .filter(({ from, to }) => neighbours.get(from)?.includes(to))
    .map((pair, at): Stroke => ({ ...pair, direction, ...(at === 0 && { leg }) }));
  const kind = (key: string) => nodes.get(key)?.kind;
  const key =
    keys.find((one) => kind(one) === 'cable' || kind(one) === 'switch') ??
    keys.find((one) => kind(one) === 'device');
  const texts = packetLines(packet);
  const lines = texts.map((text, at): Line => ({ role: direction, text, ...(at === 0 && { leg }) }));
  return { strokes, lines: key === undefined ? [] : lines.map((line) => ({ key, line })), ends: [] };
}

/** In two lines: what comes from where, and where it goes to. What links and hops write anew is left out. */
function packetLines(packet: Packet): readonly string[] {
  const [from = '', ...to] = packetText(packet, 64).split(' -> ');
  return to.length === 0 ? wrapped(from) : [from, ...wrapped(`→ ${to.join(' → ')}`)];
}

/** What hosts on the way translated, with the leg that begins there. */
function changesAt(
  { hops }: Journey,
  direction: Direction,
  numbers: ReadonlyMap<Hop | undefined, number>,
): DrawnWay {
  const lines = hops.flatMap((hop) => {
    const { host, injection, way } = hop;
    const [before, after] = [endsOf(injection.packet), endsOf(way.packet)];
    const number = numbers.get(hop);
    const leg = number === undefined ? {} : { leg: number };
    return (['source', 'destination'] as const)
      .filter((end) => before[end] !== after[end])
      .map((end) => ({
        key: hostKey(host),
        line: { role: direction, text: `${end} becomes ${after[end]}`, ...leg },
      }));
  });
  return { strokes: [], lines, ends: [] };
}

function endsOf({ family, source, destination, transport }: Packet) {
  const ports = 'sport' in transport ? transport : undefined;
  const text = (value: bigint, port: number | undefined): string =>
    formatEndpoint(family, single(value), port === undefined ? undefined : single(BigInt(port)));
  return { source: text(source, ports?.sport), destination: text(destination, ports?.dport) };
}

function endOf(ground: Ground, { hops, end }: Journey): DrawnWay {
  const last = hops.at(-1);
  if (end.kind === 'delivered' || !last) return { strokes: [], lines: [], ends: [] };
  const key = [
    lostBehind(last, end) ?? stoppedAt(ground, last),
    hostKey(end.kind === 'lost' ? end.host : last.host),
  ].find((one) => ground.nodes.has(one));
  if (key === undefined) return { strokes: [], lines: [], ends: [] };
  if (end.kind === 'for-many')
    return {
      strokes: [],
      lines: [{ key, line: { role: 'aside', text: 'to everybody on the link' } }],
      ends: [],
    };
  const lines = wrapped(`✕ ${reasonText(end.why, last.way)}`).map((text) => ({
    key,
    line: { role: 'bad', text } as const,
  }));
  return { strokes: [], lines, ends: [key] };
}

/** The host itself, or the bridge that the packet only passed. */
function stoppedAt({ neighbours, nodes }: Ground, hop: Hop): string {
  const { host, injection } = hop;
  if (!isBridged(hop) || injection.iif === undefined) return hostKey(host);
  const port = deviceKey({ host, device: injection.iif });
  const bridge = neighbours.get(port)?.find((key) => nodes.get(key)?.kind === 'device');
  return bridge ?? port;
}
