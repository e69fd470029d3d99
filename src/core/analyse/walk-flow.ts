// Packets in classes by what rules of routing ask beside addresses and interfaces: marks, types of service, protocols,
// ports and users.
import type { Node } from '../bdd/bdd.ts';
import { inRange, inRanges } from '../bdd/vector.ts';
import type { Range } from '../datatype/range.ts';
import { metaMark, metaSkuid } from '../field/meta.ts';
import { codePoint, transportNext, transportProtocol, transportStart } from '../field/parts.ts';
import type { Flow } from '../topology/decision.ts';
import type { Host, NumberRange, RoutingRule } from '../topology/host.ts';
import { bitsOf, currentValue, type Journey } from './journey.ts';
import type { WalkState } from './walk-state.ts';

/** Packets that are alike in one part of what routing asks. */
export interface FlowClass {
  readonly when: Node;
  readonly flow: Partial<Flow>;
}

/** The values between borders. */
export function classRanges(borders: readonly bigint[], width: number): readonly Range[] {
  const starts = [0n, ...borders];
  return starts.map((lo, at) => ({ lo, hi: (starts[at + 1] ?? 1n << BigInt(width)) - 1n }));
}

/** What rules and routes tell apart beside addresses and interfaces. */
export function ownClasses(
  journey: Journey,
  host: Host,
  { values }: WalkState,
): readonly (readonly FlowClass[])[] {
  const rules = host.rules.filter(({ family }) => family === journey.family);
  const all = { journey, values, rules };
  return [
    marksToldApart(all),
    numbersToldApart(all, codePoint, tosOf(host, rules), (value) => ({ tos: Number(value) << 2 })),
    numbersToldApart(all, transportProtocol, protocolsOf(rules), (value) => ({ protocol: Number(value) })),
    portsToldApart(all, transportStart, 'sports', (value) => ({ sport: Number(value) })),
    portsToldApart(all, transportNext, 'dports', (value) => ({ dport: Number(value) })),
    usersToldApart(all),
  ];
}

interface Telling {
  readonly journey: Journey;
  readonly values: WalkState['values'];
  readonly rules: readonly RoutingRule[];
}

const everything: readonly FlowClass[] = [{ when: 1, flow: {} }];

function singles(values: readonly number[]): readonly Range[] {
  return values.map((value) => ({ lo: BigInt(value), hi: BigInt(value) }));
}

function tosOf({ routes }: Host, rules: readonly RoutingRule[]): readonly Range[] {
  const all = [...routes, ...rules].flatMap(({ tos }) => (tos ? [tos >> 2] : []));
  return singles([...new Set(all)]);
}

function protocolsOf(rules: readonly RoutingRule[]): readonly Range[] {
  const named = rules.flatMap(({ protocol }) => protocol ?? []);
  const ported = rules.some(({ sports, dports }) => sports ?? dports) ? [6, 17] : [];
  return singles([...new Set([...named, ...ported])]);
}

/** One class for what is between two borders. */
function numbersToldApart(
  { journey, values }: Telling,
  field: Parameters<typeof bitsOf>[2],
  ranges: readonly Range[],
  flowOf: (value: bigint) => Partial<Flow>,
): readonly FlowClass[] {
  const bits = bitsOf(journey, values, field);
  const borders = new Set(ranges.flatMap(({ lo, hi }) => [lo, hi + 1n]));
  const sorted = [...borders]
    .filter((one) => one > 0n && one < 1n << BigInt(bits.length))
    .toSorted((a, b) => (a < b ? -1 : 1));
  if (sorted.length === 0) return everything;
  return classRanges(sorted, bits.length).map((range) => ({
    when: inRange(journey.bdd, bits, range),
    flow: flowOf(range.lo),
  }));
}

/** Only TCP and UDP have ports. */
function portsToldApart(
  telling: Telling,
  field: typeof transportStart,
  side: 'sports' | 'dports',
  flowOf: (value: bigint) => Partial<Flow>,
): readonly FlowClass[] {
  const { journey, values, rules } = telling;
  const { bdd } = journey;
  const ranges = rules.flatMap((rule) => rangeOf(rule[side]));
  if (ranges.length === 0) return everything;
  const protocol = bitsOf(journey, values, transportProtocol);
  const ported = inRanges(bdd, protocol, singles([6, 17]));
  const classes = numbersToldApart(telling, field, ranges, flowOf);
  return [
    { when: bdd.not(ported), flow: {} },
    ...classes.map(({ when, flow }) => ({ when: bdd.and(ported, when), flow })),
  ];
}

function rangeOf(range: NumberRange | undefined): readonly Range[] {
  return range ? [{ lo: BigInt(range.first), hi: BigInt(range.last) }] : [];
}

/** Packets that no socket of this host sends count as root's. */
function usersToldApart(telling: Telling): readonly FlowClass[] {
  const { journey, values, rules } = telling;
  const { bdd, request } = journey;
  const ranges = rules.flatMap(({ users }) => rangeOf(users));
  if (ranges.length === 0 || request.direction === 'in') return everything;
  const { present } = currentValue(journey, values, metaSkuid);
  return [
    { when: bdd.not(present), flow: { user: 0 } },
    ...numbersToldApart(telling, metaSkuid, ranges, (user) => ({ user: Number(user) })).map(
      ({ when, flow }) => ({
        when: bdd.and(present, when),
        flow,
      }),
    ),
  ];
}

/** One class for each answer to all the questions that rules ask of marks. */
function marksToldApart({ journey, values, rules }: Telling): readonly FlowClass[] {
  const { bdd } = journey;
  const bits = bitsOf(journey, values, metaMark);
  const asked = rules.flatMap(({ mark }) => mark ?? []);
  const masks = asked.reduce((all, { mask }) => (all | mask) >>> 0, 0);
  const candidates = marksToTry(
    asked.map(({ value }) => value >>> 0),
    masks,
  );
  const named = new Map(candidates.map((mark) => [answersOf(mark, asked), mark]));
  return [...named.values()].map((mark) => ({
    when: asked.reduce<Node>((all, { value, mask }) => {
      const masked = bits.map((bit, at) => ((mask >>> (bits.length - 1 - at)) & 1 ? bit : 0));
      const is = inRanges(bdd, masked, singles([value >>> 0]));
      return bdd.and(all, (mark & mask) >>> 0 === value >>> 0 ? is : bdd.not(is));
    }, 1),
    flow: { mark },
  }));
}

function answersOf(
  mark: number,
  asked: readonly { readonly value: number; readonly mask: number }[],
): string {
  return asked.map(({ value, mask }) => ((mark & mask) >>> 0 === value >>> 0 ? 'y' : 'n')).join('');
}

/** Marks that answer every possible way: what is asked for alone, in pairs, and next to it. */
function marksToTry(values: readonly number[], masks: number): readonly number[] {
  const near = [0, ...values].flatMap((value) => [
    value,
    ...Array.from({ length: 32 }, (_, bit) => ((masks >>> bit) & 1 ? (value ^ (1 << bit)) >>> 0 : value)),
  ]);
  return [...new Set([...near, ...values.flatMap((one) => values.map((other) => (one | other) >>> 0))])];
}
