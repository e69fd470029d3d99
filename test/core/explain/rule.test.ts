// A rule by itself: the same in the words of every tool, and each of its parts has a meaning.
import { describe, expect, test } from 'vitest';
import { explainRule } from '../../../src/core/explain/rule.ts';

const spellings: readonly (readonly [string, readonly string[]])[] = [
  [
    'ip saddr 10.0.0.0/8 tcp dport 22 ct state new accept',
    [
      '-A INPUT -s 10.0.0.0/8 -p tcp -m tcp --dport 22 -m conntrack --ctstate NEW -j ACCEPT',
      'iptables -I INPUT 1 -s 10.0.0.0/8 -p tcp --dport 22 -m conntrack --ctstate NEW -j ACCEPT',
      'sudo nft add rule inet filter input ip saddr 10.0.0.0/8 tcp dport 22 ct state new accept',
      'from 10.0.0.0/8 tcp dport ssh ct state new accept',
    ],
  ],
  [
    'oifname "wan0" masquerade',
    ['iptables -t nat -A POSTROUTING -o wan0 -j MASQUERADE', '-A POSTROUTING -o wan0 -j MASQUERADE'],
  ],
  ['ip6 saddr 2001:db8::/32 drop', ['ip6tables -A FORWARD -s 2001:db8::/32 -j DROP']],
  [
    'tcp dport 80 goto web',
    ['-A INPUT -p tcp --dport 80 -g web', 'nft insert rule ip filter input tcp dport 80 goto web'],
  ],
  ['arp operation request drop', ['arp operation request drop']],
];

describe('a rule in several words', () => {
  test.each(spellings.flatMap(([text, given]) => given.map((one) => [one, text] as const)))(
    '%s',
    (given, text) => {
      const { value, diagnostics } = explainRule(given);
      expect(diagnostics).toEqual([]);
      expect(value?.rules[0]?.text).toBe(text);
      for (const { parts } of value?.rules ?? [])
        for (const { kind, meaning } of parts) expect([kind, meaning.length > 10]).toEqual([kind, true]);
    },
  );
});

test('every back end says it, or why not', () => {
  const { value } = explainRule('ip saddr 10.0.0.1 tcp dport 22 accept');
  expect(value?.spellings).toEqual([
    { to: 'nft', lines: ['ip saddr 10.0.0.1 tcp dport 22 accept'] },
    { to: 'iptables', lines: ['-s 10.0.0.1/32 -p tcp -m tcp --dport 22 -j ACCEPT'] },
    { to: 'ip6tables', lines: [], reason: expect.stringContaining('other version of IP') },
  ]);
});

test('what is no rule is a problem with a place', () => {
  const { value, diagnostics } = explainRule('tcp dprot 22 accept');
  expect(value).toBeUndefined();
  expect(diagnostics).toMatchObject([{ code: 'HK2001', help: 'did you mean `tcp dport`?' }]);
});
