// Routing decisions, source validation and source selection of one gateway, with the reasons that a trace prints.
import { expect, test } from 'vitest';
import { formatAddress } from '../../../src/core/datatype/address.ts';
import type { Flow } from '../../../src/core/topology/decision.ts';
import type { SysctlFact } from '../../../src/core/topology/facts.ts';
import type { Host } from '../../../src/core/topology/host.ts';
import { lookupRoute } from '../../../src/core/topology/lookup.ts';
import { makeHost } from '../../../src/core/topology/make-host.ts';
import {
  masqueradeAddress,
  redirectAddress,
  selectSource,
} from '../../../src/core/topology/source-selection.ts';
import { validateSource } from '../../../src/core/topology/validate.ts';
import { address, forwarding, gateway, gatewayFacts } from './gateway.ts';

function flowTo(text: string, rest: Partial<Flow> = {}): Flow {
  const { family, value } = address(text);
  return { family, destination: value, ...rest };
}

test.each([
  ['10.0.0.9', {}, 'unicast', '`10.0.0.0/24 dev lan0` in table main is the best route'],
  ['8.8.8.8', {}, 'unicast', '`default via 203.0.113.254 dev wan0` in table main is the best route'],
  ['10.0.0.2', {}, 'local', '`local 10.0.0.2 dev lan0` in table local is the best route'],
  [
    '10.0.0.255',
    { iif: 'wan0', source: 0x08080808n },
    'broadcast',
    '`broadcast 10.0.0.255 dev lan0` in table local is the best route',
  ],
  ['255.255.255.255', { iif: 'lan0' }, 'broadcast', 'a broadcast to everybody on the link'],
  ['172.16.1.1', {}, 'unreachable', '`unreachable 172.16.0.0/12` in table main is the best route'],
  [
    '172.16.1.1',
    { oif: 'ppp0' },
    'unicast',
    'bound to `ppp0` without a route: 172.16.1.1 is taken to be on its link',
  ],
  ['224.0.0.1', { iif: 'lan0' }, 'multicast', 'a multicast group, on `lan0` joined'],
  ['224.0.0.9', { iif: 'lan0' }, 'multicast', 'a multicast group, on `lan0` not joined'],
  ['8.8.8.8', { source: 0x01020304n }, 'no-route', 'the source 1.2.3.4 is no address of this host'],
  [
    '2001:db8:9::1',
    {},
    'unicast',
    '`default via fe80::1 dev wan0 metric 1024` in table main is the best route',
  ],
  ['ff02::1:ff00:1', { iif: 'lan0' }, 'multicast', 'a multicast group, on `lan0` joined'],
])('%s %o is %s', (destination, rest, kind, why) => {
  expect(lookupRoute(gateway(), flowTo(destination, rest))).toMatchObject({ kind, why });
});

test('a foreign source may be routed again in OUTPUT', () => {
  const flow = flowTo('8.8.8.8', { source: 0x01020304n, anySource: true });
  expect(lookupRoute(gateway(), flow).kind).toBe('unicast');
});

test('a marked packet follows its rule, others main', () => {
  const rule = { family: 4, action: 'prohibit', table: 0, mark: { value: 1, mask: 0xff } } as const;
  const host = makeHost({ ...gatewayFacts, rules: [rule] }).value ?? gateway();
  expect(lookupRoute(host, flowTo('8.8.8.8', { mark: 0x101 }))).toMatchObject({
    kind: 'prohibit',
    by: 'rule',
  });
  expect(lookupRoute(host, flowTo('8.8.8.8', { mark: 2 })).kind).toBe('unicast');
});

test('suppress_prefixlength passes over the default route, `not` turns a rule around', () => {
  const rules = [
    { family: 4, action: 'lookup', table: 254, suppressPrefixLength: 0, priority: 100 },
    { family: 4, action: 'blackhole', table: 0, mark: { value: 1, mask: 1 }, invert: true, priority: 101 },
  ] as const;
  const host = makeHost({ ...gatewayFacts, rules }).value ?? gateway();
  expect(lookupRoute(host, flowTo('10.0.0.9')).kind).toBe('unicast');
  expect(lookupRoute(host, flowTo('8.8.8.8')).kind).toBe('blackhole');
  expect(lookupRoute(host, flowTo('8.8.8.8', { mark: 1 })).kind).toBe('unicast');
});

function reasonFor(host: Host, from: string, to: string, iif: string): string | undefined {
  const flow = { ...flowTo(to), source: address(from).value, iif };
  return validateSource(host, flow)?.reason;
}

function filter(device: string, value: string): SysctlFact {
  return { name: `net.ipv4.conf.${device}.rp_filter`, value };
}

test.each([
  ['8.8.8.8', '203.0.113.1', 'wan0', [], undefined],
  ['10.0.0.9', '203.0.113.1', 'wan0', [], undefined],
  ['10.0.0.9', '203.0.113.1', 'wan0', [filter('wan0', '1')], 'rp-filter'],
  ['10.0.0.9', '203.0.113.1', 'wan0', [filter('all', '1')], 'rp-filter'],
  ['10.0.0.9', '203.0.113.1', 'wan0', [filter('wan0', '2')], undefined],
  ['8.8.8.8', '10.0.0.9', 'wan0', [filter('all', '1')], undefined],
  ['172.16.0.1', '203.0.113.1', 'wan0', [filter('wan0', '2')], 'rp-filter'],
  ['172.16.0.1', '203.0.113.1', 'wan0', [], undefined],
  ['10.0.0.1', '203.0.113.1', 'wan0', [], 'martian-source'],
  ['10.0.0.255', '203.0.113.1', 'wan0', [], undefined],
  ['10.0.0.255', '203.0.113.1', 'wan0', [filter('wan0', '1')], 'martian-source'],
  ['127.0.0.1', '203.0.113.1', 'wan0', [], 'martian-source'],
  ['224.0.0.1', '203.0.113.1', 'wan0', [], 'martian-source'],
  ['255.255.255.255', '203.0.113.1', 'wan0', [], 'martian-source'],
  ['0.0.0.0', '203.0.113.1', 'wan0', [], 'martian-source'],
  ['0.0.0.0', '255.255.255.255', 'wan0', [], undefined],
  ['240.0.0.1', '203.0.113.1', 'wan0', [], undefined],
  ['8.8.8.8', '127.0.0.1', 'wan0', [], 'martian-destination'],
  ['8.8.8.8', '127.0.0.1', 'wan0', [{ name: 'net.ipv4.conf.wan0.route_localnet', value: '1' }], undefined],
  ['8.8.8.8', '0.0.0.0', 'wan0', [], 'martian-destination'],
  ['203.0.113.255', '203.0.113.77', 'wan0', [forwarding], 'martian-source'],
  ['::1', '2001:db8::1', 'wan0', [], 'martian-source'],
  ['2001:db8::2', '::1', 'wan0', [], 'martian-destination'],
  ['2001:db8::1', '2001:db8::1', 'wan0', [], undefined],
])('%s to %s by %s with %o: %s', (from, to, iif, sysctls, reason) => {
  expect(reasonFor(gateway(...sysctls), from, to, iif)).toBe(reason);
});

function chosen(family: 4 | 6, choice: { address: bigint; why: string } | undefined): string | undefined {
  return choice && `${formatAddress({ family, value: choice.address })}: ${choice.why}`;
}

test.each([
  ['8.8.8.8', '203.0.113.1: the first primary address of `wan0` in one subnet with 203.0.113.254'],
  ['10.0.0.9', "10.0.0.1: the route's preferred source"],
  ['192.0.2.1', '10.0.0.1: `ppp0` has no suitable address, `lan0` lends one'],
  ['10.0.0.2', "10.0.0.1: the route's preferred source"],
  ['127.9.9.9', "127.0.0.1: the route's preferred source"],
  ['2001:db8:9::1', '2001:db8::1: it is on the outgoing interface'],
  ['fd00::9', 'fd00::1: it is on the outgoing interface'],
])('a packet to %s comes from %s', (destination, source) => {
  const { family } = address(destination);
  expect(chosen(family, selectSource(gateway(), lookupRoute(gateway(), flowTo(destination))))).toBe(source);
});

test('MASQUERADE prefers the subnet of the next hop, then the first primary address, then a borrowed one', () => {
  const host = gateway();
  const masked = (device: string, toward: string) =>
    chosen(4, masqueradeAddress(host, device, address(toward).value, 4));
  expect(masked('wan0', '203.0.113.254')).toMatch(/^203\.0\.113\.1:/);
  expect(masked('wan0', '8.8.8.8')).toMatch(/^198\.51\.100\.2:/);
  expect(masked('ppp0', '192.0.2.1')).toMatch(/^10\.0\.0\.1:/);
  expect(chosen(6, masqueradeAddress(host, 'wan0', address('2001:db8:9::1').value, 6))).toMatch(
    /^2001:db8::1:/,
  );
});

test('a host without any address masquerades nothing', () => {
  const bare = makeHost({ name: 'h', interfaces: [{ name: 'a', addresses: [] }] }).value ?? gateway();
  expect(masqueradeAddress(bare, 'a', 1n, 4)).toBeUndefined();
  expect(redirectAddress(bare, 'a', 4)).toBeUndefined();
});

test('REDIRECT takes the first address of the input interface, loopback in OUTPUT', () => {
  const host = gateway();
  expect(chosen(4, redirectAddress(host, 'wan0', 4))).toBe('198.51.100.2: the first address of `wan0`');
  expect(chosen(4, redirectAddress(host, undefined, 4))).toMatch(/^127\.0\.0\.1:/);
  expect(chosen(6, redirectAddress(host, undefined, 6))).toMatch(/^::1:/);
  expect(chosen(6, redirectAddress(host, 'wan0', 6, address('2001:db8::7').value))).toMatch(/^2001:db8::1:/);
  expect(redirectAddress(host, 'wan0', 6, address('fe80::7').value)).toBeUndefined();
});

test('of equal IPv6 routes by gateways the oldest is taken', () => {
  const routes = ['2001:db8::fe', '2001:db8::fd'].map((hop, at) => ({
    family: 6 as const,
    destination: address('2001:db8:9::').value,
    prefixLength: 48,
    gateway: address(hop).value,
    device: at === 0 ? 'wan0' : 'lan0',
    onlink: true,
  }));
  const { value } = makeHost({ ...gatewayFacts, routes });
  const decision = value && lookupRoute(value, flowTo('2001:db8:9::1'));
  expect(decision).toMatchObject({ kind: 'unicast', device: 'wan0', gateway: routes[0]?.gateway });
});
