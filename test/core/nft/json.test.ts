// The model of nft's JSON: what it takes, what it refuses and where, and what it keeps.
import fc from 'fast-check';
import { describe, expect, expectTypeOf, test } from 'vitest';
import {
  parseNftables,
  type Ruleset,
  readNftables,
  type Statement,
  writeNftables,
} from '../../../src/core/nft/json.ts';
import { anyMutation, valueAt } from '../../arbitrary/json-mutation.ts';
import {
  documentOf,
  nftJsonDocuments,
  refusedStatements,
  statementPath,
} from '../../support/nft-json-fixture.ts';

const documents = nftJsonDocuments.flatMap(({ name, load, lists }) => [
  { name, document: { nftables: load } },
  ...(lists ? [{ name: `${name}, listed`, document: { nftables: lists } }] : []),
]);

describe('fixtures/nft-json', () => {
  test.each(documents)('$name', ({ document }) => {
    expect(parseNftables(document, { strict: true })).toEqual({ success: true, document });
    const read = readNftables(JSON.stringify(document), { strict: true });
    expect(read.success && JSON.parse(writeNftables(read.document))).toEqual(document);
  });

  test.each(refusedStatements)('$statement is refused', ({ statement, at }) => {
    const result = parseNftables(documentOf(statement));
    expect(result.success || result.problems[0]?.path).toEqual([...statementPath, ...at]);
  });

  test('there is one of every statement, expression, object and command', () => {
    const shown = JSON.stringify(documents);
    expect(keysOfTheModel.filter((key) => !shown.includes(`{${JSON.stringify(key)}:`))).toEqual([]);
  });
});

const keysOfTheModel = [
  ...'accept drop continue return jump goto match mangle vmap snat dnat masquerade redirect reject'.split(
    ' ',
  ),
  ...'log notrack queue dup fwd tproxy synproxy set map meter flow reset secmark tunnel xt'.split(' '),
  ...'counter limit quota last concat prefix range elem | ^ & << >> payload exthdr meta osf ipsec'.split(' '),
  ...'socket rt ct numgen jhash symhash fib table chain rule element flowtable'.split(' '),
  ...'add create insert replace delete destroy list rename flush metainfo ruleset tables'.split(' '),
  'ct count',
  'ct helper',
  'ct timeout',
  'ct expectation',
  'tcp option',
  'ip option',
  'sctp chunk',
  'dccp option',
];

describe('what the model does not know', () => {
  const unknown = {
    nftables: [
      { table: { family: 'inet', name: 't', mood: 'good' } },
      {
        rule: {
          family: 'inet',
          table: 't',
          chain: 'c',
          expr: [{ frobnicate: { knob: 1n } }, { match: { op: '==', left: { astrology: null }, right: 1 } }],
        },
      },
      { weather: { sky: 'blue' } },
    ],
  };

  test('is kept', () => {
    const result = parseNftables(unknown);
    expect(result.success && result.document).toBe(unknown);
    expect(result.success && writeNftables(result.document)).toContain('"frobnicate": {"knob": 1}');
  });

  test('is told by its place if that is asked for', () => {
    const result = parseNftables(unknown, { strict: true });
    expect(result.success || result.problems.map(({ path }) => path.slice(1).join('.'))).toEqual([
      '0.table.mood',
      '1.rule.expr.0.frobnicate',
      '1.rule.expr.1.match.left.astrology',
      '2.weather',
    ]);
  });
});

test.each([
  [{ nftables: [{ table: { family: 'ipx', name: 't' } }] }, ['nftables', 0, 'table', 'family']],
  [
    { nftables: [{ add: { chain: { family: 'ip', table: 't', name: 'c', prio: 'filter' } } }] },
    ['nftables', 0, 'add', 'chain', 'prio'],
  ],
  [{ nftables: [5] }, ['nftables', 0]],
  [{}, ['nftables']],
  [null, []],
])('tells where %j is wrong', (document, path) => {
  const result = parseNftables(document);
  expect(result.success || result.problems[0]?.path).toEqual(path);
});

test('a text that is no JSON, or nests without end, is refused', () => {
  expect(readNftables('{"nftables": [').success).toBe(false);
  const deep: unknown = JSON.parse(`${'[['.repeat(2000)}${']]'.repeat(2000)}`);
  expect(parseNftables({ nftables: [documentOf({ reset: deep })] }).success).toBe(false);
});

test('a number of any size survives', () => {
  const text =
    '{"nftables": [{"counter": {"family": "ip", "table": "t", "name": "c", "bytes": 18446744073709551615}}]}';
  const read = readNftables(text);
  expect(read.success && writeNftables(read.document)).toBe(text);
});

test('a statement is narrowed by its key, and a rule set can be written down', () => {
  const rules: Ruleset = documentOfType;
  const [item] = rules.nftables;
  const statements = item && 'rule' in item ? (item.rule.expr ?? []) : [];
  for (const statement of statements)
    if ('match' in statement) expectTypeOf(statement.match.op).toExtend<string>();
  expectTypeOf<Extract<Statement, { match: unknown }>['match']['left']>().not.toBeAny();
  expect(statements).toHaveLength(2);
});

const documentOfType: Ruleset = {
  nftables: [
    {
      rule: {
        family: 'inet',
        table: 'filter',
        chain: 'input',
        expr: [
          {
            match: {
              op: '==',
              left: { payload: { protocol: 'tcp', field: 'dport' } },
              right: { set: [22, 80] },
            },
          },
          { accept: null },
        ],
      },
    },
  ],
};

describe('a change of one place', () => {
  const anyDocument = fc.constantFrom(...documents.map(({ document }) => document));
  const anyChange = anyDocument.chain((document) => anyMutation(document));

  test('is found there, if it is found', () => {
    fc.assert(
      fc.property(anyChange, ({ changed, path }) => {
        const result = parseNftables(changed, { strict: true });
        for (const problem of result.success ? [] : result.problems)
          expect(isNear(problem.path, path), `${problem.path.join('.')} for ${path.join('.')}`).toBe(true);
      }),
    );
  });

  test('is found where a key has another name', () => {
    fc.assert(
      fc.property(anyChange, ({ changed, path, kind }) => {
        fc.pre(kind === 'rename' && !isOpen(path));
        expect(parseNftables(changed, { strict: true }).success).toBe(false);
        expect(valueAt(changed, path)).toBeUndefined();
      }),
    );
  });
});

/** On the way to the place, or behind its last object. */
function isNear(found: readonly PropertyKey[], changed: readonly PropertyKey[]): boolean {
  const shared = found.findIndex((key, index) => key !== changed[index]);
  return shared === -1 || shared >= changed.length - 1;
}

/** What stands there has names of its own. */
function isOpen(path: readonly PropertyKey[]): boolean {
  return path
    .slice(0, -1)
    .some((key, index) => ['xt', 'policy'].includes(String(key)) || (key === 'tunnel' && index > 2));
}
