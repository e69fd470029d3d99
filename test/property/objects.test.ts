// Objects of a table and what refers to them are the same in the language, in nft text and in nft JSON.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RuleSet } from '../../src/core/ir/ruleset.ts';
import { loadPolicy, type PolicyKind } from '../../src/core/load.ts';
import { emitNftJson } from '../../src/core/nft/emit-json.ts';
import { emitNftText } from '../../src/core/nft/emit-text.ts';
import { writePolicy } from '../../src/core/policy-text/write-policy.ts';
import { objectTables } from '../arbitrary/objects.ts';
import { bare } from '../support/bare.ts';

function load(text: string | undefined, kind: PolicyKind): RuleSet {
  const { value, diagnostics } = loadPolicy({ name: kind, text: text ?? '' }, kind);
  if (!value) throw new Error(`${diagnostics.map((one) => one.message).join('\n')}\n${text}`);
  return value.ruleSet;
}

test('every form holds all of them', () => {
  fc.assert(
    fc.property(objectTables, (text) => {
      const ruleSet = load(text, 'hook');
      const wanted = bare(ruleSet);
      expect(bare(load(writePolicy(ruleSet, { origin: 'random' }).value, 'hook'))).toEqual(wanted);
      expect(bare(load(emitNftText(ruleSet).value, 'nft'))).toEqual(wanted);
      const json = emitNftJson(ruleSet);
      if (json.value === undefined) expect(json.diagnostics.map(({ code }) => code)).toContain('HK4507');
      else expect(bare(load(json.value, 'nft-json'))).toEqual(wanted);
    }),
    { numRuns: 100 },
  );
});
