// What rules of iptables become for nft is taken by nft.
import { expect, test } from 'vitest';
import { lacksCases, readCases } from '../conformance/cases.ts';
import { translated, translationCase } from '../conformance/txlate.ts';
import { startDevice } from './support/device-under-test.ts';
import { describeKernel } from './support/require.ts';

const file = 'ipt-txlate-1.8.9.jsonl';

describeKernel('rules of iptables in the words of nft', ['nft', 'conntrack', 'unshare'], () => {
  test.skipIf(lacksCases(file))('nft takes all', async () => {
    await using device = startDevice(['tuntap add dev eth0 mode tap']);
    const problems: string[] = [];
    for (const one of readCases(file, translationCase)) {
      const text = translated(one)?.value;
      if (text === undefined) continue;
      await device.load(text).catch((error: unknown) => problems.push(`${one.cmd}: ${String(error)}`));
    }
    expect(problems).toEqual([]);
  });
});
