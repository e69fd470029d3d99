// Whatever a policy becomes in iptables, reading that and writing it again changes nothing.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emitIptables } from '../../../src/core/iptables/emit.ts';
import { policy, roundTrip } from './support.ts';

const address = fc.constantFrom('10.0.0.0/8', '10.1.2.3', '192.168.0.0-192.168.0.9', '2001:db8::/32');
const match = fc.oneof(
  fc
    .tuple(fc.constantFrom('saddr', 'daddr'), fc.constantFrom('', '!= '), address)
    .map(([key, not, value]) => `${value.includes(':') ? 'ip6' : 'ip'} ${key} ${not}${value}`),
  fc
    .tuple(fc.constantFrom('saddr', 'daddr'), fc.constantFrom('', '!= '))
    .map(([key, not]) => `ip ${key} ${not}{ 10.0.0.1, 10.2.0.0/16, 172.16.0.0-172.16.0.5 }`),
  fc.constantFrom(
    'iifname "eth*"',
    'iifname { "a", "b" }',
    'oifname != { "c", "d*" }',
    'meta l4proto { tcp, udp }',
    'icmp type 8',
    'tcp dport 22',
    'tcp dport { 1, 2, 10-20 }',
    'tcp sport != { 5, 6 }',
    'udp dport 53',
    'tcp flags & (syn | ack) == syn',
    'ct state { new, related }',
    'ct state invalid',
    'meta mark 1',
    'meta mark & 0xf0 != 0x10',
    'limit rate 3/minute',
    'ip ttl 7',
    'comment "it\'s \\"so\\""',
  ),
);
const action = fc.constantFrom('log "a \\"b\\"" level info', 'meta mark set 5', 'counter');
const verdict = fc.constantFrom('accept', 'drop', 'return', 'reject', 'jump user', 'goto user', '');
const rule = fc
  .tuple(
    fc.array(match, { maxLength: 3 }),
    fc.array(action, { maxLength: 1 }),
    fc.array(match, { maxLength: 1 }),
    verdict,
  )
  .map(([first, actions, later, last]) =>
    [...first, ...actions, ...later, last].filter((part) => part !== '').join(' '),
  )
  .filter((text) => text !== '');

test('a compiled policy is read and written again as it is', () => {
  fc.assert(
    fc.property(
      fc.array(rule, { minLength: 1, maxLength: 4 }),
      fc.constantFrom('ip' as const, 'ip6' as const),
      (rules, family) => {
        const body = rules.join('\n');
        const ruleSet = compiled(
          `table inet filter {\nchain FORWARD policy drop {\n${body}\n}\nchain user { accept }\n}`,
        );
        fc.pre(ruleSet !== undefined);
        const text = ruleSet && emitIptables(ruleSet, family).value;
        fc.pre(text !== undefined);
        expect(roundTrip(text ?? '', family)).toBe(text?.replace(/^#.*\n/, ''));
      },
    ),
    { numRuns: 300 },
  );
});

/** Rules that contradict themselves may be refused; that is not what is tested here. */
function compiled(text: string): ReturnType<typeof policy> | undefined {
  try {
    return policy(text);
  } catch {
    return undefined;
  }
}
