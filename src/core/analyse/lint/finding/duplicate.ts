// Rules that stand twice in a chain.
import { diagnostic } from '../../../diagnostic/diagnostic.ts';
import type { Part, Rule, RuleSet, Table } from '../../../ir/ruleset.ts';
import { findMatch } from '../../../match/registry.ts';
import { findStatement } from '../../../statement/registry.ts';
import type { Finding } from '../define.ts';
import { leadsTo } from '../jumps.ts';
import { type Line, linesOf, nameOfLine, type PlacedChain, writtenChains } from '../place.ts';
import { keyOfRule } from '../rule-key.ts';

export const duplicate: Finding = {
  code: 'HK7105',
  name: 'duplicate',
  *find({ ruleSet: { tables } }) {
    for (const { line, first, placed } of duplicatesOf(tables))
      yield diagnostic('HK7105', `${nameOfLine(line, placed)} is the same as ${numberOf(first)}`, {
        span: line.span,
        labels: first.span && [{ span: first.span, message: 'this is the first of the two' }],
      });
  },
};

/** A line, and the same one before it. */
interface Duplicate {
  readonly line: Line;
  readonly first: Line;
  readonly placed: PlacedChain;
}

/** Whether a line stands there twice, so that nothing else needs to be said of it. */
export function isDuplicate({ tables }: RuleSet): (line: Line) => boolean {
  const rules = new Set(duplicatesOf(tables).map(({ line }) => line.rules[0]));
  return (line) => rules.has(line.rules[0]);
}

function duplicatesOf(tables: readonly Table[]): readonly Duplicate[] {
  return writtenChains(tables).flatMap((placed) => [...duplicatesIn(placed)]);
}

function* duplicatesIn(placed: PlacedChain): Generator<Duplicate> {
  const before = new Map<string, Line>();
  for (const line of linesOf(placed)) {
    if (!line.rules.every(isPlain)) {
      if (line.rules.some((rule) => mayChange(rule, placed.table))) before.clear();
      continue;
    }
    const text = line.rules.map(keyOfRule).join('\n');
    const first = before.get(text);
    if (first) yield { line, first, placed };
    else before.set(text, line);
    if (line.rules.some((rule) => mayChange(rule, placed.table))) before.clear();
  }
}

function numberOf({ first, rules }: Line): string {
  return rules.length === 1 ? `rule ${first + 1}` : `rules ${first + 1}-${first + rules.length}`;
}

/** Nothing in it counts, changes something, or does for another packet something else. */
function isPlain({ parts }: Rule): boolean {
  return parts.some((part) => part.kind === 'statement') && parts.every(isPlainPart);
}

function isPlainPart(part: Part): boolean {
  if (part.kind === 'opaque') return part.role === 'match';
  if (part.kind === 'match') return findMatch(part.key)?.stateful !== true;
  const definition = findStatement(part.key);
  return definition?.terminal === true || definition?.passes === true;
}

/** Whether conditions may hold behind it that did not before. */
function mayChange(rule: Rule, table: Table): boolean {
  if (leadsTo(rule, table).length > 0) return true;
  return rule.parts.some((part) =>
    part.kind === 'opaque' ? part.role !== 'match' : part.kind === 'statement' && changes(part.key),
  );
}

function changes(key: string): boolean {
  const definition = findStatement(key);
  return definition?.changesPacket === true || definition?.updates !== undefined;
}
