// Random hosts and flows from a seed.
import { parseAddress } from '../../../src/core/datatype/address.ts';
import type { Flow } from '../../../src/core/topology/decision.ts';
import type { AddressFacts, HostFacts, RouteFacts, RuleFacts } from '../../../src/core/topology/facts.ts';
import type { Host } from '../../../src/core/topology/host.ts';
import { makeHost } from '../../../src/core/topology/make-host.ts';

/** Numbers in [0, 1) that only depend on the seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Random = () => number;

function pick<T>(random: Random, choices: readonly T[]): T {
  const chosen = choices[Math.floor(random() * choices.length)];
  if (chosen === undefined) throw new Error('nothing to pick from');
  return chosen;
}

/** Interfaces of the host beside `lo`: three veth pairs, so that all links are up. */
export const devices = ['a0', 'a1', 'b0', 'b1', 'c0', 'c1'] as const;

function address(text: string): AddressFacts {
  const [head = '', length = ''] = text.split('/');
  const parsed = parseAddress(head);
  if (!parsed) throw new Error(`no address: ${text}`);
  return { address: parsed, prefixLength: Number(length) };
}

function withPeer(text: string, peer: string): AddressFacts {
  return { ...address(text), peer: parseAddress(peer)?.value ?? 0n };
}

const layouts: readonly (readonly AddressFacts[])[] = [
  ['10.0.0.1/24', '10.0.0.7/24', '10.0.1.1/24', '2001:db8::1/64', '2001:db8::7/64'].map(address),
  ['10.0.2.1/30', '10.0.0.9/16', '10.0.2.2/30', '2001:db8:1::1/64', 'fd00::1/48'].map(address),
  [
    { ...address('10.1.0.1/24'), scope: 'link' as const },
    ...['10.1.1.1/24', '2001:db8:2::1/127'].map(address),
  ],
  ['203.0.113.1/24', '203.0.113.5/24', '198.51.100.1/31', '2001:db8:3::1/128', '2001:db8:4::5/56'].map(
    address,
  ),
  [
    address('10.200.0.1/32'),
    withPeer('10.200.0.1/32', '10.200.0.2'),
    withPeer('10.200.0.3/24', '10.60.0.9'),
    withPeer('10.200.0.4/24', '10.60.0.7'),
    withPeer('2001:db8:6::1/64', '2001:db8:7::2'),
  ],
  [
    { ...address('2001:db8:60::1/64'), deprecated: true as const },
    { ...address('10.61.0.1/24'), label: 'c1:x' },
    address('2001:db8:61::1/64'),
  ],
];

/** A host with some random routes and, if asked for, policy rules. */
export function randomHost(random: Random, withRules: boolean): HostFacts {
  const forwarding = pick(random, ['0', '1']);
  const sysctls = [
    { name: 'net.ipv4.ip_forward', value: forwarding },
    { name: 'net.ipv6.conf.all.forwarding', value: forwarding },
    ...['all', ...devices].map((device) => ({
      name: `net.ipv4.conf.${device}.rp_filter`,
      value: pick(random, ['0', '0', '1', '2']),
    })),
  ];
  return {
    name: 'random',
    interfaces: [
      {
        name: 'lo',
        addresses: random() < 0.5 ? [address('10.99.0.1/24'), address('2001:db8:99::1/64')] : [],
      },
      ...devices.map((name, at) => ({ name, addresses: layouts[at] ?? [] })),
    ],
    routes: distinct([...randomRoutes(random), ...randomRoutes(random)]),
    rules: withRules ? randomRules(random) : [],
    sysctls,
  };
}

function randomRoutes(random: Random): readonly RouteFacts[] {
  const gateways = [
    '10.60.0.77',
    '10.200.0.2',
    '10.0.0.254',
    '10.0.2.9',
    '203.0.113.254',
    '2001:db8::fe',
    '2001:db8:4::fe',
    'fd00::fe',
  ];
  return [
    '0.0.0.0/0',
    '0.0.0.0/0',
    '10.0.0.0/8',
    '10.0.0.128/25',
    '10.50.0.0/16',
    '127.7.0.0/16',
    '10.50.1.1/32',
    '192.0.2.0/24',
    '10.99.0.0/25',
    '::/0',
    '2001:db8::/32',
    '2001:db8:50::/48',
    '2001:db8::/96',
    '2001:db8:60::/48',
    '2001:db8:7::/48',
  ]
    .filter(() => random() < 0.6)
    .map((text) => randomRoute(random, address(text), gateways));
}

function randomRoute(random: Random, to: AddressFacts, gateways: readonly string[]): RouteFacts {
  const { family, value } = to.address;
  const common = {
    family,
    destination: value,
    prefixLength: to.prefixLength,
    metric: pick(random, [10, 20, 30]),
    table: pick(random, [254, 254, 100, 101]),
  };
  if (random() < 0.2)
    return { ...common, type: pick(random, ['unreachable', 'prohibit', 'blackhole', 'throw'] as const) };
  if (random() < 0.4) return { ...common, device: pick(random, devices) };
  const gateway = parseAddress(
    pick(
      random,
      gateways.filter((text) => text.includes(':') === (family === 6)),
    ),
  );
  if (!gateway) throw new Error('no gateway');
  const source = family === 4 && random() < 0.3 ? { source: parseAddress('10.0.1.1')?.value ?? 0n } : {};
  return { ...common, gateway: gateway.value, ...source };
}

function distinct(routes: readonly RouteFacts[]): readonly RouteFacts[] {
  return [...new Map(routes.map((route) => [identity(route), route])).values()];
}

function identity({ family, destination, prefixLength, metric, table }: RouteFacts): string {
  return [family, destination, prefixLength, metric, table].join();
}

function randomRules(random: Random): readonly RuleFacts[] {
  const families = [4, 6] as const;
  return families.flatMap((family): RuleFacts[] => [
    { family, action: 'lookup', table: 100, mark: { value: 1, mask: 0xff } },
    {
      family,
      action: 'lookup',
      table: 101,
      from: { value: family === 4 ? 0x0a000000n : 0x20010db8n << 96n, length: family === 4 ? 24 : 64 },
    },
    {
      family,
      priority: 1000,
      action: pick(random, ['unreachable', 'prohibit', 'blackhole']),
      table: 0,
      mark: { value: 0x200, mask: 0xf00 },
    },
    { family, priority: 900, action: 'lookup', table: 101, iif: 'a1' },
    { family, priority: 950, action: 'lookup', table: 100, oif: 'b0' },
  ]);
}

/** Destinations that mean something to these hosts, and the flows to them. */
export function randomFlow(random: Random): Flow {
  const family = pick(random, [4, 4, 6] as const);
  const value = (): bigint => randomAddress(random, family);
  const received = random() < 0.4;
  const common = {
    family,
    destination: value(),
    ...(random() < 0.3 && { mark: pick(random, [1, 0x101, 0x200]) }),
  };
  if (received) return { ...common, source: value(), iif: pick(random, devices) };
  // A source with an interface would make IPv6 treat the interface as a mere preference.
  if (random() < 0.3) return { ...common, oif: pick(random, devices) };
  return random() < 0.3 ? { ...common, source: value() } : common;
}

/** An address that means something to these hosts. */
export function randomAddress(random: Random, family: 4 | 6): bigint {
  const blocks =
    family === 4
      ? [
          '10.0.0.0',
          '10.0.1.0',
          '10.0.2.0',
          '10.1.0.0',
          '10.1.1.0',
          '10.50.0.0',
          '10.50.1.0',
          '10.99.0.0',
          '10.200.0.0',
          '10.60.0.0',
          '10.61.0.0',
          '203.0.113.0',
          '198.51.100.0',
          '192.0.2.0',
          '8.8.8.0',
          '127.0.0.0',
          '127.7.0.0',
          '224.0.1.0',
          '224.0.0.0',
          '240.0.0.0',
        ]
      : [
          '2001:db8::',
          '2001:db8:1::',
          '2001:db8:2::',
          '2001:db8:3::',
          '2001:db8:4::',
          '2001:db8:50::',
          '2001:db8:60::',
          '2001:db8:99::',
          'fd00::',
          '2002::',
          '2600::',
          '::',
        ];
  const host = pick(random, [0, 1, 2, 3, 5, 7, 9, 130, 254, 255, 255]);
  const extreme = family === 4 && random() < 0.03 ? pick(random, [0n, 0xffffffffn]) : undefined;
  return extreme ?? (parseAddress(pick(random, blocks))?.value ?? 0n) + BigInt(host);
}

/** The host with those of its declared routes that are accepted one after the other. */
export function hostOf(facts: HostFacts): { readonly host: Host; readonly accepted: readonly RouteFacts[] } {
  let accepted: readonly RouteFacts[] = [];
  let host = makeHost({ ...facts, routes: [] }).value;
  for (const route of facts.routes ?? []) {
    const grown = makeHost({ ...facts, routes: [...accepted, route] }).value;
    if (grown) accepted = [...accepted, route];
    host = grown ?? host;
  }
  if (!host) throw new Error('a host without routes is refused');
  return { host, accepted };
}
