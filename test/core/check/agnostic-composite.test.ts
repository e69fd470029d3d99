// `from` and `to` among joined fields and before `vmap` mean the fields of the IP version that their values are of.
import { expect, test } from 'vitest';
import { loadPolicy } from '../../../src/core/load.ts';
import { bare } from '../../support/bare.ts';

function rulesOf(family: string, ...rules: readonly string[]) {
  const map = 'map m : ipv4_addr -> verdict = { 10.0.0.1 : accept }';
  const text = `${map}\ntable ${family} t {\nchain c hook input priority filter {\n${rules.join('\n')}\n}\n}\n`;
  const { value, diagnostics } = loadPolicy({ name: 'policy.hook', text }, 'hook');
  if (!value) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return bare(value.ruleSet);
}

test.each<[string, string, readonly string[]]>([
  ['inet', 'from vmap { 10.0.0.1 : accept }', ['ip saddr vmap { 10.0.0.1 : accept }']],
  [
    'inet',
    'to vmap { 10.0.0.1 : accept, 2001:db8::1 : drop, default : continue }',
    [
      'ip daddr vmap { 10.0.0.1 : accept, default : continue }',
      'ip6 daddr vmap { 2001:db8::1 : drop, default : continue }',
    ],
  ],
  [
    'inet',
    'tcp dport . from { 22 . 10.0.0.1, 80 . 2001:db8::/32 } accept',
    ['tcp dport . ip saddr { 22 . 10.0.0.1 } accept', 'tcp dport . ip6 saddr { 80 . 2001:db8::/32 } accept'],
  ],
  [
    'inet',
    'saddr . daddr { 10.0.0.1 . 10.0.0.2 } accept',
    ['ip saddr . ip daddr { 10.0.0.1 . 10.0.0.2 } accept'],
  ],
  ['inet', 'ip ttl 3 from vmap @m', ['ip ttl 3 ip saddr vmap @m']],
  ['ip', 'from vmap @m', ['ip saddr vmap @m']],
])('%s: %s', (family, rule, meant) => {
  expect(rulesOf(family, rule)).toEqual(rulesOf(family, ...meant));
});
