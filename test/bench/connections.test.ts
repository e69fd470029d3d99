// Generated connections and the policy that they are checked against.
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { generateConnections } from '../../bench/connections.ts';
import { generateGateway } from '../../bench/gateway.ts';
import { listed, saved } from '../../bench/write-connections.ts';
import { checkerOf, loadPolicy, readConntrack } from '../../src/core/index.ts';
import { folderWith } from '../cli/support/hookline.ts';
import { readCompactly } from '../core/conntrack/support/compact-read.ts';
import { createNamespace } from '../kernel/support/namespace.ts';
import { describeKernel } from '../kernel/support/require.ts';

function listing(count: number): string {
  return [...listed(generateConnections(count, 1))].join('');
}

test('no two of a kernel have a tuple in common', () => {
  const tuples = new Set<string>();
  let count = 0;
  for (const { protocol, source, destination, sport, dport, ...reply } of generateConnections(250_000, 1)) {
    const ports = `${protocol} ${sport} ${dport}`;
    tuples
      .add(`${source} ${destination} ${ports}`)
      .add(`${reply.replySource} ${reply.replyDestination} ${ports} r`);
    count += 2;
  }
  expect(tuples.size).toBe(count);
});

test('are read without making text of them', () => {
  const { compact, items } = readCompactly([new TextEncoder().encode(listing(2000))]);
  expect([compact, items.length]).toEqual([2000, 2000]);
});

describe('the policy', () => {
  const { value: policy, diagnostics } = loadPolicy(
    { name: 'gateway.hook', text: generateGateway(1) },
    'hook',
  );
  if (!policy) throw new Error('what was generated is not valid');

  test('has 1,000 rules, and nothing to complain of', () => {
    expect(diagnostics).toEqual([]);
    const chains = policy.ruleSet.tables.flatMap((table) => table.chains);
    expect(chains.flatMap(({ rules }) => rules)).toHaveLength(1000);
  });

  test('admits most of the connections, and translates as they are', () => {
    const check = checkerOf(policy.ruleSet, policy.hosts[0]);
    const checked = [...readConntrack(listing(150).split('\n'))].flatMap((item) =>
      item.kind === 'entry' ? [check(item.entry)] : [],
    );
    const admitted = checked.filter(({ admission }) => admission === 'admitted');
    expect(admitted.length).toBeGreaterThan(120);
    expect(admitted.length).toBeLessThan(150);
    expect(new Set(checked.map(({ admission }) => admission))).toEqual(new Set(['admitted', 'stale']));
    expect(new Set(admitted.map(({ translation }) => translation.verdict))).toEqual(new Set(['as-ruled']));
  });
});

describeKernel('the generated connections', ['conntrack'], () => {
  test('are all loaded by conntrack', async () => {
    await using namespace = await createNamespace('connections');
    const cwd = folderWith({ saved: [...saved(generateConnections(2000, 1))].join('') });
    await namespace.run('conntrack', ['-R', join(cwd, 'saved')]);
    expect(await namespace.run('conntrack', ['-C'])).toBe('2000\n');
  });
});
