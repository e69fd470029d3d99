// Filters of `trace --live`: specs with parts left open, and conditions, in the words of a rule.
import { expect, test } from 'vitest';
import { filterWords } from '../../../src/core/live/filter.ts';
import { ownTableText } from '../../../src/core/live/own-table.ts';
import { loadPolicy } from '../../../src/core/load.ts';

const filters: readonly (readonly [string, string, 'in' | 'out' | undefined])[] = [
  [
    'in wan0 tcp any -> 203.0.113.1:443 syn',
    'iif "wan0" meta l4proto tcp ip daddr 203.0.113.1 tcp dport 443 tcp flags syn / fin,syn,rst,ack',
    'in',
  ],
  ['tcp 10.0.0.5 -> any:443', 'meta l4proto tcp ip saddr 10.0.0.5 tcp dport 443', undefined],
  ['out udp any -> any:53', 'meta l4proto udp udp dport 53', 'out'],
  ['out eth0 10.0.0.0/8 -> any', 'oif "eth0" ip saddr 10.0.0.0/8', 'out'],
  ['out wan0 any 10.0.0.1 -> *', 'oif "wan0" ip saddr 10.0.0.1', 'out'],
  [
    'icmp 2001:db8::1 -> any echo-request',
    'meta l4proto icmpv6 ip6 saddr 2001:db8::1 icmpv6 type echo-request',
    undefined,
  ],
  ['tcp [2001:db8::/32]:22 -> any:any', 'meta l4proto tcp ip6 saddr 2001:db8::/32 tcp sport 22', undefined],
  ['sctp any -> any:5060', 'meta l4proto sctp th dport 5060', undefined],
  ['any -> any', '', undefined],
  ['ip saddr 10.0.0.5 tcp dport 443', 'ip saddr 10.0.0.5 tcp dport 443', undefined],
];

test.each(filters)('%s', (text, words, direction) => {
  expect(filterWords(text).value).toEqual({ words, ...(direction && { direction }) });
  expect(tableOf(words, direction)).toContain('meta nftrace set 1');
});

test.each([
  ['tcp 1.2.3.4 -> 1::2', 'both ends are of one version of IP'],
  ['in a b tcp 1.1.1.1 -> any', '`b tcp` is no protocol'],
  ['in tcp -> any', '`in` is followed by an interface'],
  ['any:80 -> any', '`:80` stands beside no protocol with ports, such as `tcp`'],
  ['tcp any -> 300.1.1.1', '`300.1.1.1` is no IP address'],
  ['tcp any -> any ttl', '`ttl` is no part of what is filtered by'],
  ['-> any', 'a packet goes from one end to another: `A -> B`'],
])('refuses %s', (text, message) => {
  expect(filterWords(text).diagnostics).toMatchObject([{ message }]);
});

test('refuses what is not known where a packet comes in', () => {
  expect(tableOf('ct state new', undefined)).toBe(
    'where a packet comes in nothing is known of its connection yet',
  );
});

test('only one direction has the rule where one is asked for', () => {
  const received = /chain received \{[^}]*nftrace/;
  expect(tableOf('udp dport 53', 'in')).toMatch(received);
  expect(tableOf('udp dport 53', 'out')).not.toMatch(received);
});

/** The table, or why there is none. */
function tableOf(words: string, direction: 'in' | 'out' | undefined): string {
  const policy = 'table inet f { chain i hook input priority filter policy accept { accept } }\n';
  const question = { name: 'filter', text: `any ${words}` };
  const { value } = loadPolicy({ name: 'p.hook', text: policy }, 'hook', { question });
  if (!value?.question) throw new Error('a condition that was read is there');
  const made = ownTableText({
    name: 'own',
    filter: value.question,
    direction,
    isOwned: true,
    lease: 30,
    tracksConnections: true,
  });
  return made.value ?? made.diagnostics[0]?.message ?? '';
}
