// The examples are policies that people could run: in canonical layout, nothing to complain of, all tests pass, and every
// back end can say them.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { backEndNames, compile } from '../src/core/compile.ts';
import { loadPolicy } from '../src/core/load.ts';
import { runTests } from '../src/core/policy-test/run.ts';
import { formatPolicy } from '../src/core/syntax/format.ts';

const folder = join(import.meta.dirname, '../examples');

describe.each(readdirSync(folder))('examples/%s', (name) => {
  const source = { name: 'policy.hook', text: readFileSync(join(folder, name, 'policy.hook'), 'utf8') };
  const { value: policy, diagnostics } = loadPolicy(source);

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
