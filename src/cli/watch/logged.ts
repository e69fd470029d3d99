// Counts what rules log, by the lines of the kernel's log.

import type { Logged } from '../../core/conntrack-watch/view.ts';
import { readLogLine } from '../../core/packet/log-line.ts';
import { type LoggingRule, rulesWithPrefix } from '../../core/trace/logged.ts';
import { followKernelLog } from '../../host/kernel-log.ts';
import { loggingRuleText } from '../report/logged.ts';

/** What rules have logged since the beginning. */
export interface LogCount extends AsyncDisposable {
  /** Ends an interval of so many seconds. */
  turn(seconds: number): void;
  logged(): Logged;
}

interface Count {
  readonly name: string;
  lines: number;
  /** In this interval, and a second in the last one. */
  recent: number;
  rate: number;
}

/** Follows the log where a rule has a prefix by which its lines are known. */
export async function countLogged(rules: readonly LoggingRule[]): Promise<LogCount> {
  if (rules.length === 0)
    return { turn: () => {}, logged: () => ({ kind: 'no-rules' }), [Symbol.asyncDispose]: async () => {} };
  const counts = new Map<string, Count>();
  let unreadable: string | undefined;
  const log = await followKernelLog(
    (line) => countLine(counts, rules, line),
    (reason) => (unreadable = reason),
  );
  return {
    turn(seconds) {
      for (const count of counts.values()) {
        count.rate = count.recent / seconds;
        count.recent = 0;
      }
    },
    logged: () =>
      unreadable === undefined
        ? {
            kind: 'counted',
            rows: [...counts.values()].map(({ name, lines, rate }) => ({ name, lines, rate })),
          }
        : { kind: 'unreadable', reason: unreadable },
    [Symbol.asyncDispose]: log.stop,
  };
}

/** A line whose prefix several rules have counts for all of them together. */
function countLine(counts: Map<string, Count>, rules: readonly LoggingRule[], line: string): void {
  const read = readLogLine(line);
  if (typeof read === 'string') return;
  const [first, ...others] = rulesWithPrefix(rules, read.prefix);
  if (!first) return;
  const more = others.length === 0 ? '' : `, or ${others.length} others with its prefix`;
  const name = `${loggingRuleText(first)}${more}`;
  const count = counts.get(name) ?? { name, lines: 0, recent: 0, rate: 0 };
  count.lines++;
  count.recent++;
  counts.set(name, count);
}
