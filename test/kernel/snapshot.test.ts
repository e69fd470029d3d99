// Snapshots of a real machine: rules of iptables-legacy, iptables-nft, nft and ipset, addresses, routes and devices.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { policyOfSnapshot } from '../../src/core/snapshot/policy.ts';
import type { Snapshot } from '../../src/core/snapshot/snapshot.ts';
import { readLive } from '../../src/host/snapshot/read.ts';
import { createNamespace, type Namespace } from './support/namespace.ts';
import { describeKernel } from './support/require.ts';

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
    for (const line of made) {
      const [program = '', ...args] = line.split(' ');
      await space.run(program, args);
    }
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
