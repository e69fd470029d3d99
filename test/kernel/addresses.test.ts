// Adds and deletes addresses of random hosts and takes interfaces down, in the kernel and in the simulator: the lists of
// addresses and all routes are the same after each step.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { formatAddress } from '../../src/core/datatype/address.ts';
import { addAddress, deleteAddress, takeDown } from '../../src/core/topology/address-change.ts';
import type { SysctlFact } from '../../src/core/topology/facts.ts';
import type { Host, InterfaceAddress, Route } from '../../src/core/topology/host.ts';
import { addressLine } from '../../src/host/lab/furnish.ts';
import {
  addressesAndRoutes,
  addressOf,
  addressText,
  bareHost,
  inOrder,
  readAddressCases,
  withoutLoopback,
} from '../support/address-fixture.ts';
import { seedsOfRun } from '../support/seed.ts';
import { describeKernel } from './support/require.ts';
import { routeLine, untilRouted } from './support/routing-commands.ts';
import { devices, randomFrom } from './support/routing-host.ts';

type Random = () => number;

/** Below the number. */
function draw(random: Random, count: number): number {
  return Math.floor(random() * count);
}

const pool: readonly InterfaceAddress[] =
  `10.0.0.1/24 10.0.0.2/24 10.0.0.3/24 10.0.0.129/25 10.0.0.1/16 10.1.0.1/24 10.1.0.2/24 10.1.0.3/24 192.0.2.1/32
  192.0.2.2/31 192.0.2.3/31 2001:db8::1/64 2001:db8::2/64 2001:db8:1::1/64 2001:db8:1::2/128`
    .split(/\s+/)
    .map((text) => addressOf(text));

const narrow: readonly InterfaceAddress[] = ['10.7.0.1/24', '10.7.0.2/24', '10.7.0.3/24'].map((text) =>
  addressOf(text, 'link'),
);

/** One step in both worlds; undefined where there is nothing to do so. */
interface Step {
  readonly line: string;
  readonly host: Host;
}

function addition(random: Random, host: Host): Step | undefined {
  const device = devices[draw(random, 3)] ?? 'a0';
  const one = host.interfaces.find(({ name }) => name === device);
  const choices = [...pool, ...narrow, ...narrow].filter(
    (added) => !one?.addresses.some((other) => clashes(added, other)),
  );
  const chosen = choices[draw(random, choices.length)];
  if (!one?.up || !chosen) return undefined;
  return {
    line: additionLine(device, chosen),
    host: addAddress(host, device, chosen).host,
  };
}

/** The kernel makes the route to an address of IPv6 a little later. */
function additionLine(device: string, added: InterfaceAddress): string {
  const line = `ip ${addressLine(device, added)}`;
  return added.address.family === 6 ? `${line}; ${untilRouted(added.address, device)}` : line;
}

function clashes(one: InterfaceAddress, other: InterfaceAddress): boolean {
  const isSame = one.address.value === other.address.value;
  return isSame && (one.address.family === 6 || one.prefixLength === other.prefixLength);
}

function deletion(random: Random, host: Host): Step | undefined {
  const all = host.interfaces.flatMap(({ name, addresses }) =>
    name === 'lo' ? [] : addresses.map((one) => ({ name, one })),
  );
  const chosen = all[draw(random, all.length)];
  if (!chosen) return undefined;
  const { name, one } = chosen;
  return {
    line: `ip address del ${formatAddress(one.address)}/${one.prefixLength} dev ${name}`,
    host: deleteAddress(host, name, one).host,
  };
}

/** A route by a next hop, or straight by an interface, that may prefer one of the host's addresses. */
function routing(random: Random, host: Host): Step | undefined {
  const device = host.interfaces.find(({ name }) => name === devices[draw(random, 3)]);
  const sources = host.interfaces.flatMap(({ addresses, name }) => (name === 'lo' ? [] : addresses));
  const source = sources[draw(random, sources.length)];
  if (!device?.up || !source) return undefined;
  const { family, value } = source.address;
  if (!device.addresses.some(({ address }) => address.family === family)) return undefined;
  const route: Route = {
    family,
    type: 'unicast',
    destination:
      family === 4
        ? 0xc6330000n + BigInt(draw(random, 200) * 256)
        : BigInt(0x20010db8_0009 + draw(random, 60000) * 2 ** 16) << 80n,
    prefixLength: family === 4 ? 24 : 48,
    table: [254, 100][draw(random, 2)] ?? 254,
    metric: family === 4 ? draw(random, 3) : 1 + draw(random, 3),
    scope: family === 4 ? 'link' : 'global',
    device: device.name,
    ...(random() < 0.7 && { source: value }),
  };
  if (host.routes.some((one) => formatRoute(one) === formatRoute(route))) return undefined;
  return { line: routeLine(route), host: { ...host, routes: [...host.routes, route] } };
}

function formatRoute({ family, destination, table, metric }: Route): string {
  return `${family} ${destination} ${table} ${metric}`;
}

function down(random: Random, host: Host): Step | undefined {
  const device = devices[draw(random, 3)] ?? 'a0';
  if (random() < 0.7 || !host.interfaces.some(({ name, up }) => name === device && up)) return undefined;
  return { line: `ip link set ${device} down`, host: takeDown(host, device).host };
}

function randomSteps(random: Random, start: Host): readonly Step[] {
  const kinds = [addition, addition, addition, deletion, deletion, routing, routing, down];
  const steps: Step[] = [];
  let host = start;
  for (let tries = 0; tries < 80; tries++) {
    const step = kinds[draw(random, kinds.length)]?.(random, host);
    if (!step) continue;
    steps.push(step);
    ({ host } = step);
  }
  return steps;
}

interface KernelAddress {
  readonly ifname: string;
  readonly addr_info: readonly {
    readonly family: string;
    readonly local?: string;
    readonly prefixlen?: number;
    readonly secondary?: true;
  }[];
}

interface KernelRoute {
  readonly type?: string;
  readonly dst: string;
  readonly dev: string;
  readonly table?: string;
  readonly metric?: number;
  readonly prefsrc?: string;
}

const tableNumbers: Readonly<Record<string, string>> = { main: '254', local: '255' };

function theirs(answer: string): readonly string[] {
  const [addresses, ipv4, ipv6] = answer
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const list: readonly KernelAddress[] = addresses;
  const routes = ([4, 6] as const).flatMap((family) =>
    (family === 4 ? ipv4 : ipv6).map((route: KernelRoute) => kernelRoute(route, family)),
  );
  const held = list.flatMap(({ ifname, addr_info }) =>
    addr_info
      .filter(({ family }) => family.startsWith('inet'))
      .map(({ local, prefixlen, secondary }) =>
        addressText(ifname, `${local}/${prefixlen}`, secondary === true),
      ),
  );
  return inOrder(held, routes);
}

function kernelRoute(route: KernelRoute, family: 4 | 6): string {
  const { dst, dev, metric = 0, table = 'main', type = 'unicast', prefsrc = '-' } = route;
  return [`IPv${family}`, tableNumbers[table] ?? table, dst, metric, type, dev, prefsrc].join(' ');
}

const looks = ['ip -j address show', 'ip -j -4 route show table all', 'ip -j -6 route show table all'].map(
  (line) => `x=$(${line}); echo "\${x:-[]}"`,
);

function inKernel(sysctls: readonly SysctlFact[], steps: readonly Pick<Step, 'line'>[]): readonly string[] {
  const script = [
    'set -e',
    'ip link set lo up',
    'sysctl -qw net.ipv6.conf.default.addr_gen_mode=1',
    ...['a', 'b', 'c'].flatMap((name) => [
      `ip link add ${name}0 type veth peer name ${name}1`,
      `ip link set ${name}0 up`,
      `ip link set ${name}1 up`,
    ]),
    ...sysctls.map(({ name, value }) => `sysctl -qw ${name}=${value}`),
    ...steps.flatMap(({ line }) => [line, ...looks, 'echo ----']),
  ].join('\n');
  const run = spawnSync('unshare', ['-n', 'sh'], { input: script, encoding: 'utf8', maxBuffer: 2 ** 27 });
  if (run.stderr !== '') throw new Error(run.stderr);
  return run.stdout.split('----\n').slice(0, -1);
}

describeKernel('addresses that come and go', ['unshare', 'sysctl'], () => {
  test.each(seedsOfRun(10))('host %i has the addresses and routes of the kernel after each step', (seed) => {
    const random = randomFrom(seed);
    const sysctls = ['net.ipv4.conf.all.promote_secondaries', 'net.ipv6.conf.a0.keep_addr_on_down'].map(
      (name) => ({ name, value: `${draw(random, 2)}` }),
    );
    const steps = randomSteps(random, bareHost(sysctls, devices));
    const answers = inKernel(sysctls, steps);
    for (const [at, { line, host }] of steps.entries())
      expect([line, ...addressesAndRoutes(host)]).toEqual([line, ...theirs(answers[at] ?? '')]);
  });

  const fixture = join(import.meta.dirname, '../../fixtures/topology/addresses.txt');
  test.each(readAddressCases(readFileSync(fixture, 'utf8')))('$title', ({ sysctls, steps, expected }) => {
    const answers = inKernel(
      sysctls,
      steps.map((line) => ({ line: commandOf(line) })),
    );
    const shown = withoutLoopback(theirs(answers.at(-1) ?? ''));
    expect(shown).toEqual(expected);
  });
});

/** A step of a fixture in the words of `ip`. */
function commandOf(line: string): string {
  const [word, device = '', text = '', ...more] = line.split(' ');
  if (word === 'down') return `ip link set ${device} down`;
  if (word === 'route') return `ip route add ${line.slice('route '.length)}`;
  if (word === 'delete') return `ip address del ${text} dev ${device}`;
  const added = addressOf(text, more[1] === 'link' ? 'link' : 'global');
  return additionLine(device, added);
}
