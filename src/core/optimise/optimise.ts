// The same rule set in fewer rules: what no packet needs goes, and rules that differ only in values or verdicts become
// one. Nothing is changed in which a rule counts, logs or limits, or does anything else beside its verdict.
//
// Each step leaves every packet its verdict, so that they may be repeated until none finds anything more to do.
import type { BackEnd } from '../compile.ts';
import type { Chain, Rule, RuleSet, Table } from '../ir/ruleset.ts';
import { holdsConntrack } from '../statement/conntrack.ts';
import { affords, type Budget, budgetsFor, leftFor, mayAfford } from './budget.ts';
import { type Built, buildRule, type Rank } from './build.ts';
import { gather, type Kind, type Place } from './gather.ts';
import { withIpsets } from './ipsets.ts';
import { differingInOne, differingInSeveral, differingInVerdict } from './kinds.ts';
import { type Ends, endsOf } from './order.ts';
import { isPlain, type SeenRule, viewerOf } from './seen.ts';
import { type Target, targetOf } from './target.ts';
import { type Reason, withoutUnneeded } from './unneeded.ts';

/** What was done to a rule set. */
export interface Changes {
  /** Rules in all. */
  readonly before: number;
  readonly after: number;
  /** Rules that went. */
  readonly gone: Readonly<Record<Reason, number>>;
  /** Rules with a set, a concatenation or a map in the place of several. */
  readonly joined: Readonly<Record<'set' | 'concatenation' | 'map', Joined>>;
  /** Sets of ipset that were made. */
  readonly ipsets: number;
}

/** So many rules of the rule set became so many. */
interface Joined {
  readonly rules: number;
  readonly into: number;
}

export interface Optimised {
  readonly ruleSet: RuleSet;
  readonly changes: Changes;
}

/** Whether two rule sets treat every packet alike. */
export type ProveEqual = (before: RuleSet, after: RuleSet) => boolean;

/**
 * The rule set for a back end; those of iptables and ipset get the same, since they are loaded together. `proveEqual` is
 * asked of the result, which is thrown away where it says no.
 */
export function optimise(ruleSet: RuleSet, to: BackEnd, proveEqual: ProveEqual = () => true): Optimised {
  const target = targetOf(to);
  const before = countOf(ruleSet.tables);
  const same: Optimised = {
    ruleSet,
    changes: { before, after: before, gone: noneGone, joined: joinedIn([], new Map()), ipsets: 0 },
  };
  if (!target) return same;
  const gone = { ...noneGone };
  const made = new Map<Rule, Way>();
  const tables = ruleSet.tables.map((table) => optimiseTable(table, target, gone, made));
  const { tables: finished, sets } = target.setsBeside ? withIpsets(tables) : { tables, sets: 0 };
  const result = { ...ruleSet, tables: finished };
  if (!proveEqual(ruleSet, result)) return same;
  const changes = { before, after: countOf(finished), gone, joined: joinedIn(tables, made), ipsets: sets };
  return { ruleSet: result, changes };
}

type Gone = Record<Reason, number>;

const noneGone: Gone = { duplicate: 0, unreached: 0, redundant: 0 };

/** The table as it was where the rest of its rules would not have the kernel track connections any more. */
function optimiseTable(table: Table, target: Target, gone: Gone, made: Map<Rule, Way>): Table {
  const own = { ...noneGone };
  const around = { table, target, view: viewerOf(table), made, rank: rankIn(table) };
  let { chains } = table;
  for (const fewest of budgetsFor(chains, table, target)) {
    const budget: Budget = { fewest, left: leftFor(chains, table, target) };
    chains = chains.map((chain) => optimiseChain(chain, { ...around, budget }, own));
  }
  const result = chains.some((chain, at) => chain !== table.chains[at]) ? { ...table, chains } : table;
  if (
    ([undefined, 4, 6] as const).some(
      (family) => holdsConntrack(table, family) !== holdsConntrack(result, family),
    )
  )
    return table;
  for (const reason of ['duplicate', 'unreached', 'redundant'] as const) gone[reason] += own[reason];
  return result;
}

interface AroundTable {
  readonly table: Table;
  readonly target: Target;
  readonly view: (rule: Rule) => SeenRule;
  readonly rank: Rank;
  readonly budget: Budget;
  /** The rules that were made of several. */
  readonly made: Map<Rule, Way>;
}

interface Around extends AroundTable {
  readonly ends: Ends;
}

type Way = Built['by'];

function rankIn({ chains }: Table): Rank {
  const given = chains.flatMap(({ rules }) => rules.flatMap((rule) => rule.joined ?? [rule]));
  const ranks = new Map(given.map((rule, at) => [rule, at]));
  return (rule) => ranks.get(rule) ?? 0;
}

function optimiseChain(chain: Chain, inTable: AroundTable, gone: Gone): Chain {
  const around: Around = { ...inTable, ends: endsOf(chain.rules.map(inTable.view).filter(isPlain)) };
  let rules = chain.rules;
  for (;;) {
    const next = shorter(rules, chain, around, gone);
    if (next.length === rules.length) break;
    rules = next;
  }
  return rules === chain.rules ? chain : { ...chain, rules };
}

function shorter(given: readonly Rule[], chain: Chain, around: Around, gone: Gone): readonly Rule[] {
  const { target, view } = around;
  const needed = withoutUnneeded(given.map(view), chain.base);
  for (const reason of ['duplicate', 'unreached', 'redundant'] as const) gone[reason] += needed.gone[reason];
  const kinds = [
    { kindFor: (rules: readonly SeenRule[]) => differingInOne(rules, target), takesSet: false },
    { kindFor: () => differingInSeveral(target), takesSet: true },
    { kindFor: () => differingInVerdict(target), takesSet: true },
  ];
  return kinds.reduce<readonly Rule[]>(
    (rules, step) => together(rules, step, chain, around),
    needed.rules.length < given.length ? needed.rules.map(({ rule }) => rule) : given,
  );
}

/** Putting rules of one kind together. `takesSet`: what becomes of them has a set or a map in any case. */
interface Step {
  readonly kindFor: (rules: readonly SeenRule[]) => Kind;
  readonly takesSet: boolean;
}

/** With rules of a kind as one; as they were where none are. */
function together(
  rules: readonly Rule[],
  { kindFor, takesSet }: Step,
  chain: Chain,
  around: Around,
): readonly Rule[] {
  const seen = rules.map(around.view);
  const next = gather(seen, kindFor(seen), around.ends).flatMap((place) =>
    rulesAt(place, takesSet, chain, around),
  );
  return next.length === rules.length ? rules : next;
}

function rulesAt({ rules }: Place, takesSet: boolean, chain: Chain, around: Around): readonly Rule[] {
  const { table, target, made, rank } = around;
  const given = rules.map(({ rule }) => rule);
  const plain = rules.filter(isPlain);
  const setsIn = (rule: Rule): number => target.setsIn(rule, table);
  if (plain.length < 2 || (takesSet && !mayAfford(around.budget, given, setsIn))) return given;
  const built = buildRule(plain, target, rank);
  if (!built || !affords(around.budget, built.rule, given, setsIn)) return given;
  if (!target.accepts(built.rule, chain, table)) return given;
  made.set(built.rule, built.by);
  return [built.rule];
}

/** What was made of several rules, and is still there. */
function joinedIn(tables: readonly Table[], made: ReadonlyMap<Rule, Way>): Changes['joined'] {
  const joined = {
    set: { rules: 0, into: 0 },
    concatenation: { rules: 0, into: 0 },
    map: { rules: 0, into: 0 },
  };
  for (const rule of tables.flatMap(({ chains }) => chains.flatMap(({ rules }) => rules))) {
    const way = made.get(rule);
    if (!way) continue;
    joined[way].rules += rule.joined?.length ?? 1;
    joined[way].into++;
  }
  return joined;
}

function countOf(tables: readonly Table[]): number {
  return tables.reduce(
    (sum, { chains }) => sum + chains.reduce((all, { rules }) => all + rules.length, 0),
    0,
  );
}
