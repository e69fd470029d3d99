// What is written for other programs is read as the same host again.
import { describe, expect, test } from 'vitest';
import { readHostFiles } from '../../../src/core/host-config/read.ts';
import { writeHost } from '../../../src/core/host-config/write/write.ts';
import { loadPolicy } from '../../../src/core/load.ts';
import type { Source } from '../../../src/core/text/source.ts';
import type { HostFacts } from '../../../src/core/topology/facts.ts';
import { factsOf } from '../../../src/core/topology/facts-of.ts';
import type { Host } from '../../../src/core/topology/host.ts';
import { hostOf, randomFrom, randomHost } from '../../kernel/support/routing-host.ts';
import { seedsOfRun } from '../../support/seed.ts';

/** Of all kinds that the forms have, in words of a policy. */
const devices = `host machine {
  interface "eth0" { address 203.0.113.1/24; address 203.0.113.5/24 label "eth0:old"; mac 02:00:00:00:00:01 }
  interface "eth1" { master "br0" }
  interface "eth2" { master "bond0"; down }
  interface "br0" { type bridge stp_state 1; address 10.0.0.1/24; address 2001:db8::1/64 deprecated; mtu 1400 }
  interface "bond0" { type bond mode active-backup; address 10.1.0.1/24 }
  interface "v7" { type vlan id 7 link "eth0"; address 10.7.0.1/24; master "blue" }
  interface "blue" { type vrf table 42 }
  interface "dm0" { type dummy; address 10.8.0.1/32 }
  interface "he0" { type sit local 203.0.113.1 remote 198.51.100.1; address 2001:db8:9::2/64 }
  interface "wg0" { type wireguard listen-port 51820; peer endpoint 198.51.100.7:51820 allowed-ips 10.9.0.0/24; address 10.9.0.1/24 }
  interface "vx0" { type vxlan id 9 remote 198.51.100.9 local 203.0.113.1 dstport 4790 }
  route blackhole 192.0.2.0/24
  route 10.20.0.0/16 via 10.0.0.9 dev "br0" src 10.0.0.1 metric 50 mtu 1300
  route default via 203.0.113.254 dev "eth0"
  route default via 2001:db8::fe dev "br0" table 100
  route 198.51.100.0/24 via 10.255.0.1 dev "eth0" onlink
  rule from 10.0.0.0/24 fwmark 0x1 priority 1000 lookup 100
  rule ip6 tos 0x10 priority 1001 lookup 100
}`;

/** The same without what the form has no words for. */
type Prune = (facts: HostFacts) => HostFacts;

const withoutSysctls: Prune = ({ sysctls: _sysctls, ...facts }) => facts;

const forNetplan: Prune = (facts) => ({
  ...withoutSysctls(facts),
  interfaces: facts.interfaces.map((one) => ({
    ...one,
    addresses: one.addresses.filter(({ peer, scope }) => peer === undefined && scope === undefined),
  })),
  routes: [],
  rules: (facts.rules ?? []).filter(
    ({ iif, oif, action, mark }) =>
      iif === undefined && oif === undefined && action === 'lookup' && (!mark || mark.mask === 0xffffffff),
  ),
});

const forms = { networkd: withoutSysctls, netplan: forNetplan } as const;

describe.each(['networkd', 'netplan'] as const)('%s', (form) => {
  test('devices of all kinds', () => {
    const [host] = loadPolicy({ name: 'a.hook', text: devices }).value?.hosts ?? [];
    expect(host).toBeDefined();
    if (host) expectSame(host, form);
  });

  test('random hosts', () => {
    for (const seed of seedsOfRun(40)) {
      const { host, accepted } = hostOf(forms[form]({ ...randomHost(randomFrom(seed), seed % 2 === 0) }));
      expect(accepted.length).toBeGreaterThanOrEqual(0);
      expectSame(host, form, `seed ${seed}`);
    }
  });
});

function expectSame(host: Host, form: 'networkd' | 'netplan', title: string = form): void {
  const { value: written, diagnostics } = writeHost(factsOf(host), form);
  expect(diagnostics, title).toEqual([]);
  if (written === undefined) return;
  const files: readonly Source[] =
    typeof written === 'string' ? [{ name: 'a.yaml', text: written }] : written;
  const { value: again, diagnostics: problems } = readHostFiles(files, host.name);
  expect(problems, title).toEqual([]);
  expect(again && inOrder(again), title).toEqual(inOrder(host));
}

/** The order of interfaces and of routes is not that of a file. */
function inOrder(host: Host) {
  const { interfaces, routes, rules, sysctls: _sysctls, ...facts } = factsOf(host);
  return {
    ...facts,
    interfaces: interfaces.toSorted((a, b) => a.name.localeCompare(b.name)),
    routes: (routes ?? []).map(byText).toSorted(),
    rules: (rules ?? []).map(byText).toSorted(),
  };
}

function byText(one: object): string {
  const entries = Object.entries(one).toSorted(([a], [b]) => a.localeCompare(b));
  return JSON.stringify(entries, (_key, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
}
