import { expect, test } from 'vitest';
import { commandsFor, type Topology } from '../../../src/host/lab/topology.ts';

const topology: Topology = {
  hosts: [
    { name: 'a', addresses: { eth0: ['10.0.0.2/24', '10.0.0.3/24'] }, routes: ['default via 10.0.0.1'] },
    { name: 'b', addresses: { lan0: ['10.0.0.1/24'] }, forwarding: true, rpFilter: 2 },
  ],
  links: [
    {
      ends: [
        { host: 'b', interface: 'lan0' },
        { host: 'a', interface: 'eth0' },
      ],
    },
  ],
};
const namespaces = new Map([
  ['a', 'ns-a'],
  ['b', 'ns-b'],
]);

test('makes each link once, seen from the host that comes first', () => {
  expect(commandsFor(topology, namespaces).map((one) => one.batch)).toEqual([
    [
      'link add eth0 index 10 type veth peer name lan0 index 11 netns ns-b',
      'address add 10.0.0.2/24 dev eth0',
      'address add 10.0.0.3/24 dev eth0',
      'link set lo up',
      'link set eth0 up',
      'route add default via 10.0.0.1',
    ],
    ['address add 10.0.0.1/24 dev lan0', 'link set lo up', 'link set lan0 up'],
  ]);
});

test('sets forwarding and the reverse path filter as asked', () => {
  const [a, b] = commandsFor(topology, namespaces).map((one) => one.sysctls);
  expect(a).toContain('net/ipv4/ip_forward 0');
  expect(a).toContain('net/ipv4/conf/all/rp_filter 0');
  expect(b).toContain('net/ipv4/ip_forward 1');
  expect(b).toContain('net/ipv6/conf/all/forwarding 1');
  expect(b).toContain('net/ipv4/conf/all/rp_filter 2');
});

test('turns version 6 on everywhere as soon as one address is of it', () => {
  const [first, ...others] = topology.hosts;
  const dual = { ...first, name: 'a', addresses: { eth0: ['fd00::2/64'] }, routes: ['default via fd00::1'] };
  const off = commandsFor(topology, namespaces).map((one) => one.sysctls);
  const on = commandsFor({ ...topology, hosts: [dual, ...others] }, namespaces);
  for (const sysctls of off) expect(sysctls).toContain('net/ipv6/conf/all/disable_ipv6 1');
  for (const { sysctls } of on) expect(sysctls).toContain('net/ipv6/conf/all/disable_ipv6 0');
  expect(on[0]?.batch).toContain('address add fd00::2/64 dev eth0 nodad');
  expect(on[0]?.batch).toContain('-6 route add default via fd00::1');
});

test('refuses a link to a host that is not there', () => {
  const links = [
    {
      ends: [
        { host: 'a', interface: 'x' },
        { host: 'c', interface: 'y' },
      ],
    },
  ] as const;
  expect(() => commandsFor({ ...topology, links }, namespaces)).toThrow('`c`, which is no host');
});
