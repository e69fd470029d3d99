// A rule set without what says where it came from, for comparing two of different sources.
import type { RuleSet } from '../../src/core/ir/ruleset.ts';

/** Places in a source, the kernel's handles, and what it had counted. */
const provenance = new Set(['span', 'handle', 'counters']);

/** The rule set as plain data; numbers of any size as text. */
export function bare({ tables }: RuleSet): unknown {
  const text = JSON.stringify(tables, (key, value: unknown) => {
    if (provenance.has(key)) return undefined;
    return typeof value === 'bigint' ? `${value}n` : value;
  });
  return JSON.parse(text);
}
