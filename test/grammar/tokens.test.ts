// How texts fall into tokens.
import { Lexer } from 'chevrotain';
import { describe, expect, test } from 'vitest';
import { allTokens, tokenize } from '../../grammar/tokens.ts';

/** The tokens of a text as `kind:text`. */
function kinds(text: string): readonly string[] {
  return tokenize(text).tokens.map(({ tokenType, image }) => `${tokenType.name}:${image}`);
}

describe('literals', () => {
  test.each([
    ['10.0.0.300', ['Ipv4:10.0.0.300']],
    ['10.0.0.0/33', ['Ipv4:10.0.0.0', 'Operator:/', 'Number:33']],
    ['10/minute', ['Number:10', 'Operator:/', 'Word:minute']],
    ['syn / syn,ack', ['Word:syn', 'Operator:/', 'Word:syn', 'Comma:,', 'Word:ack']],
    ['10.0.0.1-10.0.0.9', ['Ipv4:10.0.0.1', 'Minus:-', 'Ipv4:10.0.0.9']],
    ['2001:db8::1-2001:db8::9', ['Ipv6:2001:db8::1', 'Minus:-', 'Ipv6:2001:db8::9']],
    ['1024-65535', ['Number:1024', 'Minus:-', 'Number:65535']],
    ['a . b', ['Word:a', 'Dot:.', 'Word:b']],
    ['8080 : 10.0.0.2 . 80', ['Number:8080', 'Colon::', 'Ipv4:10.0.0.2', 'Dot:.', 'Number:80']],
    ['[2001:db8::1]:80', ['Bracket:[', 'Ipv6:2001:db8::1', 'Bracket:]', 'Colon::', 'Number:80']],
    ['198.51.100.9:40000', ['Ipv4:198.51.100.9', 'Colon::', 'Number:40000']],
    [':: -> ::', ['Ipv6:::', 'Arrow:->', 'Ipv6:::']],
    ['a->b', ['Word:a', 'Arrow:->', 'Word:b']],
    ['02:00:00:00:00:01', ['Mac:02:00:00:00:00:01']],
    ['fe80::1/64', ['Ipv6:fe80::1', 'Operator:/', 'Number:64']],
    ['30s 1d12h 500ms', ['Duration:30s', 'Duration:1d12h', 'Duration:500ms']],
    ['0x1F 0', ['Number:0x1F', 'Number:0']],
    ['"a \\"b\\" \\\\"', ['String:"a \\"b\\" \\\\"']],
    ['@admins', ['SetReference:@admins']],
  ])('%s', (text, expected) => {
    expect(kinds(text)).toEqual(expected);
  });
});

describe('what begins no token is one bad token', () => {
  test.each([
    ['5abc', 'BadNumber'],
    ['10.0.0.1x', 'BadNumber'],
    ['"a\tb"', 'BadString'],
    ['"a\\qb"', 'BadString'],
    ['"a\u2028b"', 'BadString'],
    ['"a\nb"', 'MultilineString'],
    ['"a', 'UnclosedString'],
    ['\0\x07', 'ControlCharacter'],
    ['é€', 'BadCharacter'],
    ['‘a’', 'BadCharacter'],
    ['@', 'BadCharacter'],
  ])('%j', (text, expected) => {
    expect(kinds(text)).toEqual([`${expected}:${text}`]);
  });

  test('a quote that is open at the end of its line costs that line only', () => {
    expect(kinds('log "a\nlog "b"')).toEqual([
      'Word:log',
      'UnclosedString:"a',
      'Newline:\n',
      'Word:log',
      'String:"b"',
    ]);
  });
});

describe('keywords', () => {
  test('a keyword is one only as a whole word', () => {
    expect(kinds('table tables table-1 settle')).toEqual([
      'Table:table',
      'Word:tables',
      'Word:table-1',
      'Word:settle',
    ]);
  });
});

test('the tokens do not contradict each other', () => {
  const { lexerDefinitionErrors } = new Lexer([...allTokens], { deferDefinitionErrorsHandling: true });
  expect(lexerDefinitionErrors).toEqual([]);
});

test('long texts of any kind are read in one go', () => {
  const pieces = ['"\\"', '\n\t', 'a-', '1.', '1d', 'a:', '"', '\\', '\r\n', '(', '{'];
  for (const piece of pieces) expect(tokenize(piece.repeat(300_000)).errors).toEqual([]);
});
