// Rules that decide about a part only of what they match, because others before, which are about more than they in some way,
// decide otherwise about the rest.
import type { Node } from '../../../bdd/bdd.ts';
import { type Budget, demandTime, unlimited } from '../budget.ts';
import type { LintSubject } from '../define.ts';
import { type Decided, type Decisions, decisionsIn, PacketsChange } from './decided.ts';
import { type EndingWork, endingsOf } from './ending.ts';
import type { Facts, LineFacts } from './facts.ts';
import { consideredIn, losesValue, lostValue, ownOf } from './listed.ts';
import { type Approach, mostWays } from './routes.ts';
import type { Ruled, RuledTable } from './ruled.ts';

/** A line that others take packets from. */
export interface PartlyLine {
  readonly facts: LineFacts;
  /** One of the ways to it. */
  readonly approach: Approach;
  /** First packets of connections that others decide otherwise about. */
  readonly taken: Node;
  /** Those that are left for it. */
  readonly left: Node;
  /** All packets that were looked at: what they have in common need not be said. */
  readonly considered: Node;
  /** Which rule decides about which of them, in order. */
  readonly by: readonly Decided[];
  /** A value that the line names by itself, none of whose packets is left for it. */
  readonly lost: string | undefined;
}

/** A rule that takes packets from more lines than this is a general one, which is known to come first. */
const mostTaken = 8;

/** All such lines, in order; unless `isAll`, only those that name a value which is lost. */
export function partlyLines(
  { budget = unlimited }: LintSubject,
  facts: Facts,
  isAll: boolean,
): readonly PartlyLine[] {
  const losing = new Set(
    facts.lines.filter((line) => verdictOf(line) !== undefined && losesValue(facts, line)),
  );
  const broader = isAll
    ? broaderLines(facts, budget)
    : { lines: new Set<LineFacts>(), isGeneral: () => false };
  return facts.lines.flatMap((line) => {
    demandTime(budget);
    if (losing.has(line)) return partlyLine(facts, line, () => false) ?? [];
    return broader.lines.has(line) ? (partlyLine(facts, line, broader.isGeneral) ?? []) : [];
  });
}

/** The lines that rules before are broader than, and which of these are general. */
function broaderLines(facts: Facts, budget: Budget) {
  const works = new Map<RuledTable, EndingWork>();
  const endings = (table: RuledTable) => {
    const work = works.get(table) ?? { table, budget, found: new Map() };
    works.set(table, work);
    return work;
  };
  const counts = new Map<Ruled, number>();
  const met = facts.lines.map((line) => {
    demandTime(budget);
    return { line, broader: [...broaderBefore({ facts, endings, counts }, line)] };
  });
  const isGeneral = (rule: Ruled) => (counts.get(rule) ?? 0) > mostTaken;
  const lines = met.filter(({ broader }) => !broader.every(isGeneral)).map(({ line }) => line);
  return { lines: new Set(lines), isGeneral };
}

interface Search {
  readonly facts: Facts;
  readonly endings: (table: RuledTable) => EndingWork;
  /** From how many lines rules take packets, as far as that is known. */
  readonly counts: Map<Ruled, number>;
}

/** The rules before a line that may decide otherwise about some of its packets, and match others, too. */
function broaderBefore({ facts, endings, counts }: Search, line: LineFacts): ReadonlySet<Ruled> {
  const found = new Set<Ruled>();
  const passes = verdictOf(line);
  const { approaches, first } = placeOf(line);
  const { bdd } = facts.space;
  for (const approach of passes === undefined ? [] : approaches) {
    const own = ownOf(approach, line);
    const wide = bdd.exists(own, facts.space.freeVariables());
    const region = bdd.and(own, consideredIn(facts, approach));
    for (const { chain, at } of [...approach.jumps, { chain: approach.chain, at: first }]) {
      const { list, passing, stopping } = endingsOf(endings(approach.table), chain);
      for (const one of (passes ? stopping : passing).near(region)) {
        const ending = list[one];
        if (!ending || ending.index >= at || found.has(ending.rule)) continue;
        if ((counts.get(ending.rule) ?? 0) > mostTaken) continue;
        if (!bdd.implies(ending.rule.matched, wide) && bdd.intersects(ending.node, region))
          found.add(ending.rule);
      }
    }
  }
  for (const rule of found) counts.set(rule, (counts.get(rule) ?? 0) + 1);
  return found;
}

function orUnknown<T>(work: () => T, unknown: T): T {
  try {
    return work();
  } catch (problem) {
    if (problem instanceof PacketsChange) return unknown;
    throw problem;
  }
}

function placeOf({ rules, line }: LineFacts) {
  return { approaches: rules[0]?.approaches ?? [], first: line.first };
}

/** Whether all rules of a line that packets reach let packets pass, or all stop them; nothing where it does anything else. */
function verdictOf({ rules, line }: LineFacts): boolean | undefined {
  const [first] = rules;
  const [approach, ...others] = first?.approaches ?? [];
  if (!approach || others.length >= mostWays - 1) return undefined;
  if (rules.some(({ reached: { kind } }) => kind !== 'reached')) return undefined;
  const kinds = new Set(
    rules.flatMap((_, at) =>
      (approach.chain.rules[line.first + at]?.exits ?? []).map(({ result }) => result.kind),
    ),
  );
  const passes = kinds.has('accept');
  const isPlain = [...kinds].every((kind) =>
    passes ? kind === 'accept' : kind === 'drop' || kind === 'reject',
  );
  return kinds.size > 0 && isPlain ? passes : undefined;
}

function partlyLine(
  facts: Facts,
  line: LineFacts,
  isGeneral: (rule: Ruled) => boolean,
): PartlyLine | undefined {
  const { bdd } = facts.space;
  const passes = verdictOf(line);
  const { approaches, first } = placeOf(line);
  const anyOf = (nodes: readonly Node[]) => nodes.reduce((any, node) => bdd.or(any, node), 0);
  const ways = approaches.flatMap((approach) => {
    const region = bdd.and(ownOf(approach, line), consideredIn(facts, approach));
    const before = orUnknown(() => decidedBefore(approach, region, first), undefined);
    if (!before) return [];
    const by = before.decided.filter((one) => one.passes !== passes && !isGeneral(one.rule));
    return [
      { approach, region, by, kept: bdd.minus(region, anyOf(by.map(({ node }) => node))), left: before.left },
    ];
  });
  const [way] = ways;
  if (!way || ways.length < approaches.length) return undefined;
  const region = anyOf(ways.map((one) => one.region));
  const left = anyOf(ways.map((one) => one.left));
  const taken = bdd.minus(region, anyOf(ways.map(({ kept }) => kept)));
  const by = way.by.filter(({ node }) => bdd.intersects(node, taken));
  const wide = bdd.exists(ownOf(way.approach, line), facts.space.freeVariables());
  if (taken === 0 || left === 0 || by.every(({ rule }) => bdd.implies(rule.matched, wide))) return undefined;
  const considered = consideredIn(facts, way.approach);
  const isLost = ({ packets }: { readonly packets: Node }) =>
    bdd.intersects(taken, packets) && !bdd.intersects(left, packets);
  return {
    facts: line,
    approach: way.approach,
    taken,
    left,
    considered,
    by,
    lost: lostValue(facts, line, isLost),
  };
}

/** What rules on the way to a place decide about packets, and which come there. */
function decidedBefore({ table, jumps, chain }: Approach, region: Node, at: number): Decisions {
  const decided: Decided[] = [];
  let left = region;
  for (const stop of [...jumps, { chain, at }]) {
    const decisions = decisionsIn(table, stop.chain, left, stop.at);
    left = decisions.left;
    decided.push(...decisions.decided);
  }
  return { decided, left };
}
