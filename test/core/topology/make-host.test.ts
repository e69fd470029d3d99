// What a host becomes from its declaration. test/kernel/routing.test.ts compares the routes with the kernel's.
import { expect, test } from 'vitest';
import { formatAddress } from '../../../src/core/datatype/address.ts';
import type { HostFacts } from '../../../src/core/topology/facts.ts';
import { makeHost } from '../../../src/core/topology/make-host.ts';
import { forwards, sysctlNumber } from '../../../src/core/topology/sysctl.ts';
import { formatRoute } from '../../../src/core/topology/tables.ts';
import { address, addressWithLength, forwarding, gateway, gatewayFacts, route } from './gateway.ts';

test('lo is there with its addresses, indexes are in order', () => {
  const { interfaces } = gateway();
  expect(interfaces.map(({ name, index }) => `${index} ${name}`)).toEqual([
    '1 lo',
    '2 lan0',
    '3 wan0',
    '4 ppp0',
  ]);
  expect(interfaces[0]?.addresses.map((entry) => formatAddress(entry.address))).toEqual(['127.0.0.1', '::1']);
});

test('the second address of a subnet is secondary and comes last', () => {
  const wan = gateway().interfaces.find((one) => one.name === 'wan0');
  const shown = wan?.addresses.map(
    (entry) => `${formatAddress(entry.address)}${entry.secondary ? ' secondary' : ''}`,
  );
  expect(shown).toEqual(['198.51.100.2', '203.0.113.1', '203.0.113.5 secondary', '2001:db8::1']);
});

test('connected, local and broadcast routes follow from the addresses', () => {
  const routes = gateway()
    .routes.filter((one) => one.device === 'lan0')
    .map(formatRoute);
  expect(routes).toEqual([
    'local 10.0.0.1 dev lan0',
    '10.0.0.0/24 dev lan0',
    'broadcast 10.0.0.255 dev lan0',
    'local 10.0.0.2 dev lan0',
    'local fd00::1 dev lan0',
    'fd00::/64 dev lan0 metric 256',
    'multicast ff00::/8 dev lan0 metric 256',
  ]);
});

test('a declared route finds the interface of its gateway', () => {
  expect(gateway().routes.map(formatRoute)).toContain('default via 203.0.113.254 dev wan0');
});

test('an interface that is down keeps its addresses and has no subnet', () => {
  const down = {
    name: 'h',
    interfaces: [{ name: 'a', up: false, addresses: [addressWithLength('10.0.0.1/24')] }],
  };
  const routes = makeHost(down)
    .value?.routes.filter((one) => one.device === 'a')
    .map(formatRoute);
  expect(routes).toEqual(['local 10.0.0.1 dev a']);
});

test('rules without a priority go below main, the later ones first', () => {
  const rule = { family: 4, action: 'lookup', table: 100 } as const;
  const host = makeHost({
    ...gatewayFacts,
    rules: [rule, { ...rule, table: 101 }, { ...rule, table: 102, priority: 5 }],
  }).value;
  const shown = host?.rules.filter((one) => one.family === 4).map((one) => `${one.priority} ${one.table}`);
  expect(shown).toEqual(['0 255', '5 102', '32764 101', '32765 100', '32766 254', '32767 253']);
});

test('ip_forward sets the forwarding of every interface, and a later write changes one', () => {
  const off = { name: 'net.ipv4.conf.lan0.forwarding', value: '0' };
  const host = gateway(forwarding, off);
  expect([forwards(host, 'wan0', 4), forwards(host, 'lan0', 4), forwards(host, 'wan0', 6)]).toEqual([
    true,
    false,
    false,
  ]);
  expect(forwards(gateway(off, forwarding), 'lan0', 4)).toBe(true);
  expect(sysctlNumber(host, 'net.ipv4.conf.*.forwarding')).toBe(1);
});

test('`all` and the interface combine as the kernel has it', () => {
  const host = gateway(
    { name: 'net.ipv4.conf.all.rp_filter', value: '1' },
    { name: 'net.ipv4.conf.wan0.rp_filter', value: '2' },
    { name: 'net.ipv4.conf.wan0.send_redirects', value: '0' },
    { name: 'net.ipv4.conf.wan0.bc_forwarding', value: '1' },
  );
  expect(sysctlNumber(host, 'net.ipv4.conf.*.rp_filter', 'wan0')).toBe(2);
  expect(sysctlNumber(host, 'net.ipv4.conf.*.rp_filter', 'lan0')).toBe(1);
  expect(sysctlNumber(host, 'net.ipv4.conf.*.send_redirects', 'wan0')).toBe(1);
  expect(sysctlNumber(host, 'net.ipv4.conf.*.bc_forwarding', 'wan0')).toBe(0);
  expect(sysctlNumber(host, 'net.ipv4.ip_default_ttl')).toBe(64);
});

const lan = gatewayFacts.interfaces;

test.each<[string, Partial<HostFacts>, string, string]>([
  [
    'an unreachable gateway',
    { routes: [route('0.0.0.0/0', { gateway: address('192.0.2.1').value })] },
    'HK6043',
    'no connected network contains the gateway `192.0.2.1`',
  ],
  [
    'a gateway on another interface',
    { routes: [route('0.0.0.0/0', { gateway: address('10.0.0.9').value, device: 'wan0' })] },
    'HK6043',
    'no connected network on `wan0` contains the gateway `10.0.0.9`',
  ],
  [
    'an unknown interface',
    { routes: [route('0.0.0.0/0', { device: 'wan' })] },
    'HK6042',
    'this host has no interface `wan`',
  ],
  [
    'a route to nowhere',
    { routes: [route('10.9.0.0/16', {})] },
    'HK6042',
    'a route without interface and gateway',
  ],
  [
    'a foreign source',
    { routes: [route('10.9.0.0/16', { device: 'lan0', source: 1n })] },
    'HK6045',
    '`0.0.0.1` is no address of this host',
  ],
  [
    'the same route twice',
    { routes: [route('10.9.0.0/16', { device: 'lan0' }), route('10.9.0.0/16', { device: 'wan0' })] },
    'HK6044',
    'the table already has `10.9.0.0/16 dev lan0`',
  ],
  [
    'an interface twice',
    { routes: [], interfaces: [...lan, { name: 'lan0', addresses: [] }] },
    'HK6040',
    'the interface `lan0` is declared twice',
  ],
  [
    'an address twice',
    {
      routes: [],
      interfaces: [{ name: 'a', addresses: ['10.0.0.1/8', '10.0.0.1/8'].map(addressWithLength) }],
    },
    'HK6041',
    '`a` has the address `10.0.0.1/8` twice',
  ],
  [
    'a long name',
    { routes: [], interfaces: [{ name: 'abcdefghijklmnop', addresses: [] }] },
    'HK6008',
    '`abcdefghijklmnop` has more than 15 bytes',
  ],
])('%s is refused', (_, facts, code, message) => {
  const { value, diagnostics } = makeHost({ ...gatewayFacts, ...facts });
  expect(value).toBeUndefined();
  expect(diagnostics.map((one) => [one.code, one.message])).toEqual([[code, message]]);
});

test('onlink takes a gateway outside of every subnet', () => {
  const onlink = route('0.0.0.0/0', { gateway: address('192.0.2.1').value, device: 'ppp0', onlink: true });
  expect(makeHost({ ...gatewayFacts, routes: [onlink] }).value?.routes.map(formatRoute)).toContain(
    'default via 192.0.2.1 dev ppp0',
  );
});
