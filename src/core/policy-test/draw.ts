// Drawing packets for an assertion: of every shape that can meet its condition, near the borders of the policy's rules.
import type { AddressFamily } from '../datatype/address.ts';
import { type Injection, notFragmented, type Packet, type Transport, tcpFlag } from '../packet/packet.ts';
import { knownSize } from '../packet/size.ts';
import { drawAddress, mayMatch, type PlacedRule, type Pool, routedBy, satisfied } from './pool.ts';
import type { Random } from './random.ts';

/** What no condition can change in a packet once it is drawn. */
interface Shape {
  readonly family: AddressFamily;
  readonly protocol: number;
  readonly way: 'through' | 'in' | 'out';
  /** Absent: what conntrack makes of it. */
  readonly state?: 'established' | 'related' | 'invalid';
}

const families = [4, 6] as const;
const protocols = { 4: [6, 17, 1, 47], 6: [6, 17, 58, 47] } as const;
const ways = ['through', 'in', 'out'] as const;
const states = [undefined, 'established', 'related', 'invalid'] as const;

const shapes: readonly Shape[] = families.flatMap((family) =>
  protocols[family].flatMap((protocol) =>
    ways.flatMap((way) => states.map((state) => ({ family, protocol, way, ...(state && { state }) }))),
  ),
);

/** Draws packets that are likely to meet one of the cases; the next one with each call. */
export function makeDraw(
  cases: readonly PlacedRule[],
  pool: Pool,
  random: Random,
): () => Injection | undefined {
  const fitting = cases.map((one) => ({ one, shapes: fittingShapes(one, pool, random) }));
  const possible = fitting.filter((each) => each.shapes.length > 0);
  return () => {
    const chosen = random.pick(possible);
    const shape = chosen && drawShape(chosen.shapes, random);
    return shape && drawFor(chosen.one, shape, pool, random);
  };
}

/** Those of which a packet can be made that meets the case. */
function fittingShapes(one: PlacedRule, pool: Pool, random: Random): readonly Shape[] {
  return shapes.filter((shape) =>
    [1, 2, 3, 4].some(() =>
      mayMatch(satisfied(drawBase(shape, pool, random), one, pool, random), one, pool, random),
    ),
  );
}

/** More than half are of new connections, where these fit. */
function drawShape(fitting: readonly Shape[], random: Random): Shape | undefined {
  const fresh = fitting.filter((shape) => shape.state === undefined);
  return random.pick(fresh.length > 0 && random.percent(70) ? fresh : fitting);
}

/** The condition comes last or first: what a rule translates need not meet it before. */
function drawFor(one: PlacedRule, shape: Shape, pool: Pool, random: Random): Injection {
  const met = satisfied(drawBase(shape, pool, random), one, pool, random);
  let near = met;
  for (let guides = random.below(4); guides > 0; guides--) near = towards(near, pool, random);
  const last = random.percent(70) ? satisfied(near, one, pool, random) : near;
  return finish(last, pool, random);
}

/** The packet changed so that a rule matches, or one of its conditions just does not. */
function towards(injection: Injection, pool: Pool, random: Random): Injection {
  const guide = random.pick(pool.rules);
  if (!guide) return injection;
  const refuse = random.percent(20) ? random.pick(guide.rule.parts) : undefined;
  return satisfied(injection, guide, pool, random, refuse);
}

/** On a host routing decides by what a packet leaves: its destination is drawn so that it goes where it should. */
function finish(injection: Injection, pool: Pool, random: Random): Injection {
  const { host } = pool;
  const { oif, ...rest } = injection;
  if (!host || injection.direction === 'out') return sized(injection);
  const routed = Array.from({ length: 24 }, (_, at) => {
    const { family } = injection.packet;
    const destination = at === 0 ? injection.packet.destination : drawAddress(pool, family, random);
    return { ...rest, packet: { ...injection.packet, destination } };
  });
  const fits = (one: Injection): boolean => oif === undefined || routedBy(one, host) === oif;
  return sized(routed.find(fits) ?? rest);
}

function sized(injection: Injection): Injection {
  const { packet } = injection;
  return { ...injection, packet: { ...packet, length: knownSize(packet) } };
}

function drawBase({ family, protocol, way, state }: Shape, pool: Pool, random: Random): Injection {
  const own = random.pick(pool.own[family]);
  const address = (isOwn: boolean): bigint => (isOwn ? own : undefined) ?? drawAddress(pool, family, random);
  const packet: Packet = {
    family,
    source: address(way === 'out'),
    destination: address(way === 'in'),
    protocol,
    ttl: 64,
    dscp: 0,
    length: 0,
    fragment: notFragmented,
    transport: drawTransport(protocol, random),
  };
  return { packet, ...drawWay(way, pool, random), ...(state && { state }) };
}

function drawWay(way: Shape['way'], { host, interfaces }: Pool, random: Random): Omit<Injection, 'packet'> {
  const [first = 'other0', second = 'other0'] = [random.pick(interfaces), random.pick(interfaces)];
  if (way === 'out') return { direction: 'out', ...(!host && { oif: first }) };
  if (host) return { direction: 'in', iif: first };
  return { direction: 'in', iif: first, ...(way === 'in' ? { local: true } : { oif: second }) };
}

function drawTransport(protocol: number, random: Random): Transport {
  const ports = { sport: drawPort(random, 40_000), dport: drawPort(random, 443) };
  switch (protocol) {
    case 6:
      return { kind: 'tcp', ...ports, flags: random.percent(80) ? tcpFlag.syn : tcpFlag.ack, ...numbers };
    case 17:
      return { kind: 'udp', ...ports };
    case 1:
      return { kind: 'icmp', type: random.percent(70) ? 8 : 0, code: 0, id: 1, sequence: 1 };
    case 58:
      return { kind: 'icmp', type: random.percent(70) ? 128 : 129, code: 0, id: 1, sequence: 1 };
    default:
      return { kind: 'opaque' };
  }
}

const numbers = { seq: 0, ack: 0, window: 65_535 };

function drawPort(random: Random, usual: number): number {
  if (random.percent(40)) return usual;
  return random.percent(50) ? 1 + random.below(1023) : 1024 + random.below(64_512);
}
