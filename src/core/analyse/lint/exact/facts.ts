// For every rule of a rule set whether packets reach it. Worked out once, however many findings ask.
import type { Node } from '../../../bdd/bdd.ts';
import { isIpPacket, ofVersion } from '../../../field/parts.ts';
import type { Symbols } from '../../../field/symbolic.ts';
import type { Hook } from '../../../hook/hook.ts';
import type { Chain, Rule, Table } from '../../../ir/ruleset.ts';
import type { Space } from '../../space.ts';
import { type Budget, demandTime, TimeOver, unlimited } from '../budget.ts';
import type { LintSubject } from '../define.ts';
import { type Line, linesOf, type PlacedChain, writtenChains } from '../place.ts';
import type { PacketCase } from './drawn.ts';
import {
  editedIn,
  type Hint,
  isAsFresh,
  type Kept,
  keptFor,
  type LintMemory,
  memoryAt,
  remember,
} from './memory.ts';
import { comesAlong, comesBack, type Journey, type Reach, type Route, reach } from './reach.ts';
import { type Approach, type Approaches, approachesOf } from './routes.ts';
import { type Deed, type Ruled, type RuledTable, ruledTable } from './ruled.ts';
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

/** A part of what a rule matches. */
export interface RulePart {
  /** Tells it from others of the rule. */
  readonly name: string;
  readonly region: () => Node;
  /** A packet of it that may come to the rule. */
  readonly guess?: PacketCase;
}

/** All that was worked out. */
export interface Facts {
  readonly space: Space;
  readonly lines: readonly LineFacts[];
  /** The packets that come to the base chain of an approach. */
  readonly entryOf: (approach: Approach) => Node;
  /** Those that there was no time for. */
  readonly missed: readonly Pick<LineFacts, 'placed' | 'line'>[];
  /** Whether packets of a part of what a rule matches come to it. */
  readonly comes: (approach: Approach, at: number, part: RulePart) => boolean;
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

function workOut(subject: LintSubject): Facts {
  const { ruleSet, budget = unlimited, memory = {} } = subject;
  const { kept, tables } = approachesFor(subject, memory, false);
  const { space } = kept;
  const entries = new Map<Chain, Node>();
  const entryOf = ({ table: { table }, base }: Approach) => {
    const entered = entries.get(base) ?? entryAt(space, table, base);
    entries.set(base, entered);
    return entered;
  };
  const lines: LineFacts[] = [];
  const work = { entryOf, kept, budget, lines };
  const isComplete = tables !== undefined && isDone(() => lookAt(tables, work));
  const bases = new Map(
    [...(tables ?? [])].flatMap(({ approaches }) =>
      [...approaches].flatMap(([chain, { list }]) =>
        chain.base && list[0] ? [[chain, list[0]] as const] : [],
      ),
    ),
  );
  return {
    space,
    lines,
    missed: isComplete ? [] : missedLines(ruleSet.tables, lines),
    entryOf,
    comes: (approach, at, part) => reachedBy(approach, at, part, work).kind === 'reached',
    journeyOf: (approach) => ({ table: approach.table, entry: entryOf(approach) }),
    isPolicyReached: (chain) => comesToEnd(bases.get(chain), entryOf),
  };
}

interface TableWays {
  readonly table: Table;
  readonly approaches: ReadonlyMap<Chain, Approaches>;
}

interface Prepared {
  readonly kept: Kept;
  /** Nothing where the time was over. */
  readonly tables: readonly TableWays[] | undefined;
}

/** What rules do by themselves, and the ways to them: with what is kept of an earlier look, if that can be. */
function approachesFor(subject: LintSubject, memory: LintMemory, isFresh: boolean): Prepared {
  const kept = keptFor(subject, memory, isFresh);
  let tables: readonly TableWays[] | undefined;
  const isReady = isDone(() => {
    tables = subject.ruleSet.tables.map((table) => ({ table, approaches: approachesIn(kept, table) }));
  });
  if (!isReady) return { kept, tables: undefined };
  if (kept !== memory.kept) remember(kept);
  else if (!isAsFresh(kept)) return approachesFor(subject, memory, true);
  else kept.edited = editedIn(kept);
  memory.kept = kept;
  return { kept, tables };
}

/** False where the time was over before the end. */
function isDone(work: () => void): boolean {
  try {
    work();
    return true;
  } catch (problem) {
    if (problem instanceof TimeOver) return false;
    throw problem;
  }
}

interface Work {
  readonly entryOf: Facts['entryOf'];
  readonly kept: Kept;
  readonly budget: Budget;
  readonly lines: LineFacts[];
}

function lookAt(tables: readonly TableWays[], work: Work): void {
  const { budget, lines } = work;
  for (const { table, approaches } of tables)
    for (const placed of writtenChains([table])) {
      const ways = approaches.get(placed.chain);
      if (!ways) continue;
      for (const line of linesOf(placed)) {
        demandTime(budget);
        const rules = line.rules.map((rule, at) => ruleFacts(ways, rule, line.first + at, work));
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

function approachesIn(kept: Kept, table: Table): ReadonlyMap<Chain, Approaches> {
  const byHook = new Map<Hook, RuledTable>();
  const each = () => demandTime(kept.budget);
  return approachesOf(table, (hook) => {
    const ruled = byHook.get(hook) ?? ruledTable(kept.space, table, hook, each, memoryAt(kept, table, hook));
    byHook.set(hook, ruled);
    return ruled;
  });
}

/** The packets whose hooks the chains of a table hang on. */
function entryAt(space: Space, { family }: Table, { base }: Chain): Node {
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

function ruleFacts({ list, complete }: Approaches, rule: Rule, at: number, work: Work): RuleFacts {
  const by = new Set<Ruled>();
  let isMet = false;
  for (const approach of list) {
    const { space } = approach.table;
    const region = approach.chain.rules[at]?.matched ?? 0;
    const found = reachedBy(approach, at, { name: '', region: () => region }, work);
    if (found.kind === 'reached')
      return { rule, reached: { kind: 'reached', packet: found.packet, approach }, approaches: list };
    isMet ||= space.bdd.intersects(region, space.bdd.and(work.entryOf(approach), space.valid()));
    for (const one of found.by) by.add(one);
  }
  return { rule, reached: complete ? unreached(isMet, by) : { kind: 'open' }, approaches: list };
}

/** Whether packets of a region of a rule come to it: one that came there before does so again, if nothing is other for it. */
function reachedBy(approach: Approach, at: number, part: RulePart, work: Work): Reach {
  const { entryOf, kept } = work;
  const { table, jumps, chain } = approach;
  const key = [chain.rules[at]?.key, chain.chain.name, approach.base.name, part.name].join('\n');
  const { edited, space } = kept;
  const hint = kept.before.get(key);
  if (
    hint &&
    edited !== undefined &&
    isWay(hint, approach, entryOf(approach)) &&
    !space.bdd.evaluate(edited, hint.packet)
  ) {
    kept.packets.set(key, hint);
    return { kind: 'reached', packet: hint.packet };
  }
  const entry = entryOf(approach);
  const found = reachAnew({ table, entry }, [...jumps, { chain, at }], part);
  if (found.kind === 'reached') kept.packets.set(key, { ...found, entry, jumps: deedsOf(jumps) });
  return found;
}

function reachAnew(journey: Journey, route: Route, { region, guess }: RulePart): Reach {
  const stop = route.at(-1);
  const matched = stop?.chain.rules[stop.at]?.matched ?? 0;
  if (guess && comesAlong(journey, route, matched, guess)) return { kind: 'reached', packet: guess };
  return reach(journey, route, region());
}

function isWay({ entry, jumps }: Hint, approach: Approach, entered: Node): boolean {
  return (
    entry === entered &&
    jumps.length === approach.jumps.length &&
    approach.jumps.every(({ chain, at }, place) => chain.rules[at]?.deed === jumps[place])
  );
}

function deedsOf(jumps: Approach['jumps']): readonly Deed[] {
  return jumps.flatMap(({ chain, at }) => chain.rules[at]?.deed ?? []);
}

function unreached(isMet: boolean, by: ReadonlySet<Ruled>): Reached {
  if (!isMet) return { kind: 'never' };
  return by.size === 0 ? { kind: 'unmet' } : { kind: 'ended', by };
}
