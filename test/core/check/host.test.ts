import { expect, test } from 'vitest';
import { parseAddress } from '../../../src/core/datatype/address.ts';
import { policyOf } from '../../support/policy.ts';

const address = (text: string): bigint => parseAddress(text)?.value ?? -1n;

const hostOf = (...lines: readonly string[]) =>
  policyOf(
    `host gw {\ninterface "lan0" { address 10.0.0.1/24 ; mtu 9000 ; mac 02:00:00:00:00:01 }\n` +
      `interface wan0 { address 203.0.113.1/24 ; address 203.0.113.5/24 ; address 2001:db8::1/64 }\n${lines.join('\n')}\n}`,
  ).hosts[0];

test('interfaces have their addresses in the order in which they are written', () => {
  const [, lan, wan] = hostOf()?.interfaces ?? [];
  expect(lan).toMatchObject({ name: 'lan0', mtu: 9000, mac: 0x020000000001n, up: true });
  expect(wan?.addresses.map((one) => [one.address.value, one.prefixLength, one.secondary])).toEqual([
    [address('203.0.113.1'), 24, false],
    [address('203.0.113.5'), 24, true],
    [address('2001:db8::1'), 64, false],
  ]);
});

test('an interface may be down', () => {
  const [host] = policyOf('host gw { interface "lan0" { down } }').hosts;
  expect(host?.interfaces.find((one) => one.name === 'lan0')?.up).toBe(false);
});

test.each([
  [
    'route default via 203.0.113.254 dev "wan0"',
    { family: 4, prefixLength: 0, device: 'wan0', gateway: address('203.0.113.254') },
  ],
  [
    'route default via 2001:db8::2',
    { family: 6, prefixLength: 0, device: 'wan0', gateway: address('2001:db8::2') },
  ],
  [
    'route 10.1.0.0/16 via 10.0.0.254 metric 5',
    { destination: address('10.1.0.0'), prefixLength: 16, metric: 5, table: 254 },
  ],
  [
    'route 10.1.0.1 dev lan0 src 10.0.0.1 table 100',
    { prefixLength: 32, source: address('10.0.0.1'), table: 100 },
  ],
  ['route blackhole 10.2.0.0/16', { type: 'blackhole', destination: address('10.2.0.0') }],
  ['route ip6 unreachable default', { type: 'unreachable', family: 6, prefixLength: 0 }],
])('%s', (line, expected) => {
  expect(hostOf(line)?.routes).toContainEqual(expect.objectContaining(expected));
});

test.each([
  [
    'rule fwmark 0x1 lookup 100',
    { family: 4, mark: { value: 1, mask: 0xffffffff }, action: 'lookup', table: 100 },
  ],
  ['rule fwmark 0x1/0xf priority 5 table main', { mark: { value: 1, mask: 0xf }, priority: 5, table: 254 }],
  [
    'rule not from 10.9.0.0/16 prohibit',
    { invert: true, from: { value: address('10.9.0.0'), length: 16 }, action: 'prohibit' },
  ],
  [
    'rule to 2001:db8::/32 iif lan0 lookup 7',
    { family: 6, to: { value: address('2001:db8::'), length: 32 }, iif: 'lan0' },
  ],
  ['rule lookup main suppress_prefixlength 0', { suppressPrefixLength: 0, table: 254 }],
])('%s', (line, expected) => {
  expect(hostOf(line)?.rules).toContainEqual(expect.objectContaining(expected));
});

test('sysctls are written in order', () => {
  const host = hostOf('sysctl net.ipv4.ip_forward = 1', 'sysctl net.ipv4.conf.lan0.forwarding = 0');
  expect(host?.sysctls.get('net.ipv4.conf.wan0.forwarding')).toBe('1');
  expect(host?.sysctls.get('net.ipv4.conf.lan0.forwarding')).toBe('0');
});
