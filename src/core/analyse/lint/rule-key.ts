// Rules by what they say.
import { partText } from '../../ir/rule-text.ts';
import type { Rule } from '../../ir/ruleset.ts';

const known = new WeakMap<Rule, string>();

/** Two rules of one table with the same key say the same. */
export function keyOfRule(rule: Rule): string {
  const found =
    known.get(rule) ??
    rule.parts
      .map((part) => `${part.kind === 'opaque' ? part.role : part.kind} ${partText(part)}`)
      .join('\n');
  known.set(rule, found);
  return found;
}
