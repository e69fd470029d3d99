// Which source address the kernel picks among addresses of IPv6 with all marks that one may have: temporary ones that it
// made itself, tentative and deprecated ones. Kernels without mobility prefer no home ones.
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { type Address, formatAddress, parseAddress } from '../../src/core/datatype/address.ts';
import type { AddressFacts, InterfaceFacts, SysctlFact } from '../../src/core/topology/facts.ts';
import type { Host } from '../../src/core/topology/host.ts';
import { lookupRoute } from '../../src/core/topology/lookup.ts';
import { selectSource } from '../../src/core/topology/source-selection.ts';
import { seedsOfRun } from '../support/seed.ts';
import { describeKernel } from './support/require.ts';
import { hostOf, randomFrom } from './support/routing-host.ts';

const devices = ['a0', 'b0'] as const;
const prefixes = ['2001:db8:1', '2001:db8:2', '2001:10:5', 'fd00:0:1', '2002:c000:201'] as const;
const marks = ['nodad', 'nodad preferred_lft 0', 'nodad mngtmpaddr', '', 'nodad noprefixroute'];
const destinations = ['2001:db8:1::99', '2001:db8:9::1', '2001:10:7::1', 'fd00:0:2::1', '2002:c000:205::1'];

/** In the kernel's order, the newest first. */
interface KernelAddress {
  readonly local: string;
  readonly prefixlen: number;
  readonly temporary?: true;
  readonly tentative?: true;
  readonly deprecated?: true;
  readonly home?: true;
  readonly noprefixroute?: true;
}

interface KernelInterface {
  readonly ifname: string;
  readonly addr_info: readonly KernelAddress[];
}

function factsOf({ local, prefixlen, noprefixroute, ...shown }: KernelAddress): AddressFacts {
  return {
    address: addressOf(local),
    prefixLength: prefixlen,
    ...(shown.temporary && { temporary: true }),
    ...(shown.tentative && { tentative: true }),
    ...(shown.deprecated && { deprecated: true }),
    ...(shown.home && { home: true }),
    ...(noprefixroute && { noPrefixRoute: true }),
  };
}

function addressOf(text: string): Address {
  const address = parseAddress(text);
  if (!address) throw new Error(`no address: ${text}`);
  return address;
}

/** What makes a host, and then what it has and what it picks for each destination. */
function ask(sysctls: readonly SysctlFact[], added: readonly string[]): readonly string[] {
  const script = [
    'set -e',
    'sysctl -qw net.ipv6.conf.default.addr_gen_mode=1 net.ipv6.conf.default.dad_transmits=1000',
    ...devices.flatMap((name) => [
      `ip link add ${name} type veth peer name ${name}p`,
      `ip link set ${name}p up`,
      `ip link set ${name} up`,
    ]),
    ...sysctls.map(({ name, value }) => `sysctl -qw ${name}=${value}`),
    ...added,
    'ip -6 route add default dev a0',
    // What is to be made for addresses is made a little later: asked until it is the same before and behind.
    'look() { ip -6 -o address show | sed "s/valid_lft.*//"; ip -6 route show table local; }',
    'said=$(look)',
    'for i in $(seq 100); do',
    'sleep 0.3',
    'before=$said',
    'listed=$(ip -j -6 address show)',
    `answers=$(${destinations.map(getSource).join('; ')})`,
    'said=$(look)',
    '[ "$before" != "$said" ] || break',
    'done',
    'echo "$listed"',
    'echo "$answers"',
  ].join('\n');
  const run = spawnSync('unshare', ['-n', 'sh'], { input: script, encoding: 'utf8' });
  if (run.stderr !== '') throw new Error(run.stderr);
  return run.stdout.trim().split('\n');
}

function getSource(to: string): string {
  return `ip -6 route get ${to} | sed -n "s/.* src \\([^ ]*\\).*/\\1/p;s/.*unreachable.*/none/p"`;
}

function picked(host: Host, destination: string): string {
  const decision = lookupRoute(host, { family: 6, destination: addressOf(destination).value });
  const chosen = selectSource(host, decision);
  return chosen ? formatAddress({ family: 6, value: chosen.address }) : 'none';
}

describeKernel('marks of addresses', ['unshare', 'sysctl'], () => {
  test.each(seedsOfRun(8))('host %i picks as the kernel does', (seed) => {
    const random = randomFrom(seed);
    const draw = (count: number): number => Math.floor(random() * count);
    const sysctls = devices.flatMap((name) => [
      { name: `net.ipv6.conf.${name}.use_tempaddr`, value: `${draw(3)}` },
      { name: `net.ipv6.conf.${name}.use_oif_addrs_only`, value: `${draw(2)}` },
    ]);
    const added = devices.flatMap((name, at) =>
      Array.from({ length: 5 }, (_, index) => {
        const text = `${prefixes[draw(prefixes.length)]}::${at + 1}${index}/64`;
        return `ip address add ${text} dev ${name} ${marks[draw(marks.length)]}`;
      }),
    );
    const [listed = '[]', ...theirs] = ask(sysctls, added);
    const found: readonly KernelInterface[] = JSON.parse(listed);
    const interfaces = devices.map((name): InterfaceFacts => {
      const { addr_info = [] } = found.find(({ ifname }) => ifname === name) ?? {};
      return { name, addresses: addr_info.toReversed().map(factsOf) };
    });
    const routes = [{ family: 6, destination: 0n, prefixLength: 0, device: 'a0' } as const];
    const { host } = hostOf({ name: 'h', interfaces, sysctls, routes });
    expect(destinations.map((to) => `${to} from ${picked(host, to)}`)).toEqual(
      destinations.map((to, at) => `${to} from ${theirs[at]}`),
    );
  });
});
