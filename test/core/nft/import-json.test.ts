import { describe, expect, test } from 'vitest';
import { importNftJson } from '../../../src/core/nft/import-json.ts';
import { locationOf } from '../../../src/core/text/source.ts';

const table = { table: { family: 'ip', name: 't', handle: 1 } };
const chain = { chain: { family: 'ip', table: 't', name: 'c', handle: 2 } };

function dump(...items: readonly object[]) {
  const lines = items.map((item) => JSON.stringify(item)).join(',\n');
  return importNftJson({ name: 'dump.json', text: `{"nftables": [\n${lines}\n]}` });
}

function set(name: string, more: object) {
  return { set: { family: 'ip', table: 't', name, type: 'ipv4_addr', ...more } };
}

function rule(...expr: readonly object[]) {
  return { rule: { family: 'ip', table: 't', chain: 'c', handle: 9, expr } };
}

test('reads tables, chains, base chains and rules in order', () => {
  const input = {
    chain: { family: 'ip', table: 't', name: 'in', type: 'filter', hook: 'input', prio: 5, policy: 'drop' },
  };
  const { value, diagnostics } = dump(table, chain, input, rule({ drop: null }), rule({ accept: null }));
  expect(diagnostics).toEqual([]);
  expect(value?.tables).toMatchObject([
    {
      family: 'ip',
      name: 't',
      chains: [
        { name: 'c', rules: [{ handle: 9, parts: [{ key: 'drop' }] }, { parts: [{ key: 'accept' }] }] },
        { name: 'in', base: { type: 'filter', hook: 'input', priority: 5, policy: 'drop' } },
      ],
      opaque: [],
    },
  ]);
});

test('a base chain without a policy is one that accepts', () => {
  const input = { family: 'ip', table: 't', name: 'in', type: 'filter', hook: 'input', prio: 0 };
  const { value } = dump(table, { add: { chain: input } });
  expect(value?.tables).toMatchObject([{ chains: [{ base: { policy: 'accept' } }], opaque: [] }]);
});

test('a rule stands at its line of the dump', () => {
  const { value } = dump(table, chain, rule({ drop: null }));
  const span = value?.tables[0]?.chains[0]?.rules[0]?.span;
  expect(span && locationOf(span)).toEqual({ file: 'dump.json', line: 4, column: 1 });
});

test('keeps what it does not understand, and says so once', () => {
  const strange = { match: { op: '==', left: { meta: { key: 'nftrace' } }, right: 3 } };
  const { value, diagnostics } = dump(table, chain, rule(strange), rule(strange), rule({ accept: null }));
  expect(value?.tables[0]?.chains[0]?.rules[0]?.parts).toMatchObject([
    { kind: 'opaque', origin: 'nft', role: 'match', content: strange, text: 'meta nftrace 3' },
  ]);
  expect(diagnostics.map(({ code, message }) => [code, message])).toEqual([
    ['HK5508', '2 of 3 rules hold something that is not understood, first `meta nftrace 3`'],
  ]);
});

test.each([
  [{ counter: { fresh: 1 } }, 'statement'],
  [{ 'ct count': { val: 3, fresh: 1 } }, 'match'],
  [{ vmap: { key: { meta: { key: 'nftrace' } }, data: '@m' } }, 'unknown'],
  [
    { mangle: { key: { 'tcp option': { name: 'window', field: 'count' } }, value: { frob: 7 } } },
    'statement',
  ],
  [
    { mangle: { key: { payload: { protocol: 'ip', field: 'daddr' } }, value: { frob: '10.0.0.1' } } },
    'unknown',
  ],
  [{ fresh: { from: 'a newer nft' } }, 'unknown'],
  [
    { set: { op: 'add', elem: { payload: {} }, set: '@s', stmt: [{ limit: { rate: 1, per: 'second' } }] } },
    'match',
  ],
])('knows of %j how it may end a rule', (statement, role) => {
  const { value } = dump(table, chain, rule(statement));
  expect(value?.tables[0]?.chains[0]?.rules[0]?.parts).toMatchObject([{ kind: 'opaque', role }]);
});

test('reads sets, and which of them change while packets pass', () => {
  const { value } = dump(
    table,
    chain,
    set('known', { flags: ['interval'], elem: ['10.0.0.1', { prefix: { addr: '10.1.0.0', len: 16 } }] }),
    set('timed', { flags: ['timeout'], elem: ['10.0.0.1'] }),
    set('learned', { size: 9 }),
    rule({ set: { op: 'add', elem: { payload: { protocol: 'ip', field: 'saddr' } }, set: '@learned' } }),
  );
  expect(value?.tables[0]?.sets).toMatchObject([
    {
      name: 'known',
      elements: {
        ranges: [
          { lo: 0x0a000001n, hi: 0x0a000001n },
          { lo: 0x0a010000n, hi: 0x0a01ffffn },
        ],
      },
    },
    { name: 'timed', flags: ['timeout'] },
    { name: 'learned', flags: ['dynamic'], size: 9, elements: { ranges: [] } },
  ]);
  expect(value?.tables[0]?.opaque.map(({ text }) => text)).toEqual([]);
});

test('counters belong to the rule, the upper half of 64 bits as nft prints it', () => {
  const { value } = dump(table, chain, rule({ counter: { packets: -616, bytes: 7 } }));
  const counters = { packets: 18446744073709551000n, bytes: 7n };
  expect(value?.tables[0]?.chains[0]?.rules[0]?.counters).toEqual(counters);
});

function element(...elem: number[]) {
  return { element: { family: 'ip', table: 't', name: 's', elem } };
}

test('commands that add make a rule set, after a deletion too', () => {
  const ports = set('s', { type: 'inet_service', elem: [21] });
  const { value, diagnostics } = dump(
    { flush: { ruleset: null } },
    ...[table, { table: { family: 'ip', name: 'old' } }].map((add) => ({ add })),
    { delete: table },
    { delete: { table: { family: 'ip', name: 'old' } } },
    ...[table, chain, ports, element(22), element(23, 24), rule({ accept: null })].map((add) => ({ add })),
  );
  expect(diagnostics).toEqual([]);
  expect(value?.tables).toMatchObject([
    {
      name: 't',
      chains: [{ rules: [{}] }],
      sets: [{ elements: { ranges: [21n, 22n, 23n, 24n].map((port) => ({ lo: port, hi: port })) } }],
    },
  ]);
});

describe('refuses', () => {
  const base = { family: 'ip', table: 't', name: 'c', type: 'filter', hook: 'input', prio: 0 };
  test.each<[string, readonly object[], string, number]>([
    ['another schema version', [{ metainfo: { json_schema_version: 2 } }], 'HK5503', 2],
    ['a string for a priority', [table, { chain: { ...base, prio: 'filter' } }], 'HK5507', 3],
    ['a strange hook', [table, { chain: { ...base, hook: 'inpu' } }], 'HK5502', 3],
    ['a base chain without priority', [table, { chain: { ...base, prio: undefined } }], 'HK5502', 3],
    ['a family that does not exist', [{ table: { family: 'ipx', name: 't' } }], 'HK5502', 2],
    ['a table twice', [table, table], 'HK5505', 3],
    ['a chain twice', [table, chain, chain], 'HK5505', 4],
    ['a chain without its table', [chain], 'HK5506', 2],
    ['a rule without its chain', [table, rule()], 'HK5506', 3],
    ['a jump to nowhere', [table, chain, rule({ jump: { target: 'x' } })], 'HK5506', 4],
    ['a rule before others', [table, chain, { add: { rule: { ...rule().rule, index: 1 } } }], 'HK5504', 4],
    ['a command for what is loaded', [{ insert: rule() }], 'HK5504', 2],
    ['deleting a chain', [table, { delete: chain }], 'HK5504', 3],
    ['two keys', [{ ...table, ...chain }], 'HK5502', 2],
    ['no object', [{ table: 5 }], 'HK5502', 2],
  ])('%s', (_what, items, code, line) => {
    const { value, diagnostics } = dump(...items);
    expect(value).toBeUndefined();
    expect(diagnostics[0]).toMatchObject({ code });
    expect(diagnostics[0]?.span && locationOf(diagnostics[0].span).line).toBe(line);
  });

  test.each(['{}', '[]', '7', '{"nftables": {}}', '{"nftables": [7]}'])('%s', (text) => {
    expect(importNftJson({ name: 'x', text }).diagnostics).toMatchObject([{ code: 'HK5502' }]);
  });

  test('a thousand rules of a missing chain in one diagnostic', () => {
    expect(dump(table, ...Array.from({ length: 1000 }, () => rule())).diagnostics).toHaveLength(1);
  });
});
