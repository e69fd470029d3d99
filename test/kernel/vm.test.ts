// Networks of virtual machines for real: what `init vm` writes comes up as namespaces, and each door that the model says
// leads to a host, or not, is knocked at, by an echo and by TCP.
import { expect, test } from 'vitest';
import { formatAddress } from '../../src/core/datatype/address.ts';
import { loadPolicy } from '../../src/core/load.ts';
import { type HostReach, hostsReached } from '../../src/core/network/host-reach.ts';
import { travelIn } from '../../src/core/network/journey.ts';
import { type Network, networkOf } from '../../src/core/network/network.ts';
import { type Door, distinctDoors } from '../../src/core/network/published.ts';
import { type Probe, type Reach, reach } from '../../src/core/network/reach.ts';
import { vmModes } from '../../src/core/starter/vm/registry.ts';
import type { Question } from '../../src/host/lab/probe.ts';
import { probe as askLab } from '../../src/host/lab/probing.ts';
import { vmText } from '../support/vm.ts';
import { openNetwork } from './support/lab.ts';
import { describeKernel } from './support/require.ts';

const ssh: Probe = { kind: 'tcp', port: 22 };

describeKernel('networks of virtual machines', ['nft'], () => {
  test.each(vmModes.map((mode) => [mode.word, mode] as const))('%s', async (_, mode) => {
    const network = listening(vmText(mode));
    await using lab = await openNetwork(network);
    const asked = [{ kind: 'ping' } as const, ssh].flatMap((one) =>
      questionsOf(network, one, lab.state.hosts),
    );
    const answers = await askLab(lab.state, asked, { patienceMs: 2000, answered: () => {} });
    const found = asked.map((one, at) => `${textOf(one)} ${answers[at]?.answered ? 'yes' : 'no'}`);
    expect(found).toEqual(asked.map((one) => `${textOf(one)} ${one.verdict}`));
    expect(new Set(asked.map(({ verdict }) => verdict)).size).toBeGreaterThan(
      mode.word === 'bridged' ? 0 : 1,
    );
  });
});

/** On every host a program listens at port 22, and nowhere else. */
function listening(text: string): Network {
  const { value } = loadPolicy({ name: 'vm.hook', text });
  if (!value) throw new Error('no policy');
  const hosts = value.hosts.map((host) => ({
    ...host,
    listening: [{ protocol: 'tcp', port: 22 } as const],
  }));
  return networkOf({ ...value, hosts });
}

interface Asked extends Question {
  /** What the model says. */
  readonly verdict: Reach['verdict'];
}

/** What is asked of the kernel for every door between two hosts, and what the model says of it. */
function questionsOf(
  network: Network,
  probe: Probe,
  namespaces: Readonly<Record<string, string>>,
): readonly Asked[] {
  const travel = travelIn(network);
  const names = network.hosts.map(({ host }) => host.name);
  return names.flatMap((from) => {
    const doors = hostsReached(travel, from, names, { probe }).flatMap((pair) => doorsOf(pair, probe));
    return distinctDoors(doors).map(({ address, port = 0 }) => {
      const asked = probe.kind === 'ping' ? probe : { ...probe, port };
      const { from: source, verdict } = reach(travel, { host: from }, address, asked);
      return {
        namespace: namespaces[from] ?? '',
        from: formatAddress(source.address),
        to: formatAddress(address),
        kind: probe.kind,
        port,
        verdict,
      };
    });
  });
}

function doorsOf({ by, failed }: HostReach, probe: Probe): readonly Door[] {
  const port = probe.kind === 'ping' ? {} : { port: probe.port };
  return [...by.map(({ door }) => door), ...failed.map(({ to }) => ({ address: to, ...port }))];
}

function textOf({ namespace, kind, from, to, port }: Question): string {
  return `${namespace.replace(/^.*-/, '')} ${kind} ${from} ${to} ${port}`;
}
