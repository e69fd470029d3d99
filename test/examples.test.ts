// The examples are policies that people could run: in canonical layout, nothing to complain of, all tests pass, and every
// back end can say them.
import { describe, expect, test } from 'vitest';
import { backEndNames, compile } from '../src/core/compile.ts';
import { runTests } from '../src/core/policy-test/run.ts';
import { formatPolicy } from '../src/core/syntax/format.ts';
import { exampleNetworks, examplePolicies, exampleSource, loadExample } from './support/example-policies.ts';

describe.each(examplePolicies)('examples/%s', (path) => {
  const source = exampleSource(path);
  const { value: policy, diagnostics } = loadExample(path);

  test('is laid out, and nothing is wrong with it', () => {
    expect(diagnostics).toEqual([]);
    expect(formatPolicy(source).value).toBe(source.text);
  });

  test('passes its tests', () => {
    const results = policy ? runTests(policy) : [];
    expect(results.length).toBeGreaterThan(0);
    expect(results.filter(({ passed }) => !passed).map((result) => result.test.title)).toEqual([]);
  });

  test.each(backEndNames)('compiles to %s', (backEnd) => {
    expect(policy && compile(policy.ruleSet, backEnd).diagnostics).toEqual([]);
  });
});

test.each(exampleNetworks)('examples/%s is laid out, and nothing is wrong with it', (path) => {
  const source = exampleSource(path);
  const { value, diagnostics } = loadExample(path);
  expect(diagnostics).toEqual([]);
  expect(formatPolicy(source).value).toBe(source.text);
  expect(value?.links?.length).toBeGreaterThan(0);
});
