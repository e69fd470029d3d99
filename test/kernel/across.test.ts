// What nft's rule sets become for iptables passes the same packets: a file of fixtures/across is loaded as it stands into
// one host and as iptables and ipset into another, both get the same packets, and both forward the same of them.
// HOOKLINE_PACKETS sets their number.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type BackEnd, compile } from '../../src/core/compile.ts';
import { hasErrors } from '../../src/core/diagnostic/diagnostic.ts';
import type { RuleSet } from '../../src/core/ir/ruleset.ts';
import { loadPolicy } from '../../src/core/load.ts';
import { seeded } from '../conformance/random-packets.ts';
import { acrossFixture } from '../support/across-fixture.ts';
import { seed } from '../support/seed.ts';
import { packetMaker } from './support/any-packet.ts';
import { type DeviceUnderTest, startDevice } from './support/device-under-test.ts';
import { describeKernel } from './support/require.ts';

const packets = Number(process.env['HOOKLINE_PACKETS'] ?? 300);
const folder = join(import.meta.dirname, '../../fixtures/across');
const forms = { iptables: 'iptables-legacy-restore', ip6tables: 'ip6tables-legacy-restore' } as const;

describeKernel(
  'rule sets of nft and what they become for iptables pass the same packets',
  ['nft', 'conntrack', 'unshare', 'ipset', ...Object.values(forms)],
  () => {
    for (const name of readdirSync(folder)) {
      const { text } = acrossFixture(readFileSync(join(folder, name), 'utf8'));
      const { value } = loadPolicy({ name, text }, 'nft');
      if (!value || hasErrors(compile(value.ruleSet, 'iptables').diagnostics)) continue;
      test(name, () => compare(text, value.ruleSet));
    }
  },
);

async function compare(text: string, ruleSet: RuleSet): Promise<void> {
  await using nft = startDevice();
  await using iptables = startDevice();
  await nft.run('nft', ['-f', '-'], text);
  await loadIptables(iptables, ruleSet);
  const both = ruleSet.tables.some(({ family }) => family === 'inet');
  for (const version of both ? ([4, 6] as const) : ([4] as const))
    expect(await differences(nft, iptables, packetMaker(seeded(seed + version), version, !both))).toEqual([]);
}

async function loadIptables(device: DeviceUnderTest, ruleSet: RuleSet): Promise<void> {
  await device.run('ipset', ['restore'], textOf(ruleSet, 'ipset'));
  for (const form of ['iptables', 'ip6tables'] as const)
    await device.run(forms[form], ['--wait', '20'], textOf(ruleSet, form));
}

function textOf(ruleSet: RuleSet, to: BackEnd): string {
  const { value, diagnostics } = compile(ruleSet, to);
  if (value === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return value;
}

/** The packets that only one of them lets through; there must be some that go, and some that don't. */
async function differences(nft: DeviceUnderTest, iptables: DeviceUnderTest, make: () => Uint8Array) {
  const wrong: string[] = [];
  const fates = new Set<boolean>();
  for (let count = 0; count < packets; count++) {
    const packet = make();
    const fate = async () => [await forwards(nft, packet), await forwards(iptables, packet)] as const;
    const first = await fate();
    // A busy machine may hand over a packet too late to be seen.
    const [passed, alike] = first[0] === first[1] ? first : await fate();
    fates.add(passed);
    if (passed !== alike)
      wrong.push(
        `${passed ? 'only nft' : 'only iptables'} lets ${Buffer.from(packet).toString('hex')} through`,
      );
  }
  expect(fates.size).toBe(2);
  return wrong;
}

/** Whether a packet leaves by the other device; answers go back. */
async function forwards(host: DeviceUnderTest, packet: Uint8Array): Promise<boolean> {
  const { frames } = await host.send('a0', packet);
  return frames.some(({ device }) => device === 'b0');
}
