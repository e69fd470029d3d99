// What `compile --show-desugared` prints of the examples is a policy with the same rules, and a host that has what it says
// beside them lacks nothing.
import { expect, test } from 'vitest';
import { loadPolicy } from '../../../src/core/load.ts';
import { compareHost } from '../../../src/core/machine/compare.ts';
import { writePolicy } from '../../../src/core/policy-text/write-policy.ts';
import { formatPolicy } from '../../../src/core/syntax/format.ts';
import { bare } from '../../support/bare.ts';
import { examplePolicies, loadExample } from '../../support/example-policies.ts';

/** The lines that say what is needed, in a host with these interfaces. */
function hostText(shown: string, devices: readonly string[]): string {
  const lines = [...shown.matchAll(/^# {3}((?:sysctl|route|rule) .*)$/gm)].map(([, line = '']) =>
    line.replace(/ via .*/, '$& onlink'),
  );
  const interfaces = devices.map((name) => `interface "${name}" { address 192.0.2.1/24 }`);
  return ['host shown {', ...interfaces, ...lines, '}'].join('\n');
}

test.each(examplePolicies)('examples/%s', (path) => {
  const { value: policy } = loadExample(path);
  if (!policy) throw new Error('not valid');
  const { needs = [], ...rules } = policy.ruleSet;
  const shown = writePolicy(policy.ruleSet, { origin: 'all of it', places: true }).value ?? '';
  expect(formatPolicy({ name: 'shown', text: shown }).value).toBe(shown);
  const again = loadPolicy({ name: 'shown', text: shown }, 'hook');
  expect(again.diagnostics).toEqual([]);
  expect(again.value && bare(again.value.ruleSet)).toEqual(bare(rules));
  for (const need of needs) {
    const host = loadPolicy({ name: 'host', text: hostText(shown, need.devices) }, 'hook');
    expect(host.diagnostics).toEqual([]);
    const span = { source: { name: 'host', text: '' }, start: 0, end: 0 };
    expect(host.value?.hosts.flatMap((one) => compareHost(one, need, span))).toEqual([]);
  }
});
