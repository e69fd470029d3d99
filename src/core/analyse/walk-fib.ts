// What rules ask of routing tables, for all packets at once: the facts of the host are asked about one packet of each class,
// and classes are told apart by those parts of packets alone that an answer asked for.
import type { Bdd, Node } from '../bdd/bdd.ts';
import { equals, inRanges } from '../bdd/vector.ts';
import type { FieldValue } from '../field/define.ts';
import { transportProtocol } from '../field/parts.ts';
import type { AskRouting, RoutingAnswer } from '../field/symbolic.ts';
import { isUnknown, type PacketView, type RoutingFacts } from '../field/view.ts';
import type { Hook } from '../hook/hook.ts';
import { anyOf } from '../match/symbolic.ts';
import { notFragmented } from '../packet/packet.ts';
import { routingFacts } from '../topology/fib.ts';
import type { Host } from '../topology/host.ts';
import { hasVrf } from '../topology/vrf.ts';
import { addressBits, bitsOf, isNamed, type Journey } from './journey.ts';
import { addressClasses, type Class, plainClasses } from './walk-addresses.ts';
import { type FlowClass, ownClasses } from './walk-flow.ts';
import { dependsOnSource, interfaceClasses } from './walk-route.ts';
import type { Values } from './walk-state.ts';

/** What routing tables look at of a packet. */
interface Parts {
  readonly source: bigint;
  readonly destination: bigint;
  readonly iif: string | undefined;
  readonly oif: string | undefined;
  readonly mark: number;
  readonly dscp: number;
  readonly protocol: number;
}

/** The classes of packets that one part tells apart; the first is taken where nothing asks for the part. */
interface Axis {
  readonly classes: readonly Partial<Parts>[];
  /** The packets in one of some of them. */
  readonly among: (places: readonly number[]) => Node;
}

type Axes = Readonly<Record<keyof Parts, Axis>>;

/** More packets are not asked about for one answer. */
const mostQuestions = 200_000;

/** How packets with these values are asked about at a hook; undefined without host facts, and on hosts with VRFs. */
export function askRouting(journey: Journey, hook: Hook, values: Values): AskRouting | undefined {
  const { host } = journey.request;
  if (!host || hasVrf(host)) return undefined;
  const known = new Map<string, Axes>();
  return (side, read) => {
    const axes = known.get(side) ?? axesOf(journey, host, values, side);
    known.set(side, axes);
    const asking = { journey, hook, axes, facts: routingFacts(host), left: mostQuestions };
    const answers = explore(asking, read, {});
    return asking.left < 0 ? undefined : answers;
  };
}

function axesOf(journey: Journey, host: Host, values: Values, side: 'saddr' | 'daddr'): Axes {
  const looked = side === 'saddr' ? 'source' : 'destination';
  const [marks = [], types = []] = ownClasses(journey, host, { path: 1, values });
  const { family } = journey;
  const all = addressClasses(host, family);
  const others = dependsOnSource(journey, host) ? all : plainClasses(family);
  return {
    source: axisOfAddress(journey, values, 'source', looked === 'source' ? all : others),
    destination: axisOfAddress(journey, values, 'destination', looked === 'destination' ? all : others),
    iif: axisOfInterface(journey, host, values, 'in'),
    oif: axisOfInterface(journey, host, values, 'out'),
    mark: axisOf(
      journey.bdd,
      flowsAs(marks, ({ mark = 0 }) => ({ mark })),
    ),
    dscp: axisOf(
      journey.bdd,
      flowsAs(types, ({ tos = 0 }) => ({ dscp: tos >> 2 })),
    ),
    protocol: axisOfProtocol(journey, host, values),
  };
}

function axisOfAddress(
  journey: Journey,
  values: Values,
  part: 'source' | 'destination',
  classes: readonly Class[],
): Axis {
  const { bdd } = journey;
  const bits = addressBits(journey, values, part);
  return {
    classes: classes.map(([first]) => ({ [part]: first?.lo ?? 0n })),
    among: (places) =>
      inRanges(
        bdd,
        bits,
        places.flatMap((at) => classes[at] ?? []),
      ),
  };
}

/** A packet has no interface on a side, or one of the host's, or another one. */
function axisOfInterface(journey: Journey, host: Host, values: Values, side: 'in' | 'out'): Axis {
  const { bdd } = journey;
  const absent = isNamed(journey, values, side, '');
  const part = side === 'in' ? 'iif' : 'oif';
  const named = interfaceClasses(journey, host, values, side).map(({ when, name }) => ({
    when: bdd.minus(when, absent),
    given: { [part]: name },
  }));
  return axisOf(bdd, [{ when: absent, given: { [part]: undefined } }, ...named]);
}

/** Addresses are looked for alone by ICMPv6; else protocols only matter where rules of routing name them. */
function axisOfProtocol(journey: Journey, host: Host, values: Values): Axis {
  const { bdd } = journey;
  const bits = bitsOf(journey, values, transportProtocol);
  const known = [...new Set([58, ...host.rules.flatMap(({ protocol }) => protocol ?? [])])];
  const other = Array.from({ length: known.length + 1 }, (_, at) => at).find((one) => !known.includes(one));
  const alone = known.map((protocol) => ({ when: equals(bdd, bits, BigInt(protocol)), given: { protocol } }));
  const rest = alone.reduce<Node>((before, { when }) => bdd.minus(before, when), 1);
  return axisOf(bdd, [...alone, { when: rest, given: { protocol: other ?? 0 } }]);
}

/** Classes of one part that are nodes already. */
function axisOf(bdd: Bdd, classes: readonly { readonly when: Node; readonly given: Partial<Parts> }[]): Axis {
  const possible = classes.filter(({ when }) => when !== 0);
  return {
    classes: possible.map(({ given }) => given),
    among: (places) =>
      anyOf(
        bdd,
        places.map((at) => possible[at]?.when ?? 0),
      ),
  };
}

function flowsAs(
  classes: readonly FlowClass[],
  partsOf: (flow: FlowClass['flow']) => Partial<Parts>,
): Parameters<typeof axisOf>[1] {
  return classes.map(({ when, flow }) => ({ when, given: partsOf(flow) }));
}

interface Asking {
  readonly journey: Journey;
  readonly hook: Hook;
  readonly axes: Axes;
  readonly facts: RoutingFacts;
  left: number;
}

type Answers<Answer> = readonly RoutingAnswer<Answer>[];

/** Asks about one packet; where the answer asked for a part that is not settled, about one of each class of that part. */
function explore<Answer extends FieldValue | boolean>(
  asking: Asking,
  read: (view: PacketView) => Answer,
  given: Partial<Parts>,
): Answers<Answer> {
  asking.left -= 1;
  if (asking.left < 0) return [];
  const asked = new Set<keyof Parts>();
  const answer = read(viewOf(asking, given, (part) => asked.add(part)));
  const open = [...asked].find((part) => !(part in given) && asking.axes[part].classes.length > 1);
  if (open === undefined) return [{ when: 1, answer }];
  const { bdd } = asking.journey;
  const axis = asking.axes[open];
  const alike = new Map<string, { readonly places: number[]; readonly answers: Answers<Answer> }>();
  for (const [at, one] of axis.classes.entries()) {
    const answers = explore(asking, read, { ...given, ...one });
    const name = answers.map((each) => `${each.when} ${nameOf(each.answer)}`).join('; ');
    const known = alike.get(name) ?? { places: [], answers };
    alike.set(name, known);
    known.places.push(at);
  }
  return merged(
    bdd,
    [...alike.values()].flatMap(({ places, answers }) => {
      const among = axis.among(places);
      return answers.map((each) => ({ ...each, when: bdd.and(among, each.when) }));
    }),
  );
}

function merged<Answer extends FieldValue | boolean>(bdd: Bdd, answers: Answers<Answer>): Answers<Answer> {
  const found = new Map<string, RoutingAnswer<Answer>>();
  for (const { when, answer } of answers) {
    const before = found.get(nameOf(answer));
    found.set(nameOf(answer), { answer, when: before ? bdd.or(before.when, when) : when });
  }
  return [...found.values()];
}

function nameOf(answer: FieldValue | boolean): string {
  return isUnknown(answer) ? `unknown: ${answer.unknown}` : `${typeof answer} ${answer}`;
}

/** A packet of the classes that are given; it tells which of its parts are looked at. */
function viewOf(
  { journey, hook, axes, facts }: Asking,
  given: Partial<Parts>,
  asks: (part: keyof Parts) => void,
): PacketView {
  const read = <Part extends keyof Parts>(part: Part): Partial<Parts>[Part] | undefined => {
    asks(part);
    return part in given ? given[part] : axes[part].classes[0]?.[part];
  };
  return {
    packet: {
      family: journey.family,
      ttl: 64,
      length: 0,
      fragment: notFragmented,
      transport: { kind: 'opaque' },
      get source() {
        return read('source') ?? 0n;
      },
      get destination() {
        return read('destination') ?? 0n;
      },
      get protocol() {
        return read('protocol') ?? 0;
      },
      get dscp() {
        return read('dscp') ?? 0;
      },
    },
    hook,
    get iif() {
      return read('iif');
    },
    get oif() {
      return read('oif');
    },
    get mark() {
      return read('mark') ?? 0;
    },
    skuid: undefined,
    pkttype: 0,
    ct: undefined,
    unknown: {},
    routing: facts,
  };
}
