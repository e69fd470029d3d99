// Packets in classes that a host routes alike: the functions of src/core/topology are asked about one of each.
import type { Node } from '../bdd/bdd.ts';
import { inRanges } from '../bdd/vector.ts';
import { type AddressFamily, addressWidth } from '../datatype/address.ts';
import type { Range } from '../datatype/range.ts';
import { anyOf } from '../match/symbolic.ts';
import type { Flow } from '../topology/decision.ts';
import type { Host, NextHop } from '../topology/host.ts';
import type { HopChoice } from '../topology/lookup.ts';
import { addressBits, type Journey } from './journey.ts';
import { addressClasses, type Class } from './walk-addresses.ts';
import { type FlowClass, ownClasses } from './walk-flow.ts';
import type { WalkState } from './walk-state.ts';

/** What becomes of packets that are alike; equal keys are equal results. */
export interface Routed<Result> {
  readonly key: string;
  readonly result: Result;
}

/** A question about packets that routing treats alike. */
export interface RouteQuestion<Result> {
  readonly state: WalkState;
  /** Beside what is in every packet: interfaces. */
  readonly classes: readonly (readonly FlowClass[])[];
  /** Destinations with equal names are alike, whatever the source; all differ if absent. */
  readonly alike?: (flow: AskedFlow) => string;
  /** Sources make no difference. */
  readonly anySource?: true;
  readonly answer: (flow: AskedFlow, choose: HopChoice) => Routed<Result>;
}

/** A flow with both addresses. */
export type AskedFlow = Flow & { readonly source: bigint };

/** Packets with what becomes of them. No packet is in two, and each of the state in one. */
export interface RoutedPackets<Result> {
  readonly when: Node;
  readonly result: Result;
}

/** Asks about a packet of every class. */
export function routeAll<Result>(
  journey: Journey,
  host: Host,
  question: RouteQuestion<Result>,
): readonly RoutedPackets<Result>[] {
  const { bdd } = journey;
  const { state, classes } = question;
  const found = new Map<string, { readonly result: Result; readonly nodes: Node[] }>();
  for (const { when, flow } of combined(journey, [...classes, ...ownClasses(journey, host, state)])) {
    if (!bdd.intersects(when, state.path)) continue;
    for (const { key, result, node } of byAddresses(journey, host, question, flow)) {
      const entry = found.get(key) ?? { result, nodes: [] };
      entry.nodes.push(bdd.and(when, node));
      found.set(key, entry);
    }
  }
  return [...found.values()].map(({ result, nodes }) => ({ when: anyOf(bdd, nodes), result }));
}

/** Every combination of classes. */
function combined({ bdd }: Journey, classes: readonly (readonly FlowClass[])[]): readonly FlowClass[] {
  return classes.reduce<readonly FlowClass[]>(
    (before, own) =>
      before.flatMap((one) =>
        own.map(({ when, flow }) => ({ when: bdd.and(one.when, when), flow: { ...one.flow, ...flow } })),
      ),
    [{ when: 1, flow: {} }],
  );
}

interface Found<Result> extends Routed<Result> {
  readonly node: Node;
}

/** Destinations that come to the same for all sources are one question. */
function byAddresses<Result>(
  journey: Journey,
  host: Host,
  question: RouteQuestion<Result>,
  flow: Partial<Flow>,
): readonly Found<Result>[] {
  const { bdd, family } = journey;
  const known = addressClasses(host, family);
  const sources = addressBits(journey, question.state.values, 'source');
  const destinations = addressBits(journey, question.state.values, 'destination');
  const whole = (destination: bigint, source: bigint): AskedFlow => ({
    ...flow,
    family,
    destination,
    source,
  });
  const groups = grouped(known, (lo) => question.alike?.(whole(lo, 0n)) ?? `${lo}`);
  return groups.flatMap((group) => {
    const [{ lo: destination } = { lo: 0n }] = group;
    const to = inRanges(bdd, destinations, group);
    const from = question.anySource ? [anyAddress(family)] : known;
    return grouped(from, (lo) => optionsKey(question, whole(destination, lo))).flatMap((own) => {
      const [{ lo: source } = { lo: 0n }] = own;
      const packets = bdd.and(to, inRanges(bdd, sources, own));
      return options(journey, question, whole(destination, source)).map(({ node, ...one }) => ({
        ...one,
        node: bdd.and(packets, node),
      }));
    });
  });
}

function anyAddress(family: AddressFamily): Class {
  return [{ lo: 0n, hi: (1n << BigInt(addressWidth(family))) - 1n }];
}

/** In the order in which the first of each group comes. */
function grouped(classes: readonly Class[], nameOf: (lowest: bigint) => string): readonly Class[] {
  const groups = new Map<string, Range[]>();
  for (const one of classes) {
    const name = nameOf(one[0]?.lo ?? 0n);
    const group = groups.get(name) ?? [];
    groups.set(name, group);
    group.push(...one);
  }
  return [...groups.values()];
}

/** What a flow may come to by each of the next hops that a hash picks from. */
function answersTo<Result>({ answer }: RouteQuestion<Result>, flow: AskedFlow) {
  let hops: readonly NextHop[] = [];
  const first = answer(flow, (_flow, found) => {
    hops = found;
    return found[0];
  });
  const others = hops
    .slice(1)
    .map((hop) => answer(flow, (_flow, found) => found.find((one) => sameHop(one, hop))));
  return { hops, answers: [first, ...others] };
}

function sameHop(one: NextHop, other: NextHop): boolean {
  return one.device === other.device && one.gateway === other.gateway;
}

function optionsKey<Result>(question: RouteQuestion<Result>, flow: AskedFlow): string {
  return answersTo(question, flow)
    .answers.map(({ key }) => key)
    .join(' or ');
}

/** Which of several next hops is taken is free. */
function options<Result>(
  { bdd, space }: Journey,
  question: RouteQuestion<Result>,
  flow: AskedFlow,
): readonly Found<Result>[] {
  const { hops, answers } = answersTo(question, flow);
  const symbols = space.at({ hook: 'forward' });
  let rest: Node = 1;
  return answers.map((one, at) => {
    const hop = hops[at];
    const isLast = at === answers.length - 1;
    const chosen =
      isLast || !hop
        ? rest
        : bdd.and(rest, symbols.free(`a hash picks the next hop ${hop.gateway ?? ''} on ${hop.device}`));
    rest = bdd.minus(rest, chosen);
    return { ...one, node: chosen };
  });
}
