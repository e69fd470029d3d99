// Pings from hosts of a network that is made for real, and what the kernel has devices of.
import { spawnSync } from 'node:child_process';
import { formatAddress } from '../../../src/core/datatype/address.ts';
import { makingLine } from '../../../src/core/device/ip-link.ts';
import type { Network } from '../../../src/core/network/network.ts';
import { probe } from '../../../src/host/lab/probing.ts';
import type { Pair } from '../../support/topology-fixture.ts';
import { openNetwork } from './lab.ts';

/**
 * Makes the network, asks, and takes it away again. In the order of the questions: whether an answer came. One that is
 * expected is asked for twice, as a busy machine may answer late.
 */
export async function pingInLab(
  network: Network,
  pairs: readonly Pair[],
  expected: readonly boolean[],
): Promise<readonly boolean[]> {
  await using lab = await openNetwork(network);
  const ask = async (some: readonly Pair[], patienceMs: number) => {
    const questions = some.map(({ from, to }) => ({
      namespace: lab.host(from).name,
      from: to.family === 4 ? '0.0.0.0' : '::',
      to: formatAddress(to),
      kind: 'ping' as const,
      port: 0,
    }));
    const answers = await probe(lab.state, questions, { patienceMs, answered: () => {} });
    return answers.map(({ answered }) => answered);
  };
  const first = await ask(pairs, 1000);
  const missing = pairs.flatMap((pair, at) => (first[at] || !expected[at] ? [] : [{ pair, at }]));
  const second = await ask(
    missing.map(({ pair }) => pair),
    4000,
  );
  const late = new Set(missing.flatMap(({ at }, index) => (second[index] ? [at] : [])));
  return first.map((answered, at) => answered || late.has(at));
}

const known = new Map<string, boolean>();

/** What some kinds can't be made without. */
const needed: Readonly<Record<string, string>> = {
  vlan: ' id 1',
  vrf: ' table 5',
  vxlan: ' id 1 remote 192.0.2.1 dstport 4789',
};

/** Whether this kernel has devices of a kind. */
export function kernelHas(kind: string): boolean {
  const before = known.get(kind);
  if (before !== undefined) return before;
  const lower = /vlan$|vtap$/.test(kind) && kind !== 'vxlan' ? { lower: { device: 'v' } } : {};
  const line = makingLine({ name: 'x', type: { kind, settings: {}, ...lower } });
  const script = `ip link add v type veth peer name w && ip ${line}${needed[kind] ?? ''}`;
  const has = line === undefined || spawnSync('unshare', ['-n', 'sh', '-c', script]).status === 0;
  known.set(kind, has);
  return has;
}
