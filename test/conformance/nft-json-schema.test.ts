// The two descriptions of nft's JSON that users get, the validator and the JSON Schema made from it, against each other
// and against all that nft's own cases hold. The schema is read by another program than the one that wrote it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { parseNftables } from '../../src/core/nft/json.ts';
import { anyMutation } from '../arbitrary/json-mutation.ts';
import { documentOf, nftJsonDocuments, refusedStatements } from '../support/nft-json-fixture.ts';
import { lacksCases, readCases } from './cases.ts';

const schemaFile = join(import.meta.dirname, '../../docs/schema/nftables-json.schema.json');
const isValid = new Ajv2020({ strict: true }).compile(JSON.parse(readFileSync(schemaFile, 'utf8')));

const documents = nftJsonDocuments.flatMap(({ load, lists = [] }) => [
  { nftables: load },
  { nftables: lists },
]);

test('the fixtures are valid', () => {
  expect(documents.filter((document) => !isValid(document))).toEqual([]);
});

test('what the validator refuses is not', () => {
  expect(refusedStatements.filter(({ statement }) => isValid(documentOf(statement)))).toEqual([]);
});

test('a change of one place is valid for both or for none', () => {
  const changes = fc.constantFrom(...documents).chain((document) => anyMutation(document));
  fc.assert(
    fc.property(changes, ({ changed }) => {
      expect(isValid(changed)).toBe(parseNftables(changed).success);
    }),
    { numRuns: 1000 },
  );
});

const file = 'nft-py-1.0.6.jsonl';
const rule = z.object({ id: z.string(), json_in: z.unknown(), json_out: z.unknown() });

describe.skipIf(lacksCases(file))(file, () => {
  test('every rule is valid, and has no key that is not known', () => {
    const rules = readCases(file, rule).flatMap(({ id, json_in, json_out }) =>
      [json_in, json_out].filter(Boolean).map((expr) => ({ id, document: documentOfRule(expr) })),
    );
    expect(rules.length).toBeGreaterThan(0);
    const wrong = rules.filter(
      ({ document }) => !isValid(document) || !parseNftables(document, { strict: true }).success,
    );
    expect(wrong.map(({ id }) => id)).toEqual([]);
  });
});

function documentOfRule(expr: unknown) {
  return { nftables: [{ rule: { family: 'inet', table: 't', chain: 'c', expr } }] };
}
