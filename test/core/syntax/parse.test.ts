// The tree of a policy, and what the parser says of texts that are none. Most mistakes are in fixtures/error.
import { describe, expect, test } from 'vitest';
import type { Chain, Item, PolicyFile, Rule } from '../../../src/core/syntax/ast.ts';
import { parsePolicy } from '../../../src/core/syntax/parse.ts';
import type { Element, Term } from '../../../src/core/syntax/term.ts';
import { textOf } from '../../../src/core/text/source.ts';

/** The tree of a text that must be right. */
function parsed(text: string): PolicyFile {
  const { file, diagnostics } = parsePolicy({ name: 'test.hook', text });
  expect(diagnostics).toEqual([]);
  return file;
}

function itemOf<Kind extends Item['kind']>(text: string, kind: Kind): Extract<Item, { kind: Kind }> {
  const item = parsed(text).items.find((one): one is Extract<Item, { kind: Kind }> => one.kind === kind);
  if (!item) throw new Error(`no ${kind} in the tree`);
  return item;
}

function chainOf(text: string): Chain {
  const chain = itemOf(`table t {\n${text}\n}`, 'table').items.find((one) => one.kind === 'chain');
  if (!chain) throw new Error('no chain in the tree');
  return chain;
}

/** The rules of a chain as they were written. */
function rulesOf(lines: string): readonly string[] {
  return chainOf(`chain c {${lines}}`).rules.map(({ span }) => textOf(span));
}

/** The kinds and texts of the terms of one rule. */
function termsOf(line: string): readonly string[] {
  const [rule] = chainOf(`chain c { ${line} }`).rules;
  return rule?.kind === 'rule' ? rule.terms.map(describeTerm) : [];
}

function describeTerm(term: Term): string {
  if (term.kind === 'string') return `string ${term.value}`;
  if (term.kind === 'set-reference') return `@${term.name.text}`;
  if (term.kind === 'number') return `number ${term.value}`;
  return term.kind === 'braces'
    ? `{${term.elements.map(describeElement).join()}}`
    : `${term.kind} ${term.text}`;
}

function describeElement({ terms, mapped = [] }: Element): string {
  return [terms, mapped].map((some) => some.map(describeTerm).join(' ')).join(':');
}

describe('names', () => {
  const words = [
    'table',
    'chain',
    'set',
    'let',
    'host',
    'test',
    'in',
    'hook',
    'drop',
    'policy',
    'type',
    'when',
    'map',
  ];

  test.each(words)('`%s` names a table, a chain, a set and a constant', (word) => {
    const { items } = parsed(
      `table ${word} { chain ${word} { jump ${word} }\n set ${word} : ${word} }\nlet ${word} = 1`,
    );
    expect(items).toMatchObject([
      {
        kind: 'table',
        name: { text: word },
        items: [{ name: { text: word } }, { kind: 'set', name: { text: word } }],
      },
      { kind: 'let', name: { text: word } },
    ]);
  });

  test.each(words)('`%s` is a family before a name', (word) => {
    expect(itemOf(`table ${word} let { }`, 'table')).toMatchObject({
      family: { text: word },
      name: { text: 'let' },
    });
  });
});

describe('chain heads', () => {
  test('every clause', () => {
    const chain = chainOf('chain c type nat hook ingress device "eth0" priority filter - 5 policy drop { }');
    expect(chain).toMatchObject({
      type: { text: 'nat' },
      hook: { text: 'ingress' },
      devices: [{ value: 'eth0' }],
      priority: { base: { text: 'filter' }, offset: -5 },
      policy: { text: 'drop' },
    });
  });

  test.each([
    ['filter', { base: { text: 'filter' }, offset: 0 }],
    ['mangle + 1', { base: { text: 'mangle' }, offset: 1 }],
    ['-150', { offset: -150 }],
    ['0', { offset: 0 }],
    ['policy', { base: { text: 'policy' }, offset: 0 }],
  ])('priority %s', (text, expected) => {
    expect(chainOf(`chain c hook input priority ${text} { }`).priority).toMatchObject(expected);
  });
});

describe('statements', () => {
  test('end at a newline of either kind, a `;` or a brace', () => {
    expect(rulesOf('\naccept\r\ndrop;return # why\n\n;; log ')).toEqual(['accept', 'drop', 'return', 'log']);
  });

  test.each([
    'a \\\n b',
    'a .\n b',
    'a ==\n\n b',
    'a -> # why\n b',
    'a(b,\n c\n)',
    'a {\n b\n c }',
    'a { b\n, c }',
    'a,\nb',
  ])('go on in the next line: %j', (line) => {
    expect(rulesOf(`${line} ; accept`)).toEqual([line, 'accept']);
  });

  test('a block with lines', () => {
    const { statements } = itemOf(
      'host gw {\n interface "a" { address 10.0.0.1/24 ; mtu 9000 }\n route default\n}',
      'host',
    );
    expect(statements.map(({ terms, block }) => [terms.map(describeTerm).join(' '), block?.length])).toEqual([
      ['word interface string a', 2],
      ['word route word default', undefined],
    ]);
  });
});

describe('terms', () => {
  test.each([
    ['tcp dport 0x16', ['word tcp', 'word dport', 'number 22']],
    ['@admins "a \\"b\\\\"', ['@admins', 'string a "b\\']],
    ['{ 22, 80 : jump x }', []],
    ['vmap { 22, 80 : jump x }', ['word vmap', '{number 22:,number 80:word jump word x}']],
    ['x { 1 . 2\n 3,\n { 4 } }', ['word x', '{number 1 mark . number 2:,number 3:,{number 4:}:}']],
    [
      '::1 02:00:00:00:00:01 1d 10.0.0.300',
      ['ipv6 ::1', 'mac 02:00:00:00:00:01', 'duration 1d', 'ipv4 10.0.0.300'],
    ],
    ['! [ ] < -', []],
    ['! [ ] < a', ['mark !', 'mark [', 'mark ]', 'mark <', 'word a']],
  ])('%s', (line, expected) => {
    if (expected.length > 0) expect(termsOf(line)).toEqual(expected);
    else
      expect(parsePolicy({ name: '', text: `table t { chain c { ${line} } }` }).diagnostics).toHaveLength(1);
  });
});

test('the type of a set may be a concatenation', () => {
  expect(itemOf('set s : address . port', 'set').type?.text).toBe('address . port');
});

test('what stands at the top level', () => {
  const text =
    'zone a = { interface "x" ; address y }\npolicy from a to b {\n  accept\n}\nlet x = 1\ninclude "a"\nmap m : port -> mark = { 1 : 2 }\nassert "a" { never accept tcp dport { 22 } }';
  const { items } = parsed(text);
  expect(items.map((item) => item.kind)).toEqual(['zone', 'policy', 'let', 'include', 'map', 'assert']);
  expect(rulesOf(' when tcp dport { 22 } { accept\n drop }\n accept')).toEqual([
    'when tcp dport { 22 } { accept\n drop }',
    'accept',
  ]);
});

test('comments are kept, with their places', () => {
  const { comments } = parsed('# one \r\nlet a = 1 # two\n#');
  expect(comments.map(({ text, span }) => [text, span.start])).toEqual([
    ['# one', 0],
    ['# two', 18],
    ['#', 24],
  ]);
});

/** The codes of all problems of a text. */
function codesOf(text: string): readonly string[] {
  return parsePolicy({ name: '', text }).diagnostics.map(({ code }) => code);
}

describe('texts that are no policy', () => {
  test.each(['', '\n', '\ufeff', '# nothing\n', ' ;\r\n;'])('%j is an empty one', (text) => {
    expect(parsed(text).items).toEqual([]);
  });

  test('a binary file is one problem', () => {
    expect(codesOf('\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0>\0')).toEqual(['HK1011']);
    expect(codesOf('t\0a\0b\0l\0e\0 \0')).toEqual(['HK1011']);
  });

  test('control characters in comments are no problem, however short the text is', () => {
    expect(codesOf('#\x85\x85\x85\n')).toEqual([]);
  });

  test('a NUL in a text is one problem', () => {
    expect(codesOf('table inet filter { chain input { accept \0 } }')).toEqual(['HK1010']);
  });

  test('of very many mistakes the first are told', () => {
    const codes = codesOf('table inet t { chain c { accept ( } }\n'.repeat(150));
    expect(codes.at(-1)).toBe('HK1015');
    expect(codes.length).toBeLessThanOrEqual(101);
  });

  test('a text of 100 million characters is refused', () => {
    expect(codesOf('a '.repeat(50_000_000))).toEqual(['HK1012']);
  });

  test.each(['{', '}', '(', '"\n', '5x ', 'chain\n'])('many of %j are shown up to a limit', (piece) => {
    expect(codesOf(piece.repeat(20_000)).length).toBeLessThanOrEqual(101);
  });

  test('a mistake costs its own rule only', () => {
    const { file, diagnostics } = parsePolicy({
      name: '',
      text: 'table t {\n chain c {\n accept\n tcp { 1; 2 }\n drop\n }\n chain {\n 5x\n }\n chain d { log "x\n accept }\n}\n',
    });
    expect(diagnostics).toHaveLength(4);
    const [table] = file.items;
    const chains = table?.kind === 'table' ? table.items : [];
    const rules = chains.map((one) =>
      one.kind === 'chain' ? one.rules.filter((rule): rule is Rule => rule.kind === 'rule') : [],
    );
    expect(rules.map((some) => some.map(({ span }) => textOf(span)))).toEqual([
      ['accept', 'drop'],
      ['accept'],
    ]);
  });
});
