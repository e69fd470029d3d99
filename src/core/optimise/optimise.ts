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
import type { CheckSteps, Step, StepsOf, Unproved } from './steps.ts';
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
  /** Chains that stay as they were, because it could not be shown that nothing changes. */
  readonly unproved: readonly Unproved[];
}

/**
 * The rule set for a back end; those of iptables and ipset get the same, since they are loaded together. `check` is asked of
 * each step: chains of which it is not sure stay as they were.
 */
export function optimise(ruleSet: RuleSet, to: BackEnd, check: CheckSteps = () => []): Optimised {
  const target = targetOf(to);
  const before = countOf(ruleSet.tables);
  const none = { before, after: before, gone: noneGone, joined: joinedIn([], new Map()), ipsets: 0 };
  if (!target) return { ruleSet, changes: none, unproved: [] };
  const shortened = ruleSet.tables.map((table) => shortenTable(table, target));
  const whole = finish(ruleSet, shortened, target);
  const unproved = check(ruleSet, whole.ruleSet, stepsOf(shortened, whole.ruleSet));
  if (unproved.length === 0) return { ...whole, unproved };
  const left = shortened.map((one) => leaving(one, unproved));
  return { ...finish(ruleSet, left, target), unproved };
}

/** A table, and what is to become of its chains. */
interface Shortened {
  readonly table: Table;
  readonly chains: readonly ShortChain[];
  /** The names of those that stay as they are. */
  readonly left: ReadonlySet<string>;
}

/** A chain in fewer rules, and how it became so. */
interface ShortChain {
  readonly chain: Chain;
  readonly steps: readonly Step[];
  readonly gone: Gone;
  /** The rules that were made of several. */
  readonly made: ReadonlyMap<Rule, Way>;
}

function leaving({ table, chains }: Shortened, unproved: readonly Unproved[]): Shortened {
  const left = new Set(unproved.flatMap((one) => (one.table === table ? [one.chain] : [])));
  return { table, chains: chains.filter(({ chain }) => !left.has(chain.name)), left };
}

function finish(
  ruleSet: RuleSet,
  shortened: readonly Shortened[],
  { setsBeside }: Target,
): Omit<Optimised, 'unproved'> {
  const tables = shortened.map(tableOf);
  const { tables: finished, sets } = setsBeside
    ? withIpsets(tables, (at, chain) => shortened[at]?.left.has(chain) === true)
    : { tables, sets: 0 };
  const short = shortened.flatMap(({ chains }) => chains);
  const gone = { ...noneGone };
  for (const one of short)
    for (const reason of ['duplicate', 'unreached', 'redundant'] as const) gone[reason] += one.gone[reason];
  const made = new Map(short.flatMap((one) => [...one.made]));
  const changes: Changes = {
    before: countOf(ruleSet.tables),
    after: countOf(finished),
    gone,
    joined: joinedIn(tables, made),
    ipsets: sets,
  };
  return { ruleSet: { ...ruleSet, tables: finished }, changes };
}

function tableOf({ table, chains }: Shortened): Table {
  if (chains.length === 0) return table;
  const byName = new Map(chains.map(({ chain }) => [chain.name, chain]));
  return { ...table, chains: table.chains.map((chain) => byName.get(chain.name) ?? chain) };
}

/** The last step of a chain is that its values are looked up in sets, where that is so. */
function stepsOf(shortened: readonly Shortened[], { tables }: RuleSet): StepsOf {
  const byTable = new Map(shortened.map((one, at) => [one.table, { ...one, after: tables[at] }]));
  return (table, name) => {
    const found = byTable.get(table);
    const { chain, steps = [] } = found?.chains.find((one) => one.chain.name === name) ?? {};
    const before = chain ?? table.chains.find((one) => one.name === name);
    const after = found?.after?.chains.find((one) => one.name === name);
    if (!found?.after || !after || after.rules === before?.rules) return steps;
    return [...steps, { kind: 'sets', rules: after.rules, table: found.after }];
  };
}

type Gone = Record<Reason, number>;

const noneGone: Gone = { duplicate: 0, unreached: 0, redundant: 0 };

/** Nothing where the rest of its rules would not have the kernel track connections any more. */
function shortenTable(table: Table, target: Target): Shortened {
  const around = { table, target, view: viewerOf(table), rank: rankIn(table) };
  const begun = table.chains.map(
    (chain): ShortChain => ({ chain, steps: [], gone: noneGone, made: new Map() }),
  );
  let all = begun;
  for (const fewest of budgetsFor(table.chains, table, target)) {
    const chains = all.map(({ chain }) => chain);
    const budget: Budget = { fewest, left: leftFor(chains, table, target) };
    all = all.map((one) => shortenChain(one, { ...around, budget }));
  }
  const left: ReadonlySet<string> = new Set();
  const short = { table, chains: all.filter(({ steps }) => steps.length > 0), left };
  const result = tableOf(short);
  const isTracked = ([undefined, 4, 6] as const).every(
    (family) => holdsConntrack(table, family) === holdsConntrack(result, family),
  );
  return isTracked ? short : { ...short, chains: [] };
}

interface AroundTable {
  readonly table: Table;
  readonly target: Target;
  readonly view: (rule: Rule) => SeenRule;
  readonly rank: Rank;
  readonly budget: Budget;
}

interface Around extends AroundTable {
  readonly ends: Ends;
  readonly chain: Chain;
  /** What was done so far. */
  readonly steps: Step[];
  readonly gone: Gone;
  readonly made: Map<Rule, Way>;
}

type Way = Built['by'];

function rankIn({ chains }: Table): Rank {
  const given = chains.flatMap(({ rules }) => rules.flatMap((rule) => rule.joined ?? [rule]));
  const ranks = new Map(given.map((rule, at) => [rule, at]));
  return (rule) => ranks.get(rule) ?? 0;
}

function shortenChain({ chain, steps, gone, made }: ShortChain, inTable: AroundTable): ShortChain {
  const around: Around = {
    ...inTable,
    ends: endsOf(chain.rules.map(inTable.view).filter(isPlain)),
    chain,
    steps: [...steps],
    gone: { ...gone },
    made: new Map(made),
  };
  let { rules } = chain;
  for (;;) {
    const next = shorter(rules, around);
    if (next.length === rules.length) break;
    rules = next;
  }
  return rules === chain.rules ? { chain, steps, gone, made } : { ...around, chain: { ...chain, rules } };
}

function shorter(given: readonly Rule[], around: Around): readonly Rule[] {
  const { target } = around;
  const kinds = [
    { kindFor: (rules: readonly SeenRule[]) => differingInOne(rules, target), takesSet: false },
    { kindFor: () => differingInSeveral(target), takesSet: true },
    { kindFor: () => differingInVerdict(target), takesSet: true },
  ];
  return kinds.reduce<readonly Rule[]>((rules, step) => together(rules, step, around), needed(given, around));
}

/** Without those that no packet needs. */
function needed(given: readonly Rule[], { view, chain, gone, steps }: Around): readonly Rule[] {
  const left = withoutUnneeded(given.map(view), chain.base);
  for (const reason of ['duplicate', 'unreached', 'redundant'] as const) gone[reason] += left.gone[reason];
  const [reached, rules] = [left.reached, left.rules].map((list) => list.map(({ rule }) => rule));
  if (!reached || !rules || rules.length === given.length) return given;
  if (reached.length < given.length) steps.push({ kind: 'unreached', rules: reached });
  if (rules.length < reached.length) steps.push({ kind: 'redundant', rules });
  return rules;
}

/** Putting rules of one kind together. `takesSet`: what becomes of them has a set or a map in any case. */
interface Kinds {
  readonly kindFor: (rules: readonly SeenRule[]) => Kind;
  readonly takesSet: boolean;
}

/** With rules of a kind as one; as they were where none are. */
function together(given: readonly Rule[], { kindFor, takesSet }: Kinds, around: Around): readonly Rule[] {
  const seen = given.map(around.view);
  const made = new Map<Rule, readonly Rule[]>();
  const rules = gather(seen, kindFor(seen), around.ends).flatMap((place) => {
    const own = rulesAt(place, takesSet, around);
    const [only] = own;
    if (only && own.length < place.rules.length)
      made.set(
        only,
        place.rules.map(({ rule }) => rule),
      );
    return own;
  });
  if (rules.length === given.length) return given;
  around.steps.push({ kind: 'together', rules, made });
  return rules;
}

function rulesAt({ rules }: Place, takesSet: boolean, around: Around): readonly Rule[] {
  const { table, chain, target, made, rank } = around;
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
