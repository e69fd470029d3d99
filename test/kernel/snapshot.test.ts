// Snapshots of a real machine: rules of iptables-legacy, iptables-nft, nft and ipset, addresses, routes and devices.
import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { formatAddress } from '../../src/core/datatype/address.ts';
import { parsePacketSpec } from '../../src/core/packet/spec.ts';
import { anonymize } from '../../src/core/snapshot/anonymize/anonymize.ts';
import { policyOfSnapshot } from '../../src/core/snapshot/policy.ts';
import type { Snapshot } from '../../src/core/snapshot/snapshot.ts';
import { trace } from '../../src/core/trace/trace.ts';
import { readLive } from '../../src/host/snapshot/read.ts';
import { secretOf } from '../../src/host/snapshot/secret.ts';
import { command } from '../cli/support/hookline.ts';
import { createNamespace, type Namespace } from './support/namespace.ts';
import { asNobody, describeKernel, userNamespaces } from './support/require.ts';

const made = [
  'ip link set lo up',
  'ip link add wan0 type veth peer name far0',
  'ip link add br0 type bridge',
  'ip link set far0 master br0',
  'ip address add 192.0.2.1/24 dev wan0',
  'ip address add 2001:db8::1/64 dev wan0 nodad',
  'ip link set br0 up',
  'ip link set far0 up',
  'ip link set wan0 up',
  'ip route add 198.51.100.0/24 via 192.0.2.254',
  'ip rule add from 10.0.0.0/8 lookup 100 priority 50',
  'ipset create hosts hash:ip',
  'ipset add hosts 192.0.2.66',
  'iptables-legacy -A INPUT -p tcp --dport 22 -j ACCEPT',
  'ip6tables-legacy -P FORWARD DROP',
  'iptables-nft -A INPUT -m set --match-set hosts src -j DROP',
  'nft add table inet mine',
  'nft add chain inet mine in { type filter hook input priority 0 ; }',
  'nft add rule inet mine in udp dport 53 drop',
];

describeKernel('a snapshot', ['nft', 'iptables-legacy', 'iptables-nft', 'ipset'], () => {
  let space: Namespace;
  let snapshot: Snapshot;
  beforeAll(async () => {
    space = await createNamespace('snapshot');
    await runAll(space, made);
    snapshot = await readLive({ namespace: space.name, conntrack: true });
  });
  afterAll(() => space.close());

  test('has every part, and says which are missing', () => {
    expect(snapshot.missing).toEqual([]);
    expect(Object.keys(snapshot.parts)).toEqual(
      expect.arrayContaining(['nft-json', 'iptables-legacy', 'ip6tables-legacy', 'iptables-nft', 'ipset']),
    );
  });

  test('is a policy with the rules of all back ends and the host', () => {
    const { value, diagnostics } = policyOfSnapshot(snapshot, 'live');
    expect(diagnostics.map(({ code }) => code)).toEqual(['HK8104']);
    expect(value?.ruleSet.tables.map(({ family, name }) => `${family} ${name}`)).toEqual([
      'ip filter',
      'inet mine',
      'ip filter of iptables-legacy',
      'ip6 filter',
    ]);
    const [host] = value?.hosts ?? [];
    expect(host?.interfaces.map(({ name }) => name)).toEqual(['lo', 'far0', 'wan0', 'br0']);
    expect(host?.routes.some(({ prefixLength, gateway }) => prefixLength === 24 && gateway)).toBe(true);
  });
});

/** What the machine under test does about datagrams to these ports, by rules of all back ends at once. */
const guarded = [
  'ip link set lo up',
  'ip link set wan0 address 02:00:00:00:00:01 up',
  'ip address add 192.0.2.1/24 dev wan0',
  'ipset create strangers hash:ip',
  'ipset add strangers 192.0.2.9',
  'iptables-legacy -A INPUT -p udp --dport 1001 -j DROP',
  'iptables-legacy -A INPUT -p udp --dport 1004 -j ACCEPT',
  'iptables-legacy -t mangle -A PREROUTING -p udp --dport 1005 -j MARK --set-mark 7',
  'iptables-legacy -A INPUT -m conntrack --ctstate UNTRACKED -j DROP',
  'iptables-legacy -t nat -A PREROUTING -p udp --dport 1008 -j REDIRECT --to-ports 1009',
  'iptables-nft -A INPUT -p udp --dport 1003 -m set --match-set strangers src -j DROP',
  'nft add table inet guard',
  'nft add chain inet guard raw { type filter hook prerouting priority -300 ; }',
  'nft add rule inet guard raw udp dport 1006 notrack',
  'nft add chain inet guard in { type filter hook input priority 10 ; }',
  'nft add rule inet guard in udp dport { 1002, 1004, 1009 } drop',
  'nft add rule inet guard in meta mark 7 drop',
  'nft add chain inet guard end { type filter hook input priority 2147483647 ; }',
];

const ports = [1001, 1002, 1003, 1004, 1005, 1006, 1007, 1008, 1009];

/** Nothing is against it: behind it all others have come as far as they come. */
const last = 1099;

/** Each port is counted where packets come in, and where those end that come through. */
const counting = [...ports, last].flatMap((port) => [
  `nft add rule inet guard raw udp dport ${port} counter`,
  `nft add rule inet guard end udp dport ${port} counter`,
]);

async function runAll(space: Namespace, lines: readonly string[]): Promise<void> {
  for (const line of lines) {
    const [program = '', ...args] = line.split(' ');
    await space.run(program, args);
  }
}

/** How many datagrams to each port a chain has seen. */
async function counted(space: Namespace, chain: 'raw' | 'end'): Promise<ReadonlyMap<number, number>> {
  const listing = await space.run('nft', ['list', 'chain', 'inet', 'guard', chain]);
  const counts = listing.matchAll(/udp dport (\d+) counter packets (\d+)/g);
  return new Map(Array.from(counts, ([, port, packets]) => [Number(port), Number(packets)] as const));
}

/** Sends one to each port, and waits until it has come in. */
async function send(from: Namespace, to: Namespace, all: readonly number[]): Promise<void> {
  const lines = all.map((port) => `echo x > /dev/udp/192.0.2.1/${port}`);
  await from.run('bash', ['-c', lines.join('\n')]);
  for (;;) {
    const seen = await counted(to, 'raw');
    if (all.every((port) => (seen.get(port) ?? 0) > 0)) return;
  }
}

function verdictFor(snapshot: Snapshot, packet: string): string {
  const { value } = policyOfSnapshot(snapshot, 'live');
  const { value: injection } = parsePacketSpec({ name: 'packet', text: packet });
  if (!value || !injection) throw new Error('both are valid');
  return trace({ ruleSet: value.ruleSet, host: value.hosts[0], injection }).verdict;
}

describeKernel(
  'the rules of all back ends in a snapshot',
  ['nft', 'iptables-legacy', 'iptables-nft', 'ipset', 'bash', 'setpriv', userNamespaces],
  () => {
    let guard: Namespace;
    let stranger: Namespace;
    beforeAll(async () => {
      guard = await createNamespace('guarded');
      stranger = await createNamespace('stranger');
      await guard.run('ip', [
        'link',
        'add',
        'wan0',
        'type',
        'veth',
        'peer',
        'name',
        'far0',
        'netns',
        stranger.name,
      ]);
      await runAll(stranger, [
        'ip link set far0 address 02:00:00:00:00:09 up',
        'ip address add 192.0.2.9/24 dev far0',
        'ip neigh add 192.0.2.1 lladdr 02:00:00:00:00:01 dev far0',
      ]);
      await runAll(guard, [...guarded, ...counting]);
    });
    afterAll(async () => {
      await stranger.close();
      await guard.close();
    });

    test('let through what the kernel lets through, also without addresses and names', async () => {
      const snapshot = await readLive({ namespace: guard.name });
      const { value: shown } = anonymize(snapshot, secretOf(Buffer.alloc(32, 7)));
      if (!shown) throw new Error('it can be made anonymous');
      const [from, to] = [0xc0_00_02_09n, 0xc0_00_02_01n].map((value) =>
        formatAddress({ family: 4, value: shown.disguise.address(4, value) }),
      );
      await send(stranger, guard, ports);
      await send(stranger, guard, [last]);
      const through = await counted(guard, 'end');
      for (const port of ports) {
        const kernel = (through.get(port) ?? 0) > 0 ? 'accept' : 'drop';
        const spec = `in wan0 udp 192.0.2.9:5000 -> 192.0.2.1:${port}`;
        const other = `in ${shown.disguise.device('wan0')} udp ${from}:5000 -> ${to}:${port}`;
        const told = [verdictFor(snapshot, spec), verdictFor(shown.snapshot, other)];
        expect([port, ...told]).toEqual([port, kernel, kernel]);
      }
      expect(through.get(1007)).toBe(1);
    });

    test('are told to root only: for others the answer depends on them', () => {
      const words = [
        ...asNobody,
        ...command,
        'trace',
        'live',
        'in wan0 udp 192.0.2.9:5000 -> 192.0.2.1:1007',
      ];
      const ran = spawnSync('ip', ['netns', 'exec', guard.name, ...words], { encoding: 'utf8' });
      expect(ran.stdout).toContain('delivered-local');
      expect(ran.stdout).toContain('depends on what is not known');
      expect(ran.stderr).toContain('warning[HK8103]: rules of nftables could not be read');
      expect(ran.stderr).toContain('read the machine as root');
    });
  },
);
