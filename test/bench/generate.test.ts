import { describe, expect, test } from 'vitest';
import { type BenchPolicy, generateChain, generatePolicy } from '../../bench/generate.ts';
import { chosenAddresses, chosenStations, generateNetwork } from '../../bench/network.ts';
import { generatePackets, host, stranger } from '../../bench/traffic.ts';
import { writers } from '../../bench/write.ts';
import {
  loadPolicy,
  networkOf,
  parseAddress,
  parsePacketSpec,
  reach,
  type Step,
  type TraceRequest,
  trace,
  travelIn,
} from '../../src/core/index.ts';
import { listRules } from '../../src/host/trace/rules.ts';
import { loadIptables, loadNft, loadNftJson } from '../kernel/support/load.ts';
import { createNamespace, type Namespace } from '../kernel/support/namespace.ts';
import { describeKernel } from '../kernel/support/require.ts';

test.each([0, 2, 100, 1000, 1081])('makes exactly %i rules', (count) => {
  expect(generatePolicy(count, 1).flatMap(({ rules }) => rules)).toHaveLength(count);
});

test('makes the same policy of the same seed, and another of another', () => {
  expect(generatePolicy(500, 7)).toEqual(generatePolicy(500, 7));
  expect(generatePolicy(500, 7)).not.toEqual(generatePolicy(500, 8));
});

describe('what is traced in the benchmarks', () => {
  test('passes every rule of a chain', () => {
    expect(trace(requestFor(generateChain(300, 1), stranger)).ways[0].steps.filter(isRule)).toHaveLength(300);
  });

  test('is routed by the host, so that nothing is supposed', () => {
    const policy = generatePolicy(200, 1);
    for (const packet of generatePackets(20, 1).trimEnd().split('\n'))
      expect(trace(requestFor(policy, packet)).verdict).not.toBe('depends');
  });
});

function requestFor(policy: BenchPolicy, text: string): TraceRequest {
  const loaded = loadPolicy({ name: 'bench', text: writers.hook(policy) + host }, 'hook').value;
  const injection = parsePacketSpec({ name: 'packet', text }).value;
  if (!loaded || !injection) throw new Error('what was generated is not valid');
  return { ruleSet: loaded.ruleSet, host: loaded.hosts[0], injection };
}

function isRule({ kind }: Step): boolean {
  return kind === 'rule';
}

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

test('a network has its links, and whoever is chosen can talk', () => {
  const policy = loadPolicy({ name: 'network.hook', text: generateNetwork(40, 1) }).value;
  if (!policy) throw new Error('the network is wrong');
  expect(policy.hosts).toHaveLength(40);
  expect(policy.links?.length).toBe(400);
  const stations = chosenStations(40);
  expect(stations).toHaveLength(chosenAddresses);
  const travel = travelIn(networkOf(policy));
  const [from, to] = [stations[0], stations.at(-1)].map((one) => parseAddress(one?.address ?? ''));
  if (!from || !to) throw new Error('nobody is chosen');
  expect(reach(travel, { host: 'h0', address: from }, to, { kind: 'ping' }).verdict).toBe('yes');
});
