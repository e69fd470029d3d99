// Rules make their terms from packed tokens; the condition of a `when` is made by the parser itself, and is the oracle.
import { expect, test } from 'vitest';
import type { BodyItem } from '../../../src/core/syntax/ast.ts';
import { parsePolicy } from '../../../src/core/syntax/parse.ts';
import type { Term } from '../../../src/core/syntax/term.ts';

const lines = [
  'ip saddr 10.0.0.0/8 tcp dport != 22',
  'tcp dport { ssh, 80-90,\n  http # web\n\n 0x1f } mark & 0xff == 1',
  'ip daddr . tcp dport { 10.0.0.1 . 80, 10.0.0.2 . { 81, 82 } }',
  'tcp dport vmap { 22 : accept, 80 : jump "web servers" }',
  'from @"odd set" ether saddr 02:00:00:00:00:01 log "in \\"x\\" " level info',
  'tcp flags (syn | ack,\n fin) / syn ip6 saddr 2001:db8::/32 limit 10/minute burst 5',
  'ct timeout 1d12h { }',
] as const;

/** Terms with all that they hold and where, but not in which text. */
function withoutSource(terms: readonly Term[]): string {
  return JSON.stringify(terms, (key, value: unknown) =>
    key === 'source' ? undefined : typeof value === 'bigint' ? `${value}n` : value,
  );
}

/** The only item of a chain; what stands before and behind the line has always the same length. */
function itemOf(body: string): BodyItem | undefined {
  const text = `table t { chain c {\n${body}\n} }`;
  const { file, diagnostics } = parsePolicy({ name: 'test.hook', text });
  expect(diagnostics).toEqual([]);
  const [table] = file.items;
  const chain = table?.kind === 'table' ? table.items.find((item) => item.kind === 'chain') : undefined;
  return chain?.rules[0];
}

test.each(lines)('%s', (line) => {
  const when = itemOf(`when ${line} { accept }`);
  const rule = itemOf(`     ${line}`);
  if (when?.kind !== 'when' || rule?.kind !== 'rule') throw new Error('not what was written');
  expect(withoutSource(rule.terms)).toBe(withoutSource(when.condition));
});
