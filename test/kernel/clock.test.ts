// The packets of fixtures/clock are sent at their times through the rules on the real kernel, by every tool that can
// hold them.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { compile } from '../../src/core/compile.ts';
import { formatAddress } from '../../src/core/datatype/address.ts';
import type { Injection } from '../../src/core/packet/packet.ts';
import { ipHeaderSize } from '../../src/core/packet/size.ts';
import { type ClockFixture, clockFixtures, linesWith } from '../support/clock-fixture.ts';
import { loadIptables, loadNft } from './support/load.ts';
import { createNamespace, type Namespace } from './support/namespace.ts';
import { describeKernel } from './support/require.ts';

const sender = join(import.meta.dirname, 'support/send-in-time.ts');

/** How each tool loads a rule set; undefined where it can't hold it. */
const tools = {
  nft: ({ ruleSet }: ClockFixture) => {
    const { value } = compile(ruleSet, 'nft');
    return value === undefined ? undefined : (namespace: Namespace) => loadNft(namespace, value);
  },
  'iptables-legacy': (fixture: ClockFixture) => iptables(fixture, 'iptables-legacy'),
  'iptables-nft': (fixture: ClockFixture) => iptables(fixture, 'iptables-nft'),
} as const;

function iptables({ ruleSet }: ClockFixture, tool: 'iptables-legacy' | 'iptables-nft') {
  const { value } = compile(ruleSet, 'iptables');
  return value === undefined ? undefined : (namespace: Namespace) => loadIptables(namespace, tool, value);
}

function datagrams(injections: readonly Injection[]) {
  let at = 0;
  return injections.map(({ packet, after = 0 }) => {
    const { family, source, destination, transport, length } = packet;
    if (transport.kind !== 'udp') throw new Error('only datagrams are sent');
    at += after * 1000;
    return {
      family,
      source: formatAddress({ family, value: source }),
      sport: transport.sport,
      destination: formatAddress({ family, value: destination }),
      dport: transport.dport,
      size: length - ipHeaderSize(packet) - 8,
      at,
    };
  });
}

/** The times of fixtures have this much room, in milliseconds. */
const leeway = 100;

/** A busy machine may send a packet too late: such a run says nothing, and is done again. */
async function runInTime(fixture: ClockFixture, load: (namespace: Namespace) => Promise<unknown>) {
  const sent = JSON.stringify(datagrams(fixture.packets.map(({ injection }) => injection)));
  for (;;) {
    await using namespace = await createNamespace('clock');
    await namespace.run('ip', ['link', 'set', 'lo', 'up']);
    await load(namespace);
    const verdicts = (await namespace.run(process.execPath, [sender, sent])).trim().split('\n');
    if (Number(verdicts.pop()) < leeway) return linesWith(fixture, verdicts);
  }
}

describeKernel('packets in time', ['nft', 'iptables-legacy-restore', 'iptables-nft-restore'], () => {
  for (const fixture of clockFixtures())
    for (const [tool, loaderOf] of Object.entries(tools)) {
      const load = loaderOf(fixture);
      if (load)
        test.concurrent(`${fixture.name} by ${tool}`, async () => {
          const seen = await runInTime(fixture, load);
          expect(seen).toEqual(fixture.packets.map(({ line }) => line));
        });
    }
});
