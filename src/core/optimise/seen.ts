// Rules as the optimiser sees them: what they ask, and whether they do anything beside giving a verdict.
import type { Match, Part, Rule, Statement, Table } from '../ir/ruleset.ts';
import type { MapVerdict } from '../ir/tuple.ts';
import { commentOf, withoutComments } from '../match/comment.ts';
import { type Lookups, lookupsOf, type Selection } from '../match/define.ts';
import { findMatch } from '../match/registry.ts';
import { isSteady } from '../match/steady.ts';
import { changesIn } from '../statement/changing.ts';
import type { StatementDefinition } from '../statement/define.ts';
import { findStatement } from '../statement/registry.ts';

/** A condition that has the same answer whenever it is asked about a packet. */
export interface Condition {
  readonly part: Match;
  /** In the language; the same for no two that differ in meaning. */
  readonly text: string;
  /** A number in its place. */
  readonly id: number;
  /** The fields and their values, where it asks for nothing else. */
  readonly selection?: Selection;
  /** Of the selection: its fields with ` . ` between them. */
  readonly fields: string;
  /** A number in their place; of what is no selection that of its text. */
  readonly kind: number;
}

/** What a rule does that does nothing but give a verdict. */
export interface Conclusion {
  readonly part: Statement;
  readonly text: string;
  /** The same in a map, if a map can have it. */
  readonly verdict: MapVerdict | undefined;
  /** The packet comes back to the rule behind, so that two rules with it are carried out both. */
  readonly comesBack: boolean;
}

export interface SeenRule {
  readonly rule: Rule;
  /** By their numbers; undefined where one of them may have another answer the next time. */
  readonly conditions: readonly Condition[] | undefined;
  /** Absent where it does something else, too, or where its conditions count. */
  readonly conclusion?: Conclusion;
  /** Nobody that meets all conditions comes to the rule behind. */
  readonly ends: boolean;
  /** The rules behind it may see another packet. */
  readonly changes: boolean;
  readonly comment: string | undefined;
}

/** A rule that may be put together with others, moved and left out, where that changes no verdict. */
export type PlainRule = SeenRule &
  Required<Pick<SeenRule, 'conclusion'>> & { readonly conditions: readonly Condition[] };

/** Whether it does nothing beside its verdict. */
export function isPlain(seen: SeenRule): seen is PlainRule {
  return seen.conclusion !== undefined && seen.conditions !== undefined;
}

/** Looks at the rules of a table; each is looked at once. */
export function viewerOf(table: Table): (rule: Rule) => SeenRule {
  const looking: Looking = { changes: changesIn(table), lookups: lookupsOf(table), number: numbers() };
  const known = new WeakMap<Rule, SeenRule>();
  return (rule) => {
    const before = known.get(rule);
    const seen = before ?? look(rule, looking);
    if (!before) known.set(rule, seen);
    return seen;
  };
}

/** The same number for the same text. */
function numbers(): (text: string) => number {
  const known = new Map<string, number>();
  return (text) => {
    const number = known.get(text) ?? known.size;
    known.set(text, number);
    return number;
  };
}

interface Looking {
  readonly changes: (part: Part) => boolean;
  readonly lookups: Lookups;
  readonly number: (text: string) => number;
}

function look(rule: Rule, looking: Looking): SeenRule {
  const { changes } = looking;
  const parts = withoutComments(rule.parts);
  const conditions = conditionsOf(parts, looking);
  const changed = parts.some(changes);
  const conclusion = conditions && !changed ? conclusionOf(parts) : undefined;
  return {
    rule,
    conditions,
    ...(conclusion && { conclusion }),
    ends:
      conditions !== undefined &&
      parts.some(isEnd) &&
      parts.every((part) => part.kind === 'match' || isEnd(part) || passes(part)),
    changes: changed,
    comment: commentOf(rule.parts),
  };
}

function definitionOf(part: Part): StatementDefinition<unknown> | undefined {
  return part.kind === 'statement' ? findStatement(part.key) : undefined;
}

function passes(part: Part): boolean {
  return definitionOf(part)?.passes === true;
}

function isEnd(part: Part): boolean {
  const definition = definitionOf(part);
  if (part.kind !== 'statement' || !definition?.terminal) return false;
  return definition.ends?.(part.args) === true || goesAway(definition, part.args);
}

/** `goto`: whoever goes there does not come back here. */
function goesAway(definition: StatementDefinition<unknown>, args: unknown): boolean {
  return definition.chain?.(args) !== undefined && definition.leavesChain !== undefined;
}

function conclusionOf(parts: readonly Part[]): Conclusion | undefined {
  const [part, ...others] = parts.filter(({ kind }) => kind !== 'match');
  const definition = part && definitionOf(part);
  if (part?.kind !== 'statement' || !definition?.terminal || others.length > 0) return undefined;
  if (!definition.constant?.(part.args)) return undefined;
  const comesBack = definition.chain?.(part.args) !== undefined && !goesAway(definition, part.args);
  return { part, text: definition.write(part.args), verdict: definition.inMap?.(part.args), comesBack };
}

function conditionsOf(
  parts: readonly Part[],
  { lookups, number }: Looking,
): readonly Condition[] | undefined {
  const conditions: Condition[] = [];
  for (const [at, part] of parts.entries()) {
    // What stands behind a verdict asks nothing.
    const isEarly = definitionOf(part)?.terminal === true && at < parts.length - 1;
    if (part.kind === 'opaque' || isEarly) return undefined;
    if (part.kind !== 'match') continue;
    const definition = findMatch(part.key);
    if (!definition || !isSteady(part, lookups)) return undefined;
    const selection = definition.selects?.(part.args);
    const fields = selection?.keys.join(' . ') ?? '';
    const isFirst = selection !== undefined && !conditions.some((one) => one.fields === fields);
    const text = definition.write(part.args);
    conditions.push({
      part,
      text,
      id: number(text),
      fields: isFirst ? fields : '',
      kind: number(isFirst ? `\n${fields}` : text),
      ...(isFirst && { selection }),
    });
  }
  return conditions.toSorted((a, b) => a.id - b.id);
}
