// A checker for many connections one after the other: by classes where that is the same, traced where it is not.
import { newCompactEntry } from '../conntrack/compact/compact-entry.ts';
import { compactOf } from '../conntrack/compact/convert.ts';
import type { DumpedEntry } from '../conntrack/dumped.ts';
import type { RuleSet } from '../ir/ruleset.ts';
import type { Host } from '../topology/host.ts';
import { type CheckedConnection, checkerOf } from './check.ts';
import { compactCheckerOf } from './classes.ts';

/** Holds one listed connection after the other against the same policy. */
export type DumpChecker = (entry: DumpedEntry) => CheckedConnection<DumpedEntry>;

/**
 * Says what {@link checkerOf} says. Traced are connections that the record of the classes has no place for, and those
 * whose translation drifts: classes do not say what the rules would have given.
 */
export function quickCheckerOf(ruleSet: RuleSet, host: Host | undefined): DumpChecker {
  const traced = checkerOf(ruleSet, host);
  const byClass = compactCheckerOf(ruleSet, host);
  const record = newCompactEntry();
  return (entry) => {
    const hasMore = entry.helper !== undefined || entry.labels !== undefined || entry.secctx !== undefined;
    if (hasMore || !compactOf(entry, record)) return traced(entry);
    const { translation, arrival, survival } = byClass(record);
    return translation === 'drift'
      ? traced(entry)
      : { entry, ...arrival, survival: survival(), translation: { verdict: translation } };
  };
}
