import { expect, test } from 'vitest';
import { parseAddress } from '../../../src/core/datatype/address.ts';
import { policyOf } from '../../support/policy.ts';

const single = (value: bigint) => ({ lo: value, hi: value });
const address = (text: string): bigint => parseAddress(text)?.value ?? -1n;

const testOf = (...lines: readonly string[]) =>
  policyOf(`host gw { interface lan0 { } }\ntest "it" {\n${lines.join('\n')}\n}`).tests[0];

const packet = 'packet in "lan0" tcp 198.51.100.9:40000 -> 203.0.113.1:8080 syn';

test('packets and replies are steps, each with what is expected behind it', () => {
  const found = testOf('on gw', packet, 'expect accept', 'expect delivered', 'reply expect drop', packet);
  expect(found).toMatchObject({ title: 'it', host: 'gw' });
  expect(found?.steps).toMatchObject([
    {
      send: { direction: 'in', iif: 'lan0' },
      expectations: [{ kind: 'verdict' }, { fate: 'delivered-local' }],
    },
    { send: 'reply', expectations: [{ kind: 'verdict', verdict: 'drop' }] },
    { send: { direction: 'in' }, expectations: [] },
  ]);
});

test.each([
  ['reject', { kind: 'verdict', verdict: 'reject' }],
  ['forwarded out "lan0"', { kind: 'fate', fate: 'forwarded', out: 'lan0' }],
  ['sent', { kind: 'fate', fate: 'sent' }],
  ['snat', { kind: 'address', side: 'snat' }],
  ['dnat 10.0.0.2:80', { side: 'dnat', address: single(address('10.0.0.2')), port: single(80n) }],
  [
    'source [2001:db8::1]:8080',
    { side: 'source', address: single(address('2001:db8::1')), port: single(8080n) },
  ],
  ['destination 10.0.0.2-10.0.0.9', { address: { lo: address('10.0.0.2'), hi: address('10.0.0.9') } }],
  ['destination :1024-65535', { side: 'destination', port: { lo: 1024n, hi: 65535n } }],
])('expect %s', (text, expected) => {
  expect(testOf(packet, `expect ${text}`)?.steps[0]?.expectations).toMatchObject([expected]);
});

test('a policy of one host need not name it', () => {
  expect(testOf(packet)).not.toHaveProperty('host');
});

test('a test protects if it says so', () => {
  const [one, other] = policyOf('test "one" protect { }\ntest "other" { }').tests;
  expect(one).toHaveProperty('protect', true);
  expect(other).not.toHaveProperty('protect');
});
