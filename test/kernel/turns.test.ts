// What takes turns by a map does so alike in nft and in rules of iptables that count one after the other.
import { expect, test } from 'vitest';
import { compile } from '../../src/core/compile.ts';
import { policyOf } from '../support/policy.ts';
import { loadIptables, loadNft } from './support/load.ts';
import { createNamespace, type Namespace } from './support/namespace.ts';
import { describeKernel } from './support/require.ts';

const { ruleSet } = policyOf(`table ip turns {
  chain out hook output priority mangle {
    udp dport 9 meta mark set numgen inc mod 4 map { 0-1 : 0x1, 2 : 0x2, default : 0x7 }
    meta mark 0x1 counter
    meta mark 0x2 counter
    meta mark 0x7 counter
  }
}`);

/** Sends datagrams to port 9; the packets that the rules with a counter have seen. */
async function countsOf(namespace: Namespace, list: readonly [string, ...string[]]): Promise<string[]> {
  const [command, ...args] = list;
  await namespace.run('ip', ['link', 'set', 'lo', 'up']);
  await namespace.run('bash', ['-c', 'for i in {1..9}; do echo x > /dev/udp/127.0.0.1/9; done']);
  const lines = (await namespace.run(command, args)).split('\n');
  return lines
    .flatMap((line) => /mark .*counter packets (\d+)|^\[(\d+).*--mark/.exec(line) ?? [])
    .filter(isCount);
}

function isCount(text: string | undefined): text is string {
  return text !== undefined && /^\d+$/.test(text);
}

describeKernel('turns', ['nft', 'iptables-legacy-restore', 'iptables-nft-restore'], () => {
  test('nft', async () => {
    await using namespace = await createNamespace('turns');
    await loadNft(namespace, compile(ruleSet, 'nft').value ?? '');
    expect(await countsOf(namespace, ['nft', 'list', 'ruleset'])).toEqual(['5', '2', '2']);
  });

  test.each(['legacy', 'nft'] as const)('iptables-%s', async (variant) => {
    await using namespace = await createNamespace('turns');
    await loadIptables(namespace, `iptables-${variant}`, compile(ruleSet, 'iptables').value ?? '');
    const list = [`iptables-${variant}-save`, '-c', '-t', 'mangle'] as const;
    expect(await countsOf(namespace, list)).toEqual(['5', '2', '2']);
  });
});
