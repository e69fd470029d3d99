// The tests of a policy that are marked `protect`, on all rules that are there with its own.
import type { Policy } from '../ir/policy.ts';
import type { RuleSet } from '../ir/ruleset.ts';
import { runTests, type TestResult } from '../policy-test/run.ts';

/** Those that fail under these rules; of several hosts only those of the one that is named. */
export function brokenProtection(
  policy: Policy,
  ruleSet: RuleSet,
  host: string | undefined,
): readonly TestResult[] {
  const { ownRules: _, ...shared } = policy;
  const tests = policy.tests.filter((test) => test.protect && isOn(test.host, host));
  return runTests({ ...shared, ruleSet, tests }).filter(({ passed }) => !passed);
}

function isOn(said: string | undefined, host: string | undefined): boolean {
  return said === undefined || host === undefined || said === host;
}
