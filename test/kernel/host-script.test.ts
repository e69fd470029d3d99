// The script of `ip` for a random host is run in a namespace, and what `ip` lists there is read as the same host, both as
// JSON and as text.
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { readHostFiles } from '../../src/core/host-config/read.ts';
import { writeHost } from '../../src/core/host-config/write/write.ts';
import { loadPolicy } from '../../src/core/load.ts';
import { factsOf } from '../../src/core/topology/facts-of.ts';
import type { Host } from '../../src/core/topology/host.ts';
import { seedsOfRun } from '../support/seed.ts';
import { describeKernel } from './support/require.ts';
import { devices, hostOf, randomFrom, randomHost } from './support/routing-host.ts';

const sysctls =
  "sysctl -a 2>/dev/null | grep -E '^net[.]ipv[46][.](ip_forward |conf[.][^.]*[.](forwarding|rp_filter) )'";

const listings = [
  ['ip -d -j address', 'ip -j route show table all', 'ip -j rule', 'ip -6 -j rule', sysctls],
  ['ip -d address', 'ip route show table all', 'ip rule', 'ip -6 rule', sysctls],
  ['ip -d -o link', 'ip -o address', 'ip -d -o route show table all', 'ip rule', 'ip -6 rule', sysctls],
];

/** Cards without traffic of their own, and `lo`. */
const cards = [
  ...[0, 2, 4].map((at) => `ip link add ${devices[at + 1]} type veth peer name ${devices[at]}`),
  ...devices.map(
    (name) => `sysctl -qw net.ipv6.conf.${name}.addr_gen_mode=1 net.ipv6.conf.${name}.accept_dad=0`,
  ),
  'sysctl -qw net.ipv6.conf.default.addr_gen_mode=1 net.ipv6.conf.default.accept_dad=0',
];

/** What the kernel lists after the script, once for each kind of listing. */
function listed(host: Host): readonly Host[] {
  const { value: script, diagnostics } = writeHost(factsOf(host), 'ip');
  expect(diagnostics).toEqual([]);
  const asked = listings.flat().flatMap((words) => [words, 'echo; echo ----']);
  const input = ['set -e', ...cards, typeof script === 'string' ? script : '', ...asked].join('\n');
  const run = spawnSync('unshare', ['-n', 'sh'], { input, encoding: 'utf8', maxBuffer: 2 ** 26 });
  expect(run.stderr).toBe('');
  const texts = run.stdout.split('----\n').values();
  return listings.map((commands) => {
    const sources = commands.map((name) => ({ name, text: texts.next().value ?? '' }));
    const { value, diagnostics: problems } = readHostFiles(sources, host.name);
    expect(problems.map(({ message }) => message).join()).toBe('');
    if (!value) throw new Error('nothing was read');
    return value;
  });
}

/** Without what the kernel chose by itself, and in an order of its own. */
function comparable(host: Host) {
  const { interfaces, routes, rules, sysctls: _sysctls, ...facts } = factsOf(host);
  return {
    ...facts,
    interfaces: interfaces
      .map(({ mac: _mac, type, ...one }) => ({ ...one, ...(type && type.kind !== 'veth' && { type }) }))
      .toSorted((a, b) => a.name.localeCompare(b.name)),
    routes: (routes ?? []).map(sorted).toSorted(),
    rules: (rules ?? []).map(sorted).toSorted(),
  };
}

function sorted(one: object): string {
  const entries = Object.entries(one).toSorted(([a], [b]) => a.localeCompare(b));
  return JSON.stringify(entries, (_key, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
}

const made = `host made {
  interface "a0" { address 10.0.0.1/24; address 10.0.0.2/24 label "a0:1"; address 10.5.0.1/24 metric 7; mtu 1400 }
  interface "b0" { master "br0"; hairpin }
  interface "br0" { type bridge; address 10.1.0.1/24; address 10.6.0.1/24 noprefixroute; address 2001:db8::1/64 }
  interface "m0" { type macvlan mode bridge link "a0"; address 10.2.0.1/24; mtu 1400 }
  interface "vx0" { type vxlan id 9 remote 10.0.0.9 local 10.0.0.1 dstport 4790; address 10.3.0.1/24; mtu 1350 }
  interface "c0" { down }
  route 10.7.0.0/16 nexthop via 10.0.0.7 dev "a0" weight 2 nexthop via 10.1.0.7 dev "br0"
  route default via 2001:db8::fe dev "br0" mtu 1300 pref high
  route 10.8.0.0/16 via 10.9.9.9 dev "a0" onlink tos 0x10 table 100
  rule not from 10.0.0.0/8 ipproto 6 dport 22 uidrange 1-2 priority 900 prohibit
  rule ip6 iif "a0" priority 901 lookup 100 suppress_prefixlength 0
}`;

describeKernel('the script of a host', ['unshare'], () => {
  test('makes random hosts', () => {
    for (const seed of seedsOfRun(12)) {
      const { host } = hostOf(randomHost(randomFrom(seed), seed % 2 === 0));
      for (const read of listed(host)) expect(comparable(read), `seed ${seed}`).toEqual(comparable(host));
    }
  });

  test('makes devices', () => {
    const [host] = loadPolicy({ name: 'made.hook', text: made }).value?.hosts ?? [];
    if (!host) throw new Error('the host is refused');
    const named = new Set(host.interfaces.map(({ name }) => name));
    for (const read of listed(host)) {
      const cardsLeft = comparable(read);
      const interfaces = cardsLeft.interfaces.filter(({ name }) => named.has(name));
      expect({ ...cardsLeft, interfaces }).toEqual(comparable(host));
    }
  });
});
