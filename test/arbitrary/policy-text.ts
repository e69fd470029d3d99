// Texts for the reader of policies: any text at all, words of the language in any order, policies that are right in
// shape but laid out at random, and such policies with a piece cut out or put in.
import fc from 'fast-check';

/** Words, literals and marks, also half ones. */
const words = [
  ...'table chain set let def zone service host test hook policy priority type device when map inet filter accept tcp br-lan'.split(
    ' ',
  ),
  ...'@admins "eth*" "\\" " 22 0x1f 5x 10.0.0.1 10.0.0.0/8 2001:db8::1 :: 02:00:00:00:00:01 1d12h'.split(' '),
  ...'{ } ( ) [ ] , : = == != < -> - + . / & ! ; \\ é \0 \r \n'.split(' '),
  '"in: "',
  '# note',
  '\\\n',
  '\r\n',
];

/** Words of the language in any order. */
export const wordSoup = fc
  .array(fc.tuple(fc.constantFrom(...words), fc.constantFrom('', ' ')), { maxLength: 60 })
  .map((list) => list.flat().join(''));

const space = fc.constantFrom(' ', '  ', '\t', ' \\\n ');
const comment = fc.constantFrom('# a', '#', '# { " é');
const end = fc.oneof(
  fc.constantFrom('\n', ';', '\n\n\n', '\r\n', ' ;;\n'),
  comment.map((text) => ` ${text}\n`),
);
const blank = fc.oneof(
  fc.constantFrom('', ' ', '\n', '\n\n'),
  comment.map((text) => `\n${text}\n`),
);
const name = fc.constantFrom(
  'input',
  'table',
  'chain',
  'let',
  'policy',
  'br-lan',
  'a.b',
  '_x',
  'drop',
  'face',
  'when',
);
const element = fc.constantFrom(
  '22',
  '1024-65535',
  '10.0.0.0/8',
  '10.0.0.1 - 10.0.0.9',
  '::1',
  '"lan0"',
  'ssh',
  '1 . 2',
);
const separator = fc.oneof(
  fc.constantFrom(',', ', ', ' ,', '\n', ',\n'),
  comment.map((text) => `, ${text}\n`),
);

function joined(
  list: fc.Arbitrary<string>,
  between: fc.Arbitrary<string>,
  maxLength: number,
): fc.Arbitrary<string> {
  return fc.array(fc.tuple(list, between), { maxLength }).map((pairs) => pairs.flat().join(''));
}

const braces = fc
  .tuple(
    blank,
    joined(
      fc.oneof(
        element,
        element.map((key) => `${key} : accept`),
      ),
      separator,
      30,
    ),
    blank,
  )
  .map((parts) => `{${parts.join('')}}`);
const term = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.constantFrom(
      'tcp',
      'dport',
      'accept',
      '@admins',
      '"in: "',
      '80',
      '30s',
      '198.51.100.9:40000',
    ),
  },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      '==',
      '!=',
      '->',
      '&',
      '/',
      '-',
      '.',
      ',',
      '(80,\n 81)',
      '[::1]:80',
      'syn,ack',
    ),
  },
  { weight: 2, arbitrary: braces },
  { weight: 1, arbitrary: comment.map((text) => `. ${text}\n 80`) },
);
const terms = joined(term, space, 8).map((rest) => `tcp ${rest}accept`);
const head = fc.constantFrom(
  '',
  'hook input',
  'type nat hook input priority dstnat - 5 policy drop',
  'priority -150',
);

function block(header: fc.Arbitrary<string>, line: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .tuple(header, blank, joined(line, end, 4), blank)
    .map(([first, before, lines, after]) => `${first} {${before}${lines}${after}}`);
}

const chain = block(
  fc.tuple(name, head).map(([its, clauses]) => `chain ${its} ${clauses}`),
  fc.oneof(
    { weight: 9, arbitrary: terms },
    { weight: 1, arbitrary: fc.constant('when tcp dport { 22 } { accept ; drop }') },
  ),
);
const set = fc.tuple(name, braces).map(([its, elements]) => `set ${its}:port= ${elements}`);
const constant = fc.tuple(name, fc.oneof(element, braces)).map(([its, value]) => `let ${its} = ${value}`);
const table = block(
  name.map((its) => `table inet ${its}`),
  fc.oneof(chain, set, constant),
);
const statement = fc.constantFrom(
  'on gw',
  'packet in "wan0" tcp 1.1.1.1:1 -> 2.2.2.2:80 syn',
  'expect accept,drop',
);
const host = block(fc.constant('host gw'), block(fc.constant('interface "lan0"'), statement));
const test = block(fc.constant('test "it works"'), statement);
const zone = block(
  fc.constantFrom('zone lan', 'zone lan ='),
  fc.constantFrom('interface "a", "b*"', 'address b'),
);
const service = fc.constantFrom('service web = { tcp 80, ping }', 'service x={ }');
const between = block(
  fc.constantFrom('policy from a to b', 'policy from a,b to self'),
  fc.oneof(terms, fc.constantFrom('default drop', 'f({1,2}, a )', 'from zone a service web accept')),
);
const definition = block(fc.constantFrom('def f( )', 'def f(a, b:address)'), terms);
const later = fc.constantFrom('include "a"', 'gateway g { clamp mss ; x { y } }');

/** Policies without a mistake, laid out at random. */
export const policyText = joined(
  fc.oneof(table, set, constant, host, test, zone, service, between, definition, later),
  end,
  4,
);

/** Policies with a piece cut out and something else put in its place. */
export const brokenPolicyText = fc
  .tuple(policyText, fc.nat(2000), fc.nat(20), fc.constantFrom('', ...words))
  .map(
    ([text, at, count, instead]) =>
      text.slice(0, at % (text.length + 1)) + instead + text.slice((at % (text.length + 1)) + count),
  );
