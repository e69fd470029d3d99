// What `diff --conntrack` says of real connections, held against the kernel: the policy is changed under them, more data of
// each is sent, and then the first packet of each as a new one.
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { impactGroupLine } from '../../src/cli/schema/connection.ts';
import { compile } from '../../src/core/compile.ts';
import type { DumpedEntry } from '../../src/core/conntrack/dumped.ts';
import { portKey } from '../../src/core/conntrack/nat-port.ts';
import { connectionPackets } from '../../src/core/conntrack-check/connection.ts';
import { formatAddress } from '../../src/core/datatype/address.ts';
import type { Policy } from '../../src/core/ir/policy.ts';
import type { LabHost } from '../../src/host/lab/lab.ts';
import { command, folderWith } from '../cli/support/hookline.ts';
import { policyOf } from '../support/policy.ts';
import { entriesOf } from './support/foretold.ts';
import { openNetwork } from './support/lab.ts';
import { gatewayText, range, sendFrom, serve, talk, threeHosts } from './support/many-connections.ts';
import { describeKernel } from './support/require.ts';

/** A policy of the gateway: what is dropped before anything else, which ports are admitted, and as whom some are seen. */
function policy(dropped: string, admitted: string, address: string): string {
  return `${gatewayText}
table inet filter {
  chain forward hook forward priority filter policy drop {
    udp dport ${dropped} drop
    ct state established,related accept
    iifname "lan0" udp dport ${admitted} accept
  }
}
table ip nat {
  chain post hook postrouting priority srcnat {
    oifname "wan0" udp dport 7006-7007 snat to ${address}
    oifname "wan0" snat to 203.0.113.1
  }
}
`;
}

const texts = {
  before: policy('7999', '7000-7007', '203.0.113.1'),
  after: policy('7000-7001', '7004-7007', '203.0.113.5'),
};
const [before, after] = [policyOf(texts.before), policyOf(texts.after)];
const ports = range(7000, 7007);
/** So many connections are made to each port. */
const each = 3;

/** What the kernel does with the connections of a port. */
interface Fate {
  /** Whether more data of those that exist is answered. */
  readonly goesOn: boolean;
  /** As whom those are seen that begin now. */
  readonly new: readonly string[];
}

/** What each word promises, and the ports of which it is to be said. */
const promised: Readonly<Record<string, { readonly ports: readonly number[]; readonly fate: Fate }>> = {
  cut: { ports: [7000, 7001], fate: { goesOn: false, new: [] } },
  surviving: { ports: [7002, 7003], fate: { goesOn: true, new: [] } },
  unchanged: { ports: [7004, 7005], fate: { goesOn: true, new: begun('203.0.113.1') } },
  retranslated: { ports: [7006, 7007], fate: { goesOn: true, new: begun('203.0.113.5') } },
};

function begun(address: string): readonly string[] {
  return range(1, each).map(() => address);
}

async function load(gateway: LabHost, { ruleSet }: Policy): Promise<void> {
  const { value = '' } = compile(ruleSet, 'nft');
  await gateway.run('nft', ['-f', '-'], { input: `flush ruleset\n${value}` });
}

/** What the command says of the gateway's own table, by port. */
async function diffLive(gateway: LabHost): Promise<ReadonlyMap<number, string>> {
  const folder = folderWith({ 'before.hook': texts.before, 'after.hook': texts.after });
  const files = ['before.hook', 'after.hook'].map((name) => `${folder}/${name}`);
  const script = '"$@"; [ $? = 1 ]';
  const words = [...command, 'diff', ...files, '--conntrack', 'live', '--json'];
  const output = await gateway.run('sh', ['-c', script, 'sh', ...words]);
  const lines = output.trimEnd().split('\n').slice(0, -1);
  const groups = z.array(impactGroupLine).parse(lines.map((line): unknown => JSON.parse(line)));
  expect(groups.map(({ connections }) => connections)).toEqual(groups.map(() => each));
  return new Map(groups.map(({ service, impact }) => [Number(service.replace('udp ', '')), impact]));
}

async function list(gateway: LabHost): Promise<readonly DumpedEntry[]> {
  const listing = await gateway.run('conntrack', ['-L', '-p', 'udp', '-o', 'extended,id']);
  return listing.trim() === '' ? [] : entriesOf(listing.trim());
}

/** Notes the ports that answers come from. */
const watching = `table inet watching
delete table inet watching
table inet watching {
  set answered { type inet_service; flags dynamic; size 100; }
  chain come { type filter hook prerouting priority -450; meta l4proto udp add @answered { udp sport }; }
}
`;

async function answeredOn(host: LabHost): Promise<readonly number[]> {
  const listed = await host.run('nft', ['-j', 'list', 'set', 'inet', 'watching', 'answered']);
  const [, elements = ''] = /"elem": \[([\d, ]*)\]/.exec(listed) ?? [];
  return ports.filter((port) => elements.split(', ').includes(String(port)));
}

/** Asks again until enough is there, or it is too late: the caller sees which. */
async function until<Found>(ask: () => Promise<Found>, isEnough: (found: Found) => boolean): Promise<Found> {
  let found = await ask();
  for (let tries = 0; tries < 200 && !isEnough(found); tries++) {
    await sleep(50);
    found = await ask();
  }
  return found;
}

function portOf({ original }: DumpedEntry): number {
  return Number(portKey(original, 'destination'));
}

/** As whom the other side sees who began it. */
function seenAs({ reply: { family, destination } }: DumpedEntry): string {
  return formatAddress({ family, value: destination });
}

/** What a policy does with connections that were made before it: with more data, and with their first packets. */
async function fatesUnder(
  { ruleSet, hosts }: Policy,
  made: readonly DumpedEntry[],
  { lan, gateway }: Readonly<Record<'lan' | 'gateway', LabHost>>,
): Promise<ReadonlyMap<number, Fate>> {
  await lan.run('nft', ['-f', '-'], { input: watching });
  // Those of the lowest ports are sent first: when the answers of the highest are there, so would be those of the others.
  const packets = made
    .toSorted((one, other) => portOf(one) - portOf(other))
    .map((entry) => connectionPackets({ ruleSet, host: hosts[0] }, entry));
  const last = 7007;
  const sent = packets.map(({ original }) => original.injection.packet);
  await sendFrom(lan, sent);
  const answered = await until(
    () => answeredOn(lan),
    (found) => found.includes(last),
  );
  await gateway.run('conntrack', ['-F']);
  const first = packets.map(({ fresh }) => fresh.injection.packet);
  await sendFrom(lan, first);
  const again = await until(
    () => list(gateway),
    (found) => found.filter((entry) => portOf(entry) === last).length === each,
  );
  const fateOf = (port: number): Fate => {
    const anew = again.filter((entry) => portOf(entry) === port);
    return { goesOn: answered.includes(port), new: anew.map(seenAs) };
  };
  return new Map(ports.map((port) => [port, fateOf(port)]));
}

describeKernel('live connections and another policy', ['nft', 'conntrack'], () => {
  test('what is said of them is what becomes of them', async () => {
    await using stack = new AsyncDisposableStack();
    const lab = stack.use(await openNetwork(threeHosts));
    const [lan, wan, gateway] = ['lan', 'wan', 'gw'].map((name) => lab.host(name));
    if (!lan || !wan || !gateway) throw new Error('the lab has three hosts');
    await load(gateway, before);
    stack.use(await serve(wan, ports));
    await talk(lan, [{ transport: 'udp', from: ['10.0.0.2'], to: '203.0.113.254', ports, each }]);
    const made = await list(gateway);
    expect(made).toHaveLength(ports.length * each);
    expect(await fatesUnder(before, made, { lan, gateway })).toEqual(
      new Map(ports.map((port) => [port, promised['unchanged']?.fate])),
    );
    const said = await diffLive(gateway);
    for (const [word, { ports: its }] of Object.entries(promised))
      expect(ports.filter((port) => (said.get(port) ?? 'unchanged') === word)).toEqual(its);
    await load(gateway, after);
    const fates = await fatesUnder(after, made, { lan, gateway });
    for (const port of ports)
      expect(fates.get(port), `port ${port}`).toEqual(promised[said.get(port) ?? 'unchanged']?.fate);
  });
});
