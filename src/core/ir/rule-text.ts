// A rule as text in the words of the language, wherever it came from.
import { findMatch } from '../match/registry.ts';
import { findStatement } from '../statement/registry.ts';
import type { Part, Rule } from './ruleset.ts';

/** The whole rule on one line; `(every packet)` for a rule without anything. */
export function ruleText(rule: Rule): string {
  return rule.parts.map(partText).join(' ') || '(every packet)';
}

/** One part of it. */
export function partText(part: Part): string {
  if (part.kind === 'opaque') return part.text;
  const definition = part.kind === 'match' ? findMatch(part.key) : findStatement(part.key);
  return definition?.write(part.args) ?? part.key;
}
