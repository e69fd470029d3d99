import { describe, expect, test } from 'vitest';
import type { Chain, Part, Rule, RuleSet, Table } from '../../../src/core/ir/ruleset.ts';
import { emitNftJson } from '../../../src/core/nft/emit-json.ts';
import { emitNftText } from '../../../src/core/nft/emit-text.ts';

function ruleSet(table: Partial<Table>): RuleSet {
  return { tables: [{ family: 'ip', name: 't', chains: [], sets: [], opaque: [], ...table }] };
}

function chain(name: string, ...rules: readonly (readonly Part[])[]): Chain {
  return { name, rules: rules.map((parts): Rule => ({ parts })) };
}

function nft(content: unknown): Part {
  return { kind: 'opaque', origin: 'nft', role: 'unknown', content, text: 'something' };
}

const accept: Part = { kind: 'statement', key: 'accept', args: {} };

test('a document replaces its own tables, and what is referred to comes first', () => {
  const set = {
    name: 's',
    type: 'ipv4_addr',
    elements: { kind: 'ranges', ranges: [{ lo: 0x0a000000n, hi: 0x0affffffn }] },
  } as const;
  const base = { type: 'filter', hook: 'input', priority: -5, policy: 'drop' } as const;
  const first = { ...chain('in', [accept]), base };
  expect(emitNftJson(ruleSet({ chains: [first, chain('later')], sets: [set] })).value).toBe(`{"nftables": [
  {"metainfo": {"json_schema_version": 1}},
  {"add": {"table": {"family": "ip", "name": "t"}}},
  {"delete": {"table": {"family": "ip", "name": "t"}}},
  {"add": {"table": {"family": "ip", "name": "t"}}},
  {"add": {"chain": {"family": "ip", "table": "t", "name": "in", "type": "filter", "hook": "input", "prio": -5, "policy": "drop"}}},
  {"add": {"chain": {"family": "ip", "table": "t", "name": "later"}}},
  {"add": {"set": {"family": "ip", "table": "t", "name": "s", "type": "ipv4_addr", "flags": ["interval"], "elem": [{"prefix": {"addr": "10.0.0.0", "len": 8}}]}}},
  {"add": {"rule": {"family": "ip", "table": "t", "chain": "in", "expr": [{"accept": null}]}}}
]}
`);
  expect(emitNftText(ruleSet({ chains: [first], sets: [set] })).value).toBe(`table ip t
delete table ip t
table ip t {
	set s {
		type ipv4_addr
		flags interval
		elements = { 10.0.0.0/8 }
	}

	chain in {
		type filter hook input priority -5; policy drop;
		accept
	}
}
`);
});

describe('names', () => {
  test.each([
    ['fwd', undefined, 'HK4504'],
    ['a b', undefined, 'HK4502'],
    ['a}b', undefined, 'HK4502'],
    ['in', undefined, undefined],
    ['', 'HK4502', 'HK4502'],
    ['a\nb', 'HK4502', 'HK4502'],
    ['n'.repeat(255), undefined, undefined],
    ['é'.repeat(128), 'HK4502', 'HK4502'],
  ])('%j', (name, inJson, inText) => {
    const given = ruleSet({ chains: [chain(name)] });
    for (const [emit, code] of [
      [emitNftJson, inJson],
      [emitNftText, inText],
    ] as const) {
      const { value, diagnostics } = emit(given);
      const errors = diagnostics.filter(({ severity }) => severity === 'error').map((one) => one.code);
      expect(errors).toEqual(code ? [code] : []);
      expect(value === undefined).toBe(code !== undefined);
    }
  });
});

test.each([
  ['x'.repeat(128), undefined, undefined],
  ['x'.repeat(129), undefined, 'HK4503'],
  ['x'.repeat(254), 'HK4503', 'HK4503'],
  ['say "no"', undefined, 'HK4503'],
  ['two\nlines', undefined, 'HK4503'],
])('comment %j', (text, inJson, inText) => {
  const given = ruleSet({ chains: [chain('c', [{ kind: 'match', key: 'comment', args: { text } }])] });
  expect(emitNftJson(given).diagnostics.map(({ code }) => code)).toEqual(inJson ? [inJson] : []);
  expect(emitNftText(given).diagnostics.map(({ code }) => code)).toEqual(inText ? [inText] : []);
});

test('what only iptables can say is an error that names the rule', () => {
  const words: Part = {
    kind: 'opaque',
    origin: 'iptables',
    role: 'match',
    content: ['-m', 'x'],
    text: '-m x',
  };
  const { value, diagnostics } = emitNftJson(ruleSet({ chains: [chain('c', [accept], [words, accept])] }));
  expect(value).toBeUndefined();
  expect(diagnostics).toMatchObject([
    { code: 'HK4501', message: expect.stringContaining('rule 2 of chain `c` in table `ip t`') },
  ]);
});

describe('nothing breaks out of nft text', () => {
  const evil = 'x"; } flush ruleset; #';
  test.each([
    [{ log: { prefix: evil } }],
    [{ log: { prefix: 'the $value' } }],
    [{ match: { op: '==', left: { meta: { key: 'iifname' } }, right: evil } }],
    [{ match: { op: '==', left: { meta: { key: evil } }, right: 1 } }],
    [{ match: { op: evil, left: { meta: { key: 'mark' } }, right: 1 } }],
    [{ jump: { target: evil } }],
    [{ counter: evil }],
    [{ reject: { type: evil } }],
    [{ match: { op: '==', left: { meta: { key: 'mark' } }, right: '@a b' } }],
    [{ log: { prefix: 'a', future: 1 } }],
    [{ unheard: { of: 1 } }],
  ])('%j', (statement) => {
    const given = ruleSet({ chains: [chain('c', [nft(statement)])] });
    expect(emitNftText(given)).toMatchObject({ value: undefined, diagnostics: [{ code: 'HK4505' }] });
    expect(emitNftJson(given).diagnostics).toEqual([]);
  });
});

test('a base chain at ingress needs a device', () => {
  const base = { type: 'filter', hook: 'ingress', priority: 0, policy: 'accept' } as const;
  const given = (device?: string) =>
    ruleSet({
      family: 'netdev',
      chains: [{ name: 'c', rules: [], base: { ...base, ...(device && { devices: [device] }) } }],
    });
  expect(emitNftJson(given()).diagnostics).toMatchObject([{ code: 'HK4506' }]);
  expect(emitNftJson(given('lo')).value).toContain('"dev": "lo"');
});
