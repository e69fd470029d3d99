// What who compiles is told of the proof: nothing where it holds, and otherwise what is wrong, with a packet.
import { describe, expect, test } from 'vitest';
import { gapsBetween } from '../../../src/core/analyse/proof/align.ts';
import { areEqual } from '../../../src/core/analyse/proof/compiled.ts';
import { proofProblems } from '../../../src/core/analyse/proof/problems.ts';
import { type BackEnd, compile } from '../../../src/core/compile.ts';
import { textOf } from '../../../src/core/text/source.ts';
import { policyOf } from '../../support/policy.ts';

const policy = `table inet filter {
  chain input hook input priority filter policy drop {
    ct state established,related accept
    iif { lan0, mgmt0 } tcp dport { 22, 443 } accept
    ip saddr 10.0.0.0/8 udp dport 53 jump dns
    ct state new limit 10/minute log prefix "new " drop
  }
  chain dns { ip daddr 10.0.0.53 accept; meta mark set 7 }
}`.replaceAll('; ', '\n');

const { ruleSet } = policyOf(policy);

function textFor(to: BackEnd): string {
  const { value } = compile(ruleSet, to);
  if (value === undefined) throw new Error(to);
  return value;
}

describe.each(['nft', 'nft-json', 'iptables', 'ip6tables'] as const)('compiled to %s', (to) => {
  test('what is proved says nothing', () => {
    expect(proofProblems(ruleSet, to, textFor(to))).toEqual([]);
  });
});

test.each([
  ['nft', /tcp dport \{ 22, 443 \} accept/, 'tcp dport { 22, 444 } accept'],
  ['nft', /ct state established,related accept/, 'ct state established accept'],
  ['nft', /policy drop/, 'policy accept'],
  ['nft', /ip daddr 10\.0\.0\.53 accept/, 'ip daddr 10.0.0.53 drop'],
  ['iptables', /-A INPUT .*--dport 53 .*\n/, ''],
  ['iptables', /-d 10\.0\.0\.53(?:\/32)? /, ''],
  ['iptables', /:INPUT DROP/, ':INPUT ACCEPT'],
] as const)('in a text for %s, %s in place of %s is found (HK4011)', (to, what, instead) => {
  const text = textFor(to);
  const changed = text.replace(what, instead);
  expect(changed).not.toBe(text);
  const [problem, ...others] = proofProblems(ruleSet, to, changed);
  expect(others).toEqual([]);
  expect(problem?.code).toBe('HK4011');
});

test('a packet shows what is otherwise', () => {
  const [problem] = proofProblems(ruleSet, 'nft', textFor('nft').replace('22, 443', '443'));
  expect(problem?.example?.packet).toMatch(/^in (?:lan0|mgmt0) local tcp .*:22 syn$/);
  expect(problem?.example?.outcome).toMatch(/accept.* by the policy, and drop.* by nft$/);
});

test('a text that no tool reads is told by its line (HK4010)', () => {
  const [problem] = proofProblems(ruleSet, 'nft', textFor('nft').replace('dport', 'dbort'));
  expect(problem).toMatchObject({ code: 'HK4010', message: expect.stringContaining('dbort') });
});

test.each([
  ['arp operation request drop', 'this needs `arp`'],
  ['ct original proto-dst 22 accept', 'needs to know the transport protocol'],
])('a rule that nft refuses is told by its line of the policy: %s (HK4014)', (rule, why) => {
  const text = `table inet t {\n  chain c hook prerouting priority 0 {\n    ${rule}\n  }\n}\n`;
  const { ruleSet: refused } = policyOf(text);
  const [problem] = proofProblems(refused, 'nft', compile(refused, 'nft').value ?? '');
  expect(problem).toMatchObject({ code: 'HK4014', message: expect.stringContaining(why) });
  expect(problem?.span && textOf(problem.span)).toBe(rule);
});

test('counters of several rules that stand for one are not proved, and that is said (HK4012)', () => {
  const balanced = policyOf(`table ip nat {
  chain PREROUTING type nat hook prerouting priority -100 {
    tcp dport 80 dnat to numgen inc mod 3 map { 0 : 10.0.0.2, 1 : 10.0.0.3, 2 : 10.0.0.4 }
  }
}`).ruleSet;
  const { value = '' } = compile(balanced, 'iptables');
  expect(proofProblems(balanced, 'iptables', value).map(({ code, severity }) => [code, severity])).toEqual([
    ['HK4012', 'note'],
  ]);
});

test.each([
  ['a network for another one', 'ip daddr 198.51.100.0/24 netmap to 10.9.0.0/24'],
  ['a group of interfaces', 'meta iifgroup != 3 tcp dport 22 accept'],
  ['some bits of such a group', 'meta iifgroup & 0x3 == 0x1 accept'],
])('%s is proved in whichever words', (_, rule) => {
  const { ruleSet: said } = policyOf(`table ip nat {
  chain PREROUTING type nat hook prerouting priority -100 { ${rule} }
}`);
  for (const to of ['nft', 'iptables'] as const)
    expect(proofProblems(said, to, compile(said, to).value ?? '')).toEqual([]);
});

test('a nat chain is the one of iptables, whatever its priority', () => {
  const { ruleSet: late } = policyOf(`table inet t {
  chain c type nat hook prerouting priority 50 { tcp dport 80 dnat to 10.0.0.2 }
}`);
  expect(proofProblems(late, 'iptables', compile(late, 'iptables').value ?? '')).toEqual([]);
});

test('rule sets are equal if they do the same, however they say it', () => {
  const swapped = policyOf(policy.replace('{ lan0, mgmt0 }', '{ mgmt0, lan0 }')).ruleSet;
  expect(areEqual(ruleSet, swapped)).toBe(true);
  expect(areEqual(ruleSet, policyOf(policy.replace('10.0.0.53', '10.0.0.54')).ruleSet)).toBe(false);
});

function gaps(one: string, other: string) {
  return gapsBetween(one.split(''), other.split(''));
}

test('gaps are as short as what is the same allows', () => {
  expect(gaps('abcd', 'abcd')).toEqual([]);
  expect(gaps('abcd', 'abxcd')).toEqual([{ one: [2, 2], other: [2, 3] }]);
  expect(gaps('abcd', 'axxd')).toEqual([{ one: [1, 3], other: [1, 3] }]);
  expect(gaps('ab', '')).toEqual([{ one: [0, 2], other: [0, 0] }]);
});
