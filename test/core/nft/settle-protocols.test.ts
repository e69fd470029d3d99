// Rules about several protocols are put such that nft 1.0.6 takes them, or refused with the reason.
import { expect, test } from 'vitest';
import { compile } from '../../../src/core/compile.ts';
import { policyOf } from '../../support/policy.ts';

function compiled(rule: string, family = 'inet') {
  const chain = 'type filter hook forward priority filter';
  const text = `table ${family} t {\nset seen : ipv4_addr timeout\nchain "c" ${chain} {\n${rule}\nip saddr @seen drop\n}\n}\n`;
  const { value, diagnostics } = compile(policyOf(text).ruleSet, 'nft');
  return value === undefined
    ? diagnostics.map(({ message }) => message)
    : (value.split('\n').at(-5) ?? '').trim();
}

test.each([
  ['meta l4proto { tcp, udp } tcp dport 22', 'tcp dport 22 meta l4proto { tcp, udp }'],
  [
    'meta l4proto { tcp, udp } ct state new tcp dport 22',
    'ct state new tcp dport 22 meta l4proto { tcp, udp }',
  ],
  ['ct protocol tcp icmp code 3', 'icmp code port-unreachable ct protocol tcp'],
  [
    'meta nfproto { ipv4, ipv6 } ip daddr 10.0.0.1',
    'meta nfproto { ipv4, ipv6 } meta nfproto ipv4 ip daddr 10.0.0.1',
  ],
  [
    'meta nfproto { ipv6, ipv4 } counter ip ttl 5',
    'meta nfproto { ipv6, ipv4 } counter packets 0 bytes 0 meta nfproto ipv4 ip ttl 5',
  ],
  ['ip ttl 5 vlan id 7', 'ip ttl 5 ether type vlan vlan id 7'],
])('%s', (rule, expected) => {
  expect(compiled(`${rule} accept`)).toBe(`${expected} accept`);
});

/** Conditions on frames are in tables of one IP version, too. */
test.each([
  ['ether daddr 02:00:00:00:00:01 vlan id 7', 'ether daddr 02:00:00:00:00:01 ether type vlan vlan id 7'],
  ['vlan id 7 ether daddr 02:00:00:00:00:01', 'vlan id 7 ether daddr 02:00:00:00:00:01'],
  [
    'ether daddr . vlan id { 02:00:00:00:00:01 . 7 }',
    'ether type vlan ether daddr . vlan id { 02:00:00:00:00:01 . 7 }',
  ],
])('in a table of IPv4: %s', (rule, expected) => {
  expect(compiled(`${rule} accept`, 'ip')).toBe(`${expected} accept`);
});

test.each([
  ['udp dport 22 reject with tcp reset', 'it looks in the headers of udp and tcp, and no packet has both'],
  [
    'icmp-type-code "any" dccp dport 80 drop',
    'it looks in the headers of icmp and dccp, and no packet has both',
  ],
  [
    'meta l4proto { tcp, udp } counter tcp dport 22',
    'nft 1.0.6 takes what is tested of the protocol for the only one that is left, and refuses to look into its header behind that',
  ],
])('%s', (rule, why) => {
  expect(compiled(rule)).toEqual([`rule 1 of chain \`c\` in table \`inet t\` cannot be said in nft: ${why}`]);
});
