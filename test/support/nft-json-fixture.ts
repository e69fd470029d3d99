// The fixtures of fixtures/nft-json: documents that nft loads, with what it lists of them, and statements that the model
// refuses.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const folder = join(import.meta.dirname, '../../fixtures/nft-json');

const documentFixture = z.strictObject({
  about: z.string(),
  /** What nft 1.0.6 or its kernel would need to load it. */
  needs: z.string().optional(),
  load: z.array(z.unknown()),
  /** What is listed then, without handles; missing where it cannot be loaded. */
  lists: z.array(z.unknown()).optional(),
});

const refusedFixture = z.strictObject({
  about: z.string(),
  cases: z.array(
    z.strictObject({
      statement: z.unknown(),
      at: z.array(z.union([z.string(), z.number()])),
      /** nft takes some that are not right, and reads them otherwise. */
      nft: z.enum(['refuses', 'takes']),
    }),
  ),
});

const refusedName = 'refused';

function read(name: string): unknown {
  return JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
}

/** All documents by the names of their files. */
export const nftJsonDocuments = readdirSync(folder)
  .map((file) => file.replace('.json', ''))
  .filter((name) => name !== refusedName)
  .map((name) => ({ name, ...documentFixture.parse(read(name)) }));

/** What the model refuses. */
export const refusedStatements = refusedFixture.parse(read(refusedName)).cases;

/** A document with one rule of one statement. */
export function documentOf(statement: unknown) {
  const table = { family: 'inet', table: 't' };
  return {
    nftables: [
      { add: { table: { family: 'inet', name: 't' } } },
      { add: { chain: { ...table, name: 'c' } } },
      { add: { rule: { ...table, chain: 'c', expr: [statement] } } },
    ],
  };
}

/** Where the statement stands in it. */
export const statementPath: readonly PropertyKey[] = ['nftables', 2, 'add', 'rule', 'expr', 0];
