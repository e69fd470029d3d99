// Named sets in ipset.
import { expect, test } from 'vitest';
import { emitIpset } from '../../../src/core/iptables/ipset.ts';
import { linesOf, policy } from './support.ts';

function table(name: string, family: string, sets: string, rule: string): string {
  return `table ${family} ${name} {\n ${sets}\n chain ${name}-in hook ${name === 'b' ? 'forward' : 'input'} priority filter { ${rule} }\n}\n`;
}

test('a set is loaded beside the one in use and swapped with it', () => {
  const sets = 'set v4 : ipv4_addr = { 10.0.0.1, 10.0.1.0-10.0.1.2 }\n set unused : ipv4_addr = { 10.0.0.1 }';
  expect(
    emitIpset(policy(table('a', 'inet', sets, 'ip saddr @v4 drop'))).value,
  ).toBe(`create v4 hash:net family inet maxelem 1048576 -exist
create v4.new hash:net family inet maxelem 1048576 -exist
flush v4.new
add v4.new 10.0.0.1
add v4.new 10.0.1.0/31
add v4.new 10.0.1.2
swap v4.new v4
destroy v4.new
`);
});

test.each([
  ['ipv4_addr', '{ 0.0.0.0/0 }', 'ip saddr', ['0.0.0.0/1', '128.0.0.0/1']],
  ['ipv6_addr', '{ ::/0 }', 'ip6 daddr', ['::/1', '8000::/1']],
  ['ipv6_addr', '{ 2001:db8::/33, 2001:db8:8000::/33 }', 'ip6 saddr', ['2001:db8::/32']],
  ['port', '{ 22, 80-90, 85-95 }', 'tcp dport', ['22', '80-95']],
])('a set of %s %s', (type, elements, key, added) => {
  const text = emitIpset(policy(table('a', 'inet', `set s : ${type} = ${elements}`, `${key} @s drop`))).value;
  expect(text?.match(/(?<=^add s\.new ).*$/gm)).toEqual(added);
});

test('sets of several tables have several names, which rules use', () => {
  const long = 'a_set_whose_name_is_longer_than_ipset_allows';
  const text =
    table('a', 'inet', 'set s : ipv4_addr = { 10.0.0.1 }', 'ip saddr @s drop') +
    table(
      'b',
      'ip',
      `set s : ipv4_addr = { 10.0.0.2 }\n set ${long} : ipv4_addr = { 10.0.0.3 }`,
      `ip saddr @s ip daddr @${long} drop`,
    );
  const names = emitIpset(policy(text)).value?.match(/(?<=^swap \S+ ).*$/gm);
  expect(names).toEqual(['s', 'ip-b-s', expect.stringMatching(/^a_set_whose_name_i-[0-9a-f]{8}$/)]);
  const rules = linesOf(text).join('\n');
  for (const name of names ?? []) expect(rules).toContain(`--match-set ${name} `);
});

test('a set of a type that ipset does not have is written out in the rules', () => {
  const text = table('a', 'inet', 'set s : mark = { 1, 2 }', 'meta mark @s drop');
  expect(emitIpset(policy(text)).value).toBe('');
  expect(linesOf(text).filter((line) => line.includes('--mark'))).toEqual([
    '-A INPUT -m mark --mark 0x1 -j DROP',
    '-A INPUT -m mark --mark 0x2 -j DROP',
  ]);
});

test('what ipset can not keep beside elements is an error', () => {
  const set = 'set s : ipv4_addr {\n limit 10/minute\n elements = { 10.0.0.1 }\n }';
  const { value, diagnostics } = emitIpset(policy(table('a', 'inet', set, 'ip saddr @s drop')));
  expect(value).toBeUndefined();
  expect(diagnostics.map(({ code }) => code)).toEqual(['HK4004']);
});

test('timeouts, counters and comments go with the elements', () => {
  const set =
    'set s : ipv4_addr {\n timeout 1h\n counter\n elements = { 10.0.0.1 counter packets 3 bytes 180 timeout 30s, 10.0.0.2-10.0.0.4 comment "a few" }\n }';
  const { value } = emitIpset(policy(table('a', 'inet', set, 'ip saddr @s drop')));
  expect(value?.split('\n').filter((line) => /^(?:create|add) s\.new/.test(line))).toEqual([
    'create s.new hash:net family inet maxelem 1048576 timeout 3600 counters comment -exist',
    'add s.new 10.0.0.1 timeout 30 packets 3 bytes 180',
    'add s.new 10.0.0.2/31 comment "a few"',
    'add s.new 10.0.0.4 comment "a few"',
  ]);
});

test.each([
  ['ipv4_addr . port', 'ip saddr . tcp dport', '10.0.0.0/8 . 80-81', '10.0.0.0/8,tcp:80-81', 'src,dst'],
  ['port . ipv4_addr', 'udp dport . ip daddr', '53 . 10.0.0.1', '10.0.0.1,udp:53', 'dst,dst'],
  [
    'ipv4_addr . protocol . port',
    'ip saddr . meta l4proto . th sport',
    '10.0.0.1 . sctp . 9',
    '10.0.0.1,sctp:9',
    'src,src',
  ],
  ['ipv4_addr . ipv4_addr', 'ip daddr . ip saddr', '10.0.0.1 . 10.0.0.2', '10.0.0.1,10.0.0.2', 'dst,src'],
  [
    'ipv4_addr . ipv4_addr . port',
    'ip saddr . ip daddr . tcp dport',
    '10.0.0.1 . 10.0.0.2 . 22',
    '10.0.0.1,tcp:22,10.0.0.2',
    'src,dst,dst',
  ],
  ['ipv6_addr . interface', 'ip6 saddr . iifname', '2001:db8::/32 . "eth0"', '2001:db8::/32,eth0', 'src,src'],
])('a set of %s that %s is looked up in', (type, keys, element, added, sides) => {
  const text = table('a', 'inet', `set s : ${type} = { ${element} }`, `${keys} @s drop`);
  expect(emitIpset(policy(text)).value).toContain(`add s.new ${added} -exist\n`);
  expect([...linesOf(text), ...linesOf(text, 'ip6')].join('\n')).toContain(`--match-set s ${sides} -j DROP`);
});
