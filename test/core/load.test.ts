// The kind of a policy text is told by its content.
import { expect, test } from 'vitest';
import { detectKind, loadPolicy } from '../../src/core/load.ts';

function kindOf(text: string, name = 'policy'): string {
  return detectKind({ name, text });
}

test('nft text has lines of its own', () => {
  const body =
    'table inet t {\n  chain c {\n    type filter hook input priority filter; policy drop;\n  }\n}\n';
  expect(kindOf(body)).toBe('nft');
  expect(kindOf('#!/usr/sbin/nft -f\ntable inet t {\n}\n')).toBe('nft');
  expect(kindOf('flush ruleset\n')).toBe('nft');
  expect(kindOf('add rule inet t c accept\n')).toBe('nft');
  expect(kindOf('define wan = "eth0"\n')).toBe('nft');
  expect(kindOf('table ip t {\n  set s {\n    type ipv4_addr\n  }\n}\n')).toBe('nft');
});

test('what is called a policy, or looks like one, is one', () => {
  const head =
    'table inet t {\n  chain c type filter hook input priority filter policy drop {\n    accept\n  }\n}\n';
  expect(kindOf(head)).toBe('hook');
  expect(kindOf('let wan = "eth0"\nset admins : address = { 10.0.0.1 }\n')).toBe('hook');
  expect(kindOf('flush ruleset\n', 'rules.hook')).toBe('hook');
  expect(kindOf('*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n')).toBe('iptables-save');
  expect(kindOf('{"nftables": []}')).toBe('nft-json');
});

test('nft text is a policy', () => {
  const text =
    'add table ip t\nadd chain ip t c { type filter hook input priority 0; }\nadd rule ip t c tcp dport 22 accept\n';
  const { value, diagnostics } = loadPolicy({ name: 'rules.nft', text });
  expect(diagnostics).toEqual([]);
  expect(value?.ruleSet.tables[0]?.chains[0]?.rules[0]?.parts.map(({ kind }) => kind)).toEqual([
    'match',
    'statement',
  ]);
});
