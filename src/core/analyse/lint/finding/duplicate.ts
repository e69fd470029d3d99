// Rules that stand twice in a chain.
import { diagnostic } from '../../../diagnostic/diagnostic.ts';
import { ruleText } from '../../../ir/rule-text.ts';
import type { Part, Rule, Table } from '../../../ir/ruleset.ts';
import { findMatch } from '../../../match/registry.ts';
import { findStatement } from '../../../statement/registry.ts';
import type { Finding } from '../define.ts';
import { leadsTo } from '../jumps.ts';
import { type Line, linesOf, nameOfLine, type PlacedChain, writtenChains } from '../place.ts';

export const duplicate: Finding = {
  code: 'HK7105',
  name: 'duplicate',
  *find({ ruleSet: { tables } }) {
    for (const placed of writtenChains(tables)) yield* duplicatesIn(placed);
  },
};

function* duplicatesIn(placed: PlacedChain) {
  const before = new Map<string, Line>();
  for (const line of linesOf(placed)) {
    if (!line.rules.every(isPlain)) {
      if (line.rules.some((rule) => mayChange(rule, placed.table))) before.clear();
      continue;
    }
    const text = line.rules.map(ruleText).join('\n');
    const first = before.get(text);
    if (first)
      yield diagnostic('HK7105', `${nameOfLine(line, placed)} is the same as ${numberOf(first)}`, {
        span: line.span,
        labels: first.span && [{ span: first.span, message: 'this is the first of the two' }],
      });
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
