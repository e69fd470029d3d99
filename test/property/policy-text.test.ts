// What `import` writes reads back as the rule set that it was written from, wherever that came from.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type BackEnd, compile } from '../../src/core/compile.ts';
import type { RuleSet } from '../../src/core/ir/ruleset.ts';
import { loadPolicy, type PolicyKind } from '../../src/core/load.ts';
import { writePolicy } from '../../src/core/policy-text/write-policy.ts';
import { formatPolicy } from '../../src/core/syntax/format.ts';
import { policyTexts } from '../arbitrary/rules.ts';
import { bare, counting } from '../support/bare.ts';

function load(text: string, kind: PolicyKind): RuleSet {
  const { value, diagnostics } = loadPolicy({ name: kind, text }, kind);
  if (!value) throw new Error(`${diagnostics.map((one) => one.message).join('\n')}\n${text}`);
  return value.ruleSet;
}

function compiled(ruleSet: RuleSet, to: BackEnd): string {
  const { value, diagnostics } = compile(ruleSet, to);
  if (value === undefined) throw new Error(diagnostics.map((one) => one.message).join('\n'));
  return value;
}

function written(ruleSet: RuleSet, fold = false): string {
  const { value, diagnostics } = writePolicy(ruleSet, { origin: 'a random rule set', fold });
  if (value === undefined) throw new Error(diagnostics.map((one) => one.message).join('\n'));
  expect(formatPolicy({ name: 'written', text: value }).value).toBe(value);
  return value;
}

test('a policy, imported and written, is the same rule set', () => {
  fc.assert(
    fc.property(policyTexts, (text) => {
      const ruleSet = load(text, 'hook');
      const imported = [
        ruleSet,
        load(compiled(ruleSet, 'iptables'), 'iptables-save'),
        load(compiled(ruleSet, 'nft-json'), 'nft-json'),
      ];
      for (const one of imported) expect(bare(load(written(one), 'hook'))).toEqual(bare(counting(one)));
    }),
    { numRuns: 100 },
  );
});

test('folded, it gives iptables the same lines', () => {
  fc.assert(
    fc.property(policyTexts, (text) => {
      const dump = compiled(load(text, 'hook'), 'iptables');
      const folded = load(written(load(dump, 'iptables-save'), true), 'hook');
      expect(compiled(folded, 'iptables')).toBe(dump);
    }),
    { numRuns: 100 },
  );
});
