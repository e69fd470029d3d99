// What is remembered for a rule set, and for which arguments.
import { expect, test, vi } from 'vitest';
import type { RuleSet } from '../../../src/core/ir/ruleset.ts';
import { perRuleSet } from '../../../src/core/trace/per-rule-set.ts';

const ruleSet = (): RuleSet => ({ tables: [] });

test('works once for a rule set and its arguments', () => {
  const work = vi.fn((_: RuleSet, hook: string, device?: string) => `${hook} ${device}`);
  const remembering = perRuleSet(work);
  const one = ruleSet();
  const calls = [
    remembering(one, 'ingress', 'eth0'),
    remembering(one, 'ingress', 'eth0'),
    remembering(one, 'ingress'),
  ];
  expect(calls).toEqual(['ingress eth0', 'ingress eth0', 'ingress undefined']);
  expect(work).toHaveBeenCalledTimes(2);
});

test('tells rule sets apart that look the same, and remembers that there is nothing', () => {
  const work = vi.fn(({ tables: [first] }: RuleSet) => first);
  const remembering = perRuleSet(work);
  const one = ruleSet();
  for (const each of [one, one, ruleSet()]) remembering(each);
  expect(work).toHaveBeenCalledTimes(2);
});
