import { expect, test } from 'vitest';
import { generatePolicy } from '../../bench/generate.ts';
import { writers } from '../../bench/write.ts';
import { createNamespace, type Namespace } from '../../src/host/lab/namespace.ts';
import { listRules } from '../../src/host/trace/rules.ts';
import { loadIptables, loadNft, loadNftJson } from '../kernel/support/load.ts';
import { describeKernel } from '../kernel/support/require.ts';

test.each([2, 100, 1000, 1081])('makes exactly %i rules', (count) => {
  expect(generatePolicy(count, 1).flatMap(({ rules }) => rules)).toHaveLength(count);
});

test('makes the same policy of the same seed, and another of another', () => {
  expect(generatePolicy(500, 7)).toEqual(generatePolicy(500, 7));
  expect(generatePolicy(500, 7)).not.toEqual(generatePolicy(500, 8));
});

describeKernel('a generated policy', ['nft', 'iptables-nft-restore'], () => {
  const policy = generatePolicy(1000, 3);

  test('is the same in nft text and in nft JSON', async () => {
    await using text = await createNamespace('text');
    await using json = await createNamespace('json');
    await loadNft(text, writers.nft(policy));
    await loadNftJson(json, writers.json(policy));
    expect(await nftRules(json)).toEqual(await nftRules(text));
    expect(await nftRules(json)).toHaveLength(1000);
  });

  test('is written as iptables-save writes it', async () => {
    await using namespace = await createNamespace('save');
    const save = writers.save(policy);
    await loadIptables(namespace, 'iptables-nft', save);
    expect(saveRules(await namespace.run('iptables-nft-save', []))).toEqual(saveRules(save));
  });
});

async function nftRules(namespace: Namespace): Promise<readonly string[]> {
  const rules = await listRules(namespace.name);
  return rules.map(({ chain, index, text }) => `${chain} ${index} ${text}`).toSorted();
}

function saveRules(dump: string): readonly string[] {
  return dump.split('\n').filter((line) => line.startsWith('-A'));
}
