// Of a line of a log: the rule that wrote it, and whether the packet still comes there.
import { ruleText } from '../../core/ir/rule-text.ts';
import { locationOf } from '../../core/text/source.ts';
import { type LoggingRule, type Reach, reachOf, rulesWithPrefix } from '../../core/trace/logged.ts';
import type { Trace } from '../../core/trace/trace.ts';
import type { Surface } from '../terminal.ts';

/** What a line's prefix leads to. */
interface Logged {
  readonly prefix: string;
  readonly rules: readonly LoggingRule[];
  readonly reach: Reach;
}

/** The rules with the prefix of a line, and whether the trace comes to one of them. */
export function loggedBy(prefix: string, traced: Trace, logging: readonly LoggingRule[]): Logged {
  const rules = rulesWithPrefix(logging, prefix);
  return { prefix, rules, reach: reachOf(traced, rules) };
}

/** Lines below a trace. */
export function loggedText({ prefix, rules, reach }: Logged, { paint }: Surface): string {
  const head = paint('strong', 'logged');
  if (prefix.trim() === '') return `${head}  without a prefix: any rule that logs may have done it\n`;
  if (rules.length === 0)
    return `${head}  no rule has the prefix ${JSON.stringify(prefix.trimEnd())}: the policy is another one, or was changed\n`;
  const lines = rules.map((rule) => `${head}  by ${loggingRuleText(rule)}\n`);
  return `${lines.join('')}        ${paint(reach === 'reached' ? 'good' : 'bad', reachText[reach])}\n`;
}

const reachText: Readonly<Record<Reach, string>> = {
  reached: 'the packet comes to this rule',
  depends: 'whether the packet comes to this rule depends on what is not known',
  'not-reached':
    'the packet does not come to this rule: the policy was changed, or a rule had changed the packet before it was logged',
};

/** Its place and its words. */
export function loggingRuleText(place: LoggingRule): string {
  const { family, table, chain, index, rule } = place;
  const at = rule.span && locationOf(rule.span);
  return `rule ${index} of ${family} ${table} ${chain}${at ? ` (${at.file}:${at.line})` : ''}: ${ruleText(rule)}`;
}

/** The same for programs. */
export function loggedToJson({ prefix, rules, reach }: Logged) {
  return {
    prefix,
    reach: rules.length === 0 ? ('unknown-prefix' as const) : reach,
    rules: rules.map(loggingRuleToJson),
  };
}

/** A rule's place, with its source where there is one. */
export function loggingRuleToJson({ family, table, chain, index, rule }: LoggingRule) {
  const { handle, span } = rule;
  return {
    family,
    table,
    chain,
    rule: index,
    ...(handle !== undefined && { handle }),
    ...(span && { source: locationOf(span) }),
  };
}
