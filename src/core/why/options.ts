// The edits that may turn a decision: at the rule or policy that decided, at sets that rules on the way looked into, and
// at the rules that the packet met.
import { contains } from '../datatype/range.ts';
import { isUnknown } from '../field/view.ts';
import type { Hook } from '../hook/hook.ts';
import {
  findChain,
  findSet,
  type Part,
  type Rule,
  type RuleSet,
  type Statement,
  type Table,
} from '../ir/ruleset.ts';
import { interfaceMatches } from '../match/interface-pattern.ts';
import { findMatch } from '../match/registry.ts';
import { findStatement } from '../statement/registry.ts';
import type { ChainPlace, Deciding, RuleStep, Way } from '../trace/step.ts';
import { type Edit, elementsOf, type Setup } from './edit.ts';
import { hostEdits } from './host-edits.ts';
import { type Flow, narrowRule, ruleFrom } from './narrow-rule.ts';

/** What the packet is to be: let through, or stopped. */
export type Wanted = 'accept' | 'drop';

/** Edits at the place that decided, the narrowest first. */
export function editsAtDecision(
  setup: Setup,
  way: Way,
  wanted: Wanted,
  iif: string | undefined,
): readonly Edit[] {
  const { deciding, reason } = way;
  if (reason) return hostEdits(reason, way, setup.host, iif);
  if (!deciding) return [];
  const flow = flowAt(way, deciding);
  const rule = flow && narrowRule(flow, wanted);
  return deciding.by === 'rule'
    ? editsAtRule(deciding, rule, wanted)
    : editsAtPolicy(setup, way, rule, wanted);
}

function editsAtRule(
  { family, table, chain, index, rule: old }: Extract<Deciding, { by: 'rule' }>,
  rule: Rule | undefined,
  wanted: Wanted,
): readonly Edit[] {
  const place = { family, table, chain, index };
  const other = withVerdict(old, wanted);
  return [
    ...(rule ? [{ kind: 'insert', place, rule } as const] : []),
    ...(other ? [{ kind: 'replace', place, old, rule: other } as const] : []),
    { kind: 'remove', place, old },
  ];
}

/** At the end of the chain, or before the rule by which the packet left it. */
function editsAtPolicy(
  { ruleSet }: Setup,
  way: Way,
  rule: Rule | undefined,
  wanted: Wanted,
): readonly Edit[] {
  if (!way.deciding) return [];
  const { family, table, chain } = way.deciding;
  const place = { family, table, chain };
  const found = tableOf(ruleSet, place);
  const length = (found && findChain(found, chain))?.rules.length ?? 0;
  const last = lastIn(way, place);
  const left = last?.verdict?.kind === 'return' || last?.verdict?.kind === 'goto';
  const index = last && left ? last.index : length + 1;
  return [
    ...(rule ? [{ kind: 'insert', place: { ...place, index }, rule } as const] : []),
    { kind: 'policy', place, policy: wanted },
  ];
}

/** The last rule of a chain that looked at the packet. */
function lastIn(way: Way, { family, table, chain }: ChainPlace): RuleStep | undefined {
  return way.steps.findLast(
    (step): step is RuleStep =>
      step.kind === 'rule' && step.family === family && step.table === table && step.chain === chain,
  );
}

/** The rule with another verdict in the place of its own; undefined where its verdict is not plain. */
function withVerdict({ parts }: Rule, wanted: Wanted): Rule | undefined {
  const at = parts.findLastIndex((part) => part.kind === 'statement' && isVerdict(part));
  const [verdict] = ruleFrom(wanted)?.parts ?? [];
  return at < 0 || !verdict ? undefined : { parts: parts.toSpliced(at, 1, verdict) };
}

/** Whether the statement always ends the chain, by itself. */
function isVerdict({ key, args }: Statement): boolean {
  const definition = findStatement(key);
  return definition?.terminal === true && definition.ends?.(args) === true;
}

/** Edits at rules that the packet met on its way: without one that matched, and with or without it in a set. */
export function editsOnTheWay({ ruleSet }: Setup, way: Way): readonly Edit[] {
  const rules = way.steps.filter((step): step is RuleStep => step.kind === 'rule').toReversed();
  const matched = rules.filter((step) => step.matched);
  const without = matched.map(
    ({ family, table, chain, index, rule: old }): Edit => ({
      kind: 'remove',
      place: { family, table, chain, index },
      old,
    }),
  );
  return [...rules.slice(0, mostLooked).flatMap((step) => elementEdits(ruleSet, step)), ...without].slice(
    0,
    most,
  );
}

/** So many edits are tried, and so many rules asked for their sets. */
const most = 60;
const mostLooked = 2000;

function elementEdits(ruleSet: RuleSet, step: RuleStep): readonly Edit[] {
  const table = tableOf(ruleSet, step);
  return table ? step.rule.parts.flatMap((part) => elementEdit(table, step, part)) : [];
}

/** The packet's value added to the set that a condition looks into, or taken out of it. */
function elementEdit(table: Table, step: RuleStep, part: Part): readonly Edit[] {
  const definition = part.kind === 'match' ? findMatch(part.key) : undefined;
  if (part.kind !== 'match' || !definition?.selector) return [];
  const [name] = definition.sets(part.args);
  const set = name === undefined ? undefined : findSet(table, name);
  const value = definition.selector.field.read(step.view);
  if (!set || set.elements.kind === 'tuples' || value === undefined || isUnknown(value)) return [];
  const place = { family: table.family, table: table.name };
  const held = elementsOf(set.elements).find(([atom]) =>
    typeof value === 'bigint'
      ? typeof atom === 'object' && contains([atom], value)
      : typeof atom === 'string' && interfaceMatches(atom, value),
  );
  const element = held ?? [typeof value === 'bigint' ? { lo: value, hi: value } : value];
  return [{ kind: 'element', op: held ? 'delete' : 'add', place, set, element }];
}

/** The packet as it was at the decision: as the last rule of that chain saw it, else as it ended. */
function flowAt(way: Way, { family, table, chain }: ChainPlace): Flow | undefined {
  const seen = lastIn(way, { family, table, chain });
  if (seen) return seen.view;
  const isThere = (one: ChainPlace) => one.family === family && one.table === table && one.chain === chain;
  const at = way.steps.findLastIndex((step) => step.kind === 'chain' && isThere(step));
  const hook = way.steps.slice(0, at).findLast((step) => step.kind === 'hook');
  if (hook?.kind !== 'hook') return undefined;
  return { packet: way.packet, hook: hook.hook, iif: hook.iif, oif: hook.oif, unknown: {} };
}

/** The hook at which a chain was run. */
export function hookOf(way: Way, place: ChainPlace): Hook | undefined {
  return flowAt(way, place)?.hook;
}

function tableOf(
  ruleSet: RuleSet,
  { family, table }: Pick<ChainPlace, 'family' | 'table'>,
): Table | undefined {
  return ruleSet.tables.find((one) => one.family === family && one.name === table);
}
