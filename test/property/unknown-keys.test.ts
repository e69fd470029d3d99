// What a later nft may say beside what is known, anywhere in a listing: it is there again behind the rule set, and behind
// the policy that `import` writes; nft text, which has no word for it, refuses it.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { compile } from '../../src/core/compile.ts';
import type { RuleSet } from '../../src/core/ir/ruleset.ts';
import { loadPolicy, type PolicyKind } from '../../src/core/load.ts';
import { isJson, type JsonValue } from '../../src/core/nft/json-value.ts';
import { makePartReader } from '../../src/core/nft/read-part.ts';
import { writePolicy } from '../../src/core/policy-text/write-policy.ts';
import { additions, anyAddition } from '../arbitrary/json-mutation.ts';
import { nftJsonDocuments } from '../support/nft-json-fixture.ts';
import { spellingFixtures } from '../support/spelling-fixture.ts';

/** Without what the JSON of nft 1.0.6 prints and does not read: the times of a `ct timeout` (rules that refer to it go with it), chains without their device. */
const listings = nftJsonDocuments
  .flatMap(({ lists }) =>
    lists ? [lists.filter((item) => !JSON.stringify(item).includes('"ct timeout"'))] : [],
  )
  .filter((items) => compile(load(JSON.stringify({ nftables: items }), 'nft-json'), 'nft-json').value);
const added = fc.constantFrom(...listings).chain((items) => anyAddition(items, { fresh: 7 }));

/** What the fixtures of all matches and statements say in nft JSON; a comment comes from the key of a rule. */
const statements = (['match', 'statement'] as const)
  .flatMap(spellingFixtures)
  .flatMap(({ cases }) => cases.flatMap(({ entries }) => entries))
  .filter(
    ({ name, text }) => name.startsWith('nft-') && text.startsWith('{') && !text.startsWith('{"comment"'),
  )
  .map(({ text }): unknown => JSON.parse(text));

const readPart = makePartReader();
const json = z.custom<JsonValue>(isJson);
const parameters = { numRuns: 200 };

function load(text: string, kind: PolicyKind): RuleSet {
  const { value, diagnostics } = loadPolicy({ name: kind, text }, kind);
  if (!value) throw new Error(`${diagnostics.map((one) => one.message).join('\n')}\n${text}`);
  return value.ruleSet;
}

describe('an unknown key', () => {
  test('survives, in the rule set and in a policy', () => {
    fc.assert(
      fc.property(added, (changed) => {
        const ruleSet = load(JSON.stringify({ nftables: changed }), 'nft-json');
        expect(compile(ruleSet, 'nft-json').value).toContain('"fresh": 7');
        const policy = writePolicy(ruleSet, { origin: 'a listing', fold: false }).value ?? '';
        expect(compile(load(policy, 'hook'), 'nft-json').value).toContain('"fresh": 7');
      }),
      parameters,
    );
  });

  test('is refused by back ends that have no word for it', () => {
    fc.assert(
      fc.property(added, (changed) => {
        const ruleSet = load(JSON.stringify({ nftables: changed }), 'nft-json');
        expect(compile(ruleSet, 'nft').value).toBeUndefined();
      }),
      parameters,
    );
  });

  test('makes every statement unknown, wherever it stands in it', () => {
    const understood = statements
      .flatMap((statement) => additions(statement, { fresh: 7 }, 0))
      .filter((statement) => readPart(json.parse(statement), undefined).kind !== 'opaque');
    expect(understood).toEqual([]);
  });
});
