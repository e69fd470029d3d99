// Which rule or policy decided about a packet, as text.
import { ruleText } from '../ir/rule-text.ts';
import { locationOf } from '../text/source.ts';
import type { Deciding } from './step.ts';

/** Which rule or policy decided, with its place in the source. */
export function decidingText(deciding: Deciding): string {
  const chain = `${deciding.family} ${deciding.table} ${deciding.chain}`;
  if (deciding.by === 'policy') return `the policy of ${chain}`;
  const { rule, index } = deciding;
  const place = rule.span ? locationOf(rule.span) : undefined;
  return `rule ${index} of ${chain}${place ? ` (${place.file}:${place.line})` : ''}: ${ruleText(rule)}`;
}
