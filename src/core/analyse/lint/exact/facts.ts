// For every rule of a rule set whether packets reach it. Worked out once, however many findings ask.
import { createBdd, type Node } from '../../../bdd/bdd.ts';
import { isIpPacket, ofVersion } from '../../../field/parts.ts';
import type { Symbols } from '../../../field/symbolic.ts';
import type { Hook } from '../../../hook/hook.ts';
import type { Chain, Rule, Table } from '../../../ir/ruleset.ts';
import { mentionedNames } from '../../names.ts';
import { createSpace, type Space } from '../../space.ts';
import { type Budget, demandTime, TimeOver, unlimited } from '../budget.ts';
import type { LintSubject } from '../define.ts';
import { type Line, linesOf, type PlacedChain, writtenChains } from '../place.ts';
import type { PacketCase } from './drawn.ts';
import { comesBack, type Journey, reach } from './reach.ts';
import { type Approach, type Approaches, approachesOf } from './routes.ts';
import { type Ruled, type RuledTable, ruledTable } from './ruled.ts';
import { interfacesAt } from './wish.ts';

/** Whether packets come to a rule. */
export type Reached =
  /** Such a packet does, this way. */
  | { readonly kind: 'reached'; readonly packet: PacketCase; readonly approach: Approach }
  /** There is no packet that meets its conditions. */
  | { readonly kind: 'never' }
  /** There is none among those that come to its chain. */
  | { readonly kind: 'unmet' }
  /** They are ended before by these rules. */
  | { readonly kind: 'ended'; readonly by: ReadonlySet<Ruled> }
  /** There are too many ways to its chain, and none that was looked at has such a packet. */
  | { readonly kind: 'open' };

/** A line and what is known of each of its rules. */
export interface LineFacts {
  readonly placed: PlacedChain;
  readonly line: Line;
  readonly rules: readonly RuleFacts[];
}

/** One rule. */
export interface RuleFacts {
  readonly rule: Rule;
  readonly reached: Reached;
  /** As it stands in the chain, once for each way to it. */
  readonly approaches: readonly Approach[];
}

/** All that was worked out. */
export interface Facts {
  readonly space: Space;
  readonly lines: readonly LineFacts[];
  /** The packets that come to the base chain of an approach. */
  readonly entryOf: (approach: Approach) => Node;
  /** Those that there was no time for. */
  readonly missed: readonly Pick<LineFacts, 'placed' | 'line'>[];
  /** What packets of an approach are drawn from. */
  readonly journeyOf: (approach: Approach) => Journey;
  /** Whether any packet comes to the end of a base chain. */
  readonly isPolicyReached: (chain: Chain) => boolean;
}

const known = new WeakMap<LintSubject, Facts>();

/** The facts about a rule set; lines of chains that nothing leads to are left out. */
export function factsOf(subject: LintSubject): Facts {
  const found = known.get(subject) ?? workOut(subject);
  known.set(subject, found);
  return found;
}

/** The same, if somebody has asked for them. */
export function knownFacts(subject: LintSubject): Facts | undefined {
  return known.get(subject);
}

function workOut({ ruleSet, hosts, budget = unlimited }: LintSubject): Facts {
  const interfaces = hosts.flatMap((host) => host.interfaces.map(({ name }) => name));
  const bdd = createBdd({ tick: () => demandTime(budget) });
  const space = createSpace(mentionedNames([ruleSet], interfaces), bdd);
  const entryOf = ({ table: { table }, base }: Approach) => entry(space, table, base);
  const work: Work = { space, entryOf, budget, lines: [], bases: new Map() };
  const isComplete = ruleSet.tables.every((table) => isLookedAt(table, work));
  const { lines, bases } = work;
  return {
    space,
    lines,
    missed: isComplete ? [] : missedLines(ruleSet.tables, lines),
    entryOf,
    journeyOf: (approach) => ({ table: approach.table, entry: entryOf(approach) }),
    isPolicyReached: (chain) => comesToEnd(bases.get(chain), entryOf),
  };
}

interface Work {
  readonly space: Space;
  readonly entryOf: Facts['entryOf'];
  readonly budget: Budget;
  readonly lines: LineFacts[];
  readonly bases: Map<Chain, Approach>;
}

/** False where the time was over before the end. */
function isLookedAt(table: Table, work: Work): boolean {
  try {
    lookAt(table, work);
    return true;
  } catch (problem) {
    if (problem instanceof TimeOver) return false;
    throw problem;
  }
}

function lookAt(table: Table, { space, entryOf, budget, lines, bases }: Work): void {
  const approaches = approachesIn(space, table, budget);
  for (const [chain, { list }] of approaches) if (chain.base && list[0]) bases.set(chain, list[0]);
  for (const placed of writtenChains([table])) {
    const ways = approaches.get(placed.chain);
    if (!ways) continue;
    for (const line of linesOf(placed)) {
      demandTime(budget);
      const rules = line.rules.map((rule, at) => ruleFacts(ways, rule, line.first + at, entryOf));
      lines.push({ placed, line, rules });
      budget.step();
    }
  }
}

function missedLines(tables: readonly Table[], looked: readonly LineFacts[]): Facts['missed'] {
  const rules = new Set(looked.map(({ line }) => line.rules[0]));
  return writtenChains(tables).flatMap((placed) =>
    linesOf(placed).flatMap((line) => (rules.has(line.rules[0]) ? [] : [{ placed, line }])),
  );
}

function comesToEnd(base: Approach | undefined, entryOf: Facts['entryOf']): boolean {
  if (!base) return true;
  const { table, chain } = base;
  return comesBack({ table, entry: entryOf(base) }, chain);
}

function approachesIn(space: Space, table: Table, budget: Budget): ReadonlyMap<Chain, Approaches> {
  const byHook = new Map<Hook, RuledTable>();
  return approachesOf(table, (hook) => {
    const ruled = byHook.get(hook) ?? ruledTable(space, table, hook, () => demandTime(budget));
    byHook.set(hook, ruled);
    return ruled;
  });
}

/** The packets whose hooks the chains of a table hang on. */
function entry(space: Space, { family }: Table, { base }: Chain): Node {
  const hook = base?.hook ?? 'forward';
  const symbols = space.at({ hook });
  return space.bdd.and(layerOf(symbols, family), interfacesAt(hook)(symbols));
}

function layerOf(symbols: Symbols, family: Table['family']): Node {
  switch (family) {
    case 'ip':
      return ofVersion(4)(symbols);
    case 'ip6':
      return ofVersion(6)(symbols);
    case 'inet':
      return isIpPacket(symbols);
    case 'arp':
    case 'bridge':
    case 'netdev':
      return 1;
  }
}

function ruleFacts(
  { list, complete }: Approaches,
  rule: Rule,
  at: number,
  entryOf: Facts['entryOf'],
): RuleFacts {
  const by = new Set<Ruled>();
  let isMet = false;
  for (const approach of list) {
    const { table, jumps, chain } = approach;
    const region = chain.rules[at]?.matched ?? 0;
    const entered = entryOf(approach);
    const journey: Journey = { table, entry: entered };
    isMet ||= table.space.bdd.intersects(region, table.space.bdd.and(entered, table.space.valid()));
    const found = reach(journey, [...jumps, { chain, at }], region);
    if (found.kind === 'reached')
      return { rule, reached: { kind: 'reached', packet: found.packet, approach }, approaches: list };
    for (const one of found.by) by.add(one);
  }
  return { rule, reached: complete ? unreached(isMet, by) : { kind: 'open' }, approaches: list };
}

function unreached(isMet: boolean, by: ReadonlySet<Ruled>): Reached {
  if (!isMet) return { kind: 'never' };
  return by.size === 0 ? { kind: 'unmet' } : { kind: 'ended', by };
}
