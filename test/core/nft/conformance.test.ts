// The cases of nftables' own tests: every JSON is one that the model knows, and is emitted as it was imported.
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { emitNftJson } from '../../../src/core/nft/emit-json.ts';
import { importNftJson } from '../../../src/core/nft/import-json.ts';
import { parseNftables } from '../../../src/core/nft/json.ts';

interface Case {
  readonly id: string;
  readonly family: string;
  readonly json_in: readonly object[] | null;
  readonly json_out: readonly object[] | null;
  readonly gold: boolean;
}

const file = new URL('../../../../shared/conformance/nft-py-1.0.6.jsonl', import.meta.url);
const isThere = existsSync(file);
if (!isThere) process.stderr.write('skipped: nft JSON conformance: the cases are not on this machine\n');

function cases(): readonly Case[] {
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line));
}

function documentOf(family: string, expr: readonly object[]) {
  const inside = { family, table: 't' };
  const chain = { ...inside, name: 'c' };
  return {
    nftables: [{ table: { family, name: 't' } }, { chain }, { rule: { ...inside, chain: 'c', expr } }],
  };
}

test.skipIf(!isThere)('the model knows every statement', () => {
  for (const { id, family, json_in: given, json_out: listed } of cases())
    for (const expr of [given, listed])
      if (expr) expect([id, parseNftables(documentOf(family, expr))]).toMatchObject([id, { success: true }]);
});

test.skipIf(!isThere)('what was imported is emitted word for word', () => {
  let understood = 0;
  const gold = cases().filter((one) => one.gold && one.json_out);
  for (const { id, family, json_out: expr } of gold) {
    const { value } = importNftJson({ name: id, text: JSON.stringify(documentOf(family, expr ?? [])) });
    const emitted = value && JSON.parse(emitNftJson(value).value ?? '{"nftables": []}');
    expect([id, emitted?.nftables.at(-1).add.rule.expr]).toEqual([id, expr]);
    const parts = value?.tables[0]?.chains[0]?.rules[0]?.parts ?? [];
    if (parts.every(({ kind }) => kind !== 'opaque')) understood += 1;
  }
  expect(understood).toBeGreaterThanOrEqual(Math.floor(gold.length * 0.7));
});
