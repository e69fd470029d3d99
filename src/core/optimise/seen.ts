// Rules as the optimiser sees them: what they ask, and whether they do anything beside giving a verdict.
import {
  type Chain,
  findChain,
  type Match,
  type Part,
  type Rule,
  type Statement,
  type Table,
} from '../ir/ruleset.ts';
import type { MapVerdict } from '../ir/tuple.ts';
import { commentOf, withoutComments } from '../match/comment.ts';
import { lookupsOf, type MatchDefinition, type Selection } from '../match/define.ts';
import { findMatch } from '../match/registry.ts';
import { jumpsOf } from '../statement/chains.ts';
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
  const changing = changingChains(table);
  const lookups = lookupsOf(table);
  const known = new WeakMap<Rule, SeenRule>();
  const number = numbers();
  const changes = (part: Part): boolean =>
    partChanges(part, lookups, (name) => changing.has(name) || !findChain(table, name));
  return (rule) => {
    const before = known.get(rule);
    const seen = before ?? look(rule, changes, number);
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

function look(rule: Rule, changes: (part: Part) => boolean, number: (text: string) => number): SeenRule {
  const parts = withoutComments(rule.parts);
  const conditions = conditionsOf(parts, number);
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
  number: (text: string) => number,
): readonly Condition[] | undefined {
  const conditions: Condition[] = [];
  for (const [at, part] of parts.entries()) {
    // What stands behind a verdict asks nothing.
    const isEarly = definitionOf(part)?.terminal === true && at < parts.length - 1;
    if (part.kind === 'opaque' || isEarly) return undefined;
    if (part.kind !== 'match') continue;
    const definition = findMatch(part.key);
    if (!definition || !isSteady(definition)) return undefined;
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

/** What counts, draws or looks at the clock may have another answer a rule later; what needs a module keeps it there. */
function isSteady({ stateful, knowledge, needsBridgeFilter }: MatchDefinition<unknown>): boolean {
  return stateful !== true && needsBridgeFilter !== true && (knowledge === undefined || knowledge === 'host');
}

/** Whether conditions behind the part may be answered differently. */
function partChanges(
  part: Part,
  lookups: ReturnType<typeof lookupsOf>,
  isChanging: (chain: string) => boolean,
): boolean {
  if (part.kind !== 'statement') return part.kind === 'opaque';
  const definition = findStatement(part.key);
  if (!definition || definition.changesPacket || definition.updates) return true;
  if (definition.passes) return false;
  const chain = definition.chain?.(part.args);
  if (chain !== undefined) return isChanging(chain);
  if (!definition.chains) return !definition.terminal;
  // Who fills a map may have it lead elsewhere.
  const isOpen = (definition.maps?.(part.args) ?? []).length > 0;
  return isOpen || definition.chains(part.args, lookups).some(isChanging);
}

/** The chains in which, or in those that they lead to, something changes packets. */
function changingChains(table: Table): ReadonlySet<string> {
  const lookups = lookupsOf(table);
  const callers = new Map<string, Chain[]>();
  for (const jumps of jumpsOf(table).values())
    for (const { name, from } of jumps) {
      const all = callers.get(name);
      if (all) all.push(from);
      else callers.set(name, [from]);
    }
  const open = table.chains.filter(({ rules }) =>
    rules.some(({ parts }) => parts.some((part) => partChanges(part, lookups, () => false))),
  );
  const found = new Set<string>();
  for (let chain = open.pop(); chain; chain = open.pop()) {
    if (found.has(chain.name)) continue;
    found.add(chain.name);
    open.push(...(callers.get(chain.name) ?? []));
  }
  return found;
}
