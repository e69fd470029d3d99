// Whether a rule may go: whether the rules behind it decide about its packets as it does.
import type { Node } from '../../../bdd/bdd.ts';
import type { Rule } from '../../../ir/ruleset.ts';
import { findMatch } from '../../../match/registry.ts';
import { drawn, type PacketCase } from './drawn.ts';
import type { Facts, LineFacts, Reached } from './facts.ts';
import { endsBefore, type Journey, reach, regionOf } from './reach.ts';
import type { Approach } from './routes.ts';
import type { Exit, Ruled, RuledChain } from './ruled.ts';

/** What decides in its place. */
export type Replaced =
  | { readonly kind: 'by-rules'; readonly by: ReadonlySet<Ruled> }
  /** What no rule behind it decides comes to the policy, which is the same. */
  | { readonly kind: 'by-policy' };

/** A line without which nothing changes. */
export interface RedundantLine {
  readonly facts: LineFacts;
  /** For each of its rules. */
  readonly replaced: readonly Replaced[];
}

/** All such lines that packets reach. All of them may go at once: what replaces a rule is behind it, and is reached. */
export function* redundantLines(
  { lines, journeyOf }: Facts,
  longest = Number.POSITIVE_INFINITY,
): Generator<RedundantLine> {
  const isReached = new Set(
    lines.flatMap(({ rules }) =>
      rules.flatMap(({ reached, rule }) => (reached.kind === 'reached' ? rule : [])),
    ),
  );
  for (const facts of lines) {
    if (facts.placed.chain.rules.length > longest) continue;
    const replaced = facts.rules.map(({ reached, approaches }, at) =>
      reached.kind === 'reached' && mayBeReplaced(reached, facts.line.first + at)
        ? replacement(journeyOf, approaches, facts.line.first + at)
        : undefined,
    );
    const known = replaced.flatMap((one) => one ?? []);
    const by = known.flatMap((one) => (one.kind === 'by-rules' ? [...one.by] : []));
    if (known.length === replaced.length && by.every(({ place: { rule } }) => isReached.has(rule)))
      yield { facts, replaced: known };
  }
}

type ReachedBy = Extract<Reached, { kind: 'reached' }>;

/** The next rule that a packet meets behind the one that it is known to reach, by that packet: an edit hardly changes it. */
const nextVerdicts = new WeakMap<PacketCase, string>();

/** Whether the packet that is known to reach a rule fares alike without it: most rules are told by that. */
function mayBeReplaced({ packet, approach }: ReachedBy, at: number): boolean {
  const { chain, jumps, base } = approach;
  const rule = chain.rules[at];
  const verdict = rule && verdictOf(rule);
  if (verdict === undefined) return false;
  const next = nextVerdicts.get(packet) ?? nextVerdict(chain, packet, at);
  nextVerdicts.set(packet, next);
  return next === toEnd ? jumps.length === 0 && base.base?.policy === verdict : next === verdict;
}

const toEnd = 'to the end';
const unlike = 'something else';

function nextVerdict({ trie, rules }: RuledChain, packet: PacketCase, at: number): string {
  const later = trie.holding(packet).filter((index) => index > at);
  const next = later.length === 0 ? undefined : rules[Math.min(...later)];
  return next ? (verdictOf(next) ?? unlike) : toEnd;
}

/** What decides in the place of a rule, by every way to its chain; of several ways the last is told. */
function replacement(
  journeyOf: Facts['journeyOf'],
  approaches: readonly Approach[],
  at: number,
): Replaced | undefined {
  let found: Replaced | undefined;
  for (const approach of approaches) {
    found = replacedBy(journeyOf(approach), approach, at);
    if (!found) return undefined;
  }
  return found;
}

/**
 * What would do the same with all the packets that reach the rule. Nothing also where that would take a look at other
 * chains than its own.
 */
function replacedBy(journey: Journey, approach: Approach, at: number): Replaced | undefined {
  const { chain, jumps, base, table } = approach;
  const rule = chain.rules[at];
  const verdict = rule && verdictOf(rule);
  if (!rule || verdict === undefined) return undefined;
  const { bdd } = table.space;
  const route = [...jumps, { chain, at }];
  const isReached = (node: Node) => reach(journey, route, node).kind === 'reached';
  const by = new Set<Ruled>();
  let left = bdd.and(bdd.and(journey.entry, table.space.valid()), regionOf(table, route, rule.matched));
  if (isToldApart(journey, approach, at, left)) return undefined;
  for (const one of behind(chain, at, rule.matched)) {
    const met = bdd.and(left, one.matched);
    if (met === 0) continue;
    const does = verdictOf(one);
    if (does !== verdict && isReached(met)) return undefined;
    if (does === verdict) by.add(one);
    left = bdd.minus(left, met);
    if (left === 0) break;
  }
  if (left === 0 || !isReached(left)) return by.size > 0 ? { kind: 'by-rules', by } : undefined;
  return jumps.length === 0 && base.base?.policy === verdict ? { kind: 'by-policy' } : undefined;
}

/** Whether one of some packets comes to the rule and would fare otherwise without it, which is soon told. */
function isToldApart(
  { table }: Journey,
  { chain, jumps, base }: Approach,
  at: number,
  region: Node,
): boolean {
  const rule = chain.rules[at];
  const policy = jumps.length === 0 ? base.base?.policy : undefined;
  if (!rule) return false;
  for (let round = 0; round < mostDrawn; round++) {
    const packet = drawn(table.space, region, round);
    if (!packet || endsBefore(table, [...jumps, { chain, at }], packet).length > 0) continue;
    const next = nextVerdict(chain, packet, at);
    if ((next === toEnd ? policy : next) !== verdictOf(rule)) return true;
  }
  return false;
}

const mostDrawn = 8;

/** The rules behind it that may match one of the packets, in order. */
function behind(chain: RuledChain, at: number, node: Node): readonly Ruled[] {
  const near = [...chain.trie.near(node)].filter((index) => index > at);
  return near.toSorted((one, other) => one - other).flatMap((index) => chain.rules[index] ?? []);
}

/** What it does to all packets that meet it, as a word, where it does nothing else. */
function verdictOf({ isBare, isCertain, exits, matched, place }: Ruled): string | undefined {
  const [only, other] = exits;
  const isPlain = isBare && isCertain && !counts(place.rule);
  return isPlain && only && !other && only.node === matched ? wordOf(only) : undefined;
}

/** What counts does so for packets that would not come to it. */
function counts({ parts }: Rule): boolean {
  return parts.some((part) => part.kind === 'match' && findMatch(part.key)?.stateful === true);
}

function wordOf({ result }: Exit): string | undefined {
  switch (result.kind) {
    case 'accept':
    case 'drop':
      return result.kind;
    case 'reject':
      return `reject with ${result.with}`;
    case 'queue':
    case 'continue':
    case 'return':
    case 'jump':
    case 'goto':
    case 'nat':
    case 'leave':
      return undefined;
  }
}
