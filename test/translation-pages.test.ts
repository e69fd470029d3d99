// The pages for users of iptables and of nft: each row is what the back end is given for the policy beside it, to the byte,
// and what import makes of that.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { iptablesRow, nftRow, type Row, rowsOf } from './support/translation-table.ts';

const pages = [
  ['for-iptables-users.md', '| iptables | hookline | import |', iptablesRow],
  ['for-nft-users.md', '| nft | hookline | import |', nftRow],
] as const;

describe.each(pages)('docs/%s', (page, head, truth) => {
  const text = readFileSync(join(import.meta.dirname, '../docs', page), 'utf8');
  const rows: readonly Row[] = rowsOf(text, head);

  test('has rows', () => expect(rows.length).toBeGreaterThan(20));
  test.each(rows)('$ours', (row) => expect(truth(row)).toEqual(row));
});
