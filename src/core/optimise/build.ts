// One rule out of several that stand at one place: with a set where they differ in one field, a concatenation where they
// differ in several, and a map where they differ in their verdicts.
import type { Counters, Match, Part, Rule, Statement } from '../ir/ruleset.ts';
import type { Entry, Tuple } from '../ir/tuple.ts';
import { withComment } from '../match/comment.ts';
import { concatenationOf } from '../match/concatenation.ts';
import type { Selection } from '../match/define.ts';
import type { TupleValue } from '../match/reader.ts';
import { findMatch } from '../match/registry.ts';
import { verdictMapOf } from '../statement/vmap.ts';
import type { Condition, PlainRule } from './seen.ts';
import { areAllApart, productOf, textOfTuple, withoutRepeats } from './values.ts';

/** What rules became. */
export interface Built {
  readonly rule: Rule;
  readonly by: 'set' | 'concatenation' | 'map';
}

/** What sets and maps of a target can hold. */
export interface SetLimits {
  /** Elements of its sets of several fields may have values in common. */
  readonly overlaps: boolean;
  /** Whether it can look these fields up together, or in a map. */
  readonly isKey: (keys: readonly string[]) => boolean;
}

/** The place that a rule had at first. */
export type Rank = (rule: Rule) => number;

/** The condition that these fields have one of the values; undefined where a field can't be asked so. */
export function selectionMatch(keys: readonly string[], value: TupleValue): Match | undefined {
  const [key = '', ...others] = keys;
  if (others.length > 0) return concatenationOf(keys, value);
  const args = findMatch(key)?.select?.(value);
  return args === undefined ? undefined : { kind: 'match', key, args };
}

/** More combinations of the values of one rule are not written out. */
const mostCombinations = 1024;

/**
 * The rule that does what all of them do, which are at least two and agree in all but the values of fields and their
 * verdicts. Undefined where a set or a map of the target can't say it.
 */
export function buildRule(rules: readonly PlainRule[], target: SetLimits, rank: Rank): Built | undefined {
  const [first] = rules;
  if (!first) return undefined;
  const varied = variedFields(rules);
  const isMap = rules.some(({ conclusion }) => conclusion.text !== first.conclusion.text);
  const keys = selectionsOf(first, varied).flatMap((selection) => selection.keys);
  if (keys.length === 0) return undefined;
  if ((isMap || keys.length > 1) && !target.isKey(keys)) return undefined;
  const condition = isMap ? undefined : conditionOf(rules, varied, keys, target);
  const conclusion = isMap ? mapOf(rules, varied, keys) : first.conclusion.part;
  if (!conclusion || (!isMap && !condition)) return undefined;
  const parts = partsOf(first, varied, condition, conclusion);
  return { rule: joined(rules, parts, rank), by: isMap ? 'map' : keys.length > 1 ? 'concatenation' : 'set' };
}

/** The fields in whose values the rules are not all alike, as the first one has them in order. */
function variedFields(rules: readonly PlainRule[]): ReadonlySet<string> {
  const varied = fieldsThatVary(rules);
  const [first] = rules;
  const placed = first?.conditions.toSorted((a, b) => placeOf(first, a) - placeOf(first, b)) ?? [];
  return new Set(placed.flatMap(({ fields }) => (varied.has(fields) ? [fields] : [])));
}

function placeOf({ rule: { parts } }: PlainRule, { part }: Condition): number {
  return parts.indexOf(part);
}

function fieldsThatVary(rules: readonly PlainRule[]): ReadonlySet<string> {
  const texts = new Map<string, string>();
  const varied = new Set<string>();
  for (const { conditions } of rules)
    for (const { fields, text, selection } of conditions) {
      if (!selection) continue;
      const known = texts.get(fields);
      if (known === undefined) texts.set(fields, text);
      else if (known !== text) varied.add(fields);
    }
  return varied;
}

/** In one order in all rules. */
function selectionsOf(
  { conditions }: Pick<PlainRule, 'conditions'>,
  varied: ReadonlySet<string>,
): readonly Selection[] {
  const order = [...varied];
  return conditions
    .filter(({ fields, selection }) => selection && varied.has(fields))
    .toSorted((a, b) => order.indexOf(a.fields) - order.indexOf(b.fields))
    .flatMap(({ selection }) => selection ?? []);
}

function conditionOf(
  rules: readonly PlainRule[],
  varied: ReadonlySet<string>,
  keys: readonly string[],
  { overlaps }: SetLimits,
): Match | undefined {
  const all: Tuple[] = [];
  for (const rule of rules) {
    const tuples = productOf(selectionsOf(rule, varied), varied.size === 1 ? Infinity : mostCombinations);
    if (!tuples) return undefined;
    for (const tuple of tuples) all.push(tuple);
  }
  const tuples = withoutRepeats(all);
  if (keys.length > 1 && !overlaps && !areAllApart(tuples)) return undefined;
  return selectionMatch(keys, { kind: 'tuples', tuples });
}

function mapOf(
  rules: readonly PlainRule[],
  varied: ReadonlySet<string>,
  keys: readonly string[],
): Statement | undefined {
  const entries = new Map<string, Entry>();
  const keysOf: Tuple[] = [];
  for (const { conclusion, ...rule } of rules) {
    const { verdict } = conclusion;
    const tuples = productOf(selectionsOf(rule, varied), varied.size === 1 ? Infinity : mostCombinations);
    if (!verdict || !tuples) return undefined;
    for (const key of withoutRepeats(tuples)) {
      if (entries.has(textOfTuple(key))) return undefined;
      entries.set(textOfTuple(key), { key, data: { kind: 'verdict', verdict } });
      keysOf.push(key);
    }
  }
  return areAllApart(keysOf) ? verdictMapOf(keys, [...entries.values()]) : undefined;
}

/** Those of the first rule, the condition in the place of the first that it stands for. */
function partsOf(
  { rule, conditions }: PlainRule,
  varied: ReadonlySet<string>,
  condition: Match | undefined,
  conclusion: Statement,
): readonly Part[] {
  const replaced = new Set<Part>(
    conditions.flatMap(({ part, fields, selection }) => (selection && varied.has(fields) ? [part] : [])),
  );
  let isSaid = condition === undefined;
  return rule.parts.flatMap((part): readonly Part[] => {
    if (part.kind === 'statement') return [{ ...conclusion, ...(part.span && { span: part.span }) }];
    if (!replaced.has(part)) return [part];
    if (isSaid || !condition) return [];
    isSaid = true;
    return [{ ...condition, ...(part.span && { span: part.span }) }];
  });
}

function joined(rules: readonly PlainRule[], parts: readonly Part[], rank: Rank): Rule {
  const all = rules.map(({ rule }) => rule);
  const origins = all.flatMap((rule) => rule.joined ?? [rule]).toSorted((a, b) => rank(a) - rank(b));
  const [first] = origins;
  const comment = [...new Set(rules.flatMap((one) => one.comment ?? []))].join(', ');
  const counted = all.flatMap(({ counters }) => counters ?? []);
  return {
    parts: comment === '' ? parts : withComment(parts, comment),
    ...(counted.length > 0 && { counters: sumOf(counted) }),
    ...(first?.span && { span: first.span }),
    ...(first?.calls && { calls: first.calls }),
    ...(first?.number !== undefined && { number: first.number }),
    joined: origins,
  };
}

function sumOf(counted: readonly Counters[]): Counters {
  return {
    packets: counted.reduce((sum, { packets }) => sum + packets, 0n),
    bytes: counted.reduce((sum, { bytes }) => sum + bytes, 0n),
  };
}
