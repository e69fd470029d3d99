// Which rule wrote a line of the log, and whether the packet still comes to it.
import type { RuleSet } from '../ir/ruleset.ts';
import { logPrefixesOf, saysLogged } from '../statement/log.ts';
import type { RulePlace, Step } from './step.ts';
import type { Trace } from './trace.ts';

/** A rule that logs with a prefix. */
export interface LoggingRule extends RulePlace {
  readonly prefix: string;
}

/** All rules that log with a prefix. */
export function loggingRules({ tables }: RuleSet): readonly LoggingRule[] {
  return tables.flatMap(({ family, name: table, chains }) =>
    chains.flatMap(({ name: chain, rules }) =>
      rules.flatMap((rule, at) =>
        logPrefixesOf(rule.parts).map((prefix) => ({ family, table, chain, index: at + 1, rule, prefix })),
      ),
    ),
  );
}

/**
 * The rules that may have written a line with this before the packet. ulogd writes a blank behind the prefix, and what
 * is not known of the line's head may stand before it: then the longest prefix counts.
 */
export function rulesWithPrefix(rules: readonly LoggingRule[], head: string): readonly LoggingRule[] {
  const exact = rules.filter(({ prefix }) => prefix === head);
  if (exact.length > 0) return exact;
  const text = head.trimEnd();
  const ends = rules.filter(({ prefix }) => prefix.trim() !== '' && text.endsWith(prefix.trimEnd()));
  const longest = Math.max(...ends.map(({ prefix }) => prefix.length));
  return ends.filter(({ prefix }) => prefix.length === longest);
}

/** Whether the packet comes to one of the rules: on every way it may go, on some, or on none. */
export type Reach = 'reached' | 'depends' | 'not-reached';

/** Whether one of the rules logs the packet. */
export function reachOf({ ways, complete }: Trace, rules: readonly LoggingRule[]): Reach {
  const logging = new Set(rules.map(({ rule }) => rule));
  const logs = (step: Step) => step.kind === 'rule' && logging.has(step.rule) && step.notes.some(saysLogged);
  const count = ways.filter(({ steps }) => steps.some(logs)).length;
  if (count === ways.length && complete) return 'reached';
  return count === 0 && complete ? 'not-reached' : 'depends';
}
