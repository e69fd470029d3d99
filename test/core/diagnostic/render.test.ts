// Diagnostics as text and as JSON. How whole texts look is in fixtures/error.
import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { diagnostic } from '../../../src/core/diagnostic/diagnostic.ts';
import { diagnosticToJson } from '../../../src/core/diagnostic/json.ts';
import { renderDiagnostic, renderDiagnostics } from '../../../src/core/diagnostic/render.ts';
import type { Source, Span } from '../../../src/core/text/source.ts';

const plain = { color: false };

/** Where `part` stands in a text. */
function spanOf(source: Source, part: string): Span {
  const start = source.text.indexOf(part);
  return { source, start, end: start + part.length };
}

/** The line that is shown and the one under it, for a span over `part`. */
function underlined(text: string, part: string): readonly string[] {
  const source = { name: 'a.hook', text };
  return renderDiagnostic(diagnostic('HK6030', 'm', { span: spanOf(source, part) }), plain)
    .split('\n')
    .slice(3, 5);
}

test('without a place there is only the message and the help', () => {
  expect(renderDiagnostic(diagnostic('HK6030', 'no such thing', { help: 'try another' }), plain)).toBe(
    'error[HK6030]: no such thing\n = help: try another',
  );
});

test('labels, in the same line, in another and in another file', () => {
  const source = { name: 'a.hook', text: 'one two\nthree\n\n\nfour\n' };
  const other = { name: 'b.hook', text: 'five' };
  const labels = ['one', 'four'].map((part) => ({ span: spanOf(source, part), message: `is ${part}` }));
  const details = {
    span: spanOf(source, 'two'),
    labels: [...labels, { span: spanOf(other, 'five'), message: 'is five' }],
  };
  expect(renderDiagnostic(diagnostic('HK6030', 'm', details), plain)).toBe(
    [
      'error[HK6030]: m',
      ' --> a.hook:1:5',
      '  |',
      '1 | one two',
      '  |     ^^^',
      '  | --- is one',
      '...',
      '5 | four',
      '  | ---- is four',
      ' ::: b.hook:1:1',
      '  |',
      '1 | five',
      '  | ---- is five',
    ].join('\n'),
  );
});

test.each([
  ['\tlet\tx', 'x', ['1 |     let    x', '  |            ^']],
  ['日本 x', 'x', ['1 | 日本 x', '  |      ^']],
  ['x 日本', '日本', ['1 | x 日本', '  |   ^^^^']],
  ['e\u0301 x', 'x', ['1 | e\u0301 x', '  |   ^']],
  ['👍 x', 'x', ['1 | 👍 x', '  |    ^']],
  ['a\u001b[31mb x', 'x', ['1 | a\ufffd[31mb x', '  |         ^']],
  ['a\u202eb x', 'x', ['1 | a\ufffdb x', '  |     ^']],
  ['one\ntwo', 'ne\ntw', ['1 | one', '  |  ^^']],
])('%j is underlined below', (text, part, expected) => {
  expect(underlined(text, part)).toEqual(expected);
});

test('a long line is cut around the place', () => {
  const [line = '', under = ''] = underlined(`${'a '.repeat(1000)}HERE${' b'.repeat(1_000_000)}`, 'HERE');
  expect(line).toMatch(/^1 \| ….* HERE .*…$/);
  expect(line.length).toBeLessThan(120);
  expect(under.indexOf('^^^^')).toBe(line.indexOf('HERE'));
});

test('a long place is cut too', () => {
  const [line = '', under = ''] = underlined(`x ${'y'.repeat(500)}`, 'y'.repeat(500));
  expect(line.length).toBeLessThan(120);
  expect(under.length).toBeLessThan(120);
});

test('a message cannot send anything but text to the terminal', () => {
  expect(renderDiagnostic(diagnostic('HK6030', 'a\u001b[31m\nb\u0000'), plain)).toBe(
    'error[HK6030]: a\ufffd[31m\ufffdb\ufffd',
  );
});

test('colour is around the parts and changes nothing else', () => {
  const source = { name: 'a.hook', text: 'one two' };
  const one = diagnostic('HK6030', 'm', {
    span: spanOf(source, 'two'),
    help: 'h',
    labels: [{ span: spanOf(source, 'one'), message: 'l' }],
  });
  const colored = renderDiagnostic(one, { color: true });
  expect(colored).toContain('\u001b[1;31merror[HK6030]\u001b[0m');
  expect(stripVTControlCharacters(colored)).toBe(renderDiagnostic(one, plain));
});

test('a list is in the order of the places and counted', () => {
  const [a, b] = ['a.hook', 'b.hook'].map((name) => ({ name, text: 'one two' }));
  if (!a || !b) throw new Error('two sources');
  const list = [
    diagnostic('HK6030', 'fourth', { span: spanOf(b, 'one') }),
    diagnostic('HK6030', 'third', { span: spanOf(a, 'two'), severity: 'warning' }),
    diagnostic('HK6030', 'second', { span: spanOf(a, 'one') }),
    diagnostic('HK6030', 'first'),
  ];
  const text = renderDiagnostics(list, plain);
  expect(text.match(/first|second|third|fourth/g)).toEqual(['first', 'second', 'third', 'fourth']);
  expect(text.endsWith('\n\n3 errors, 1 warning\n')).toBe(true);
  expect(renderDiagnostics([], plain)).toBe('');
});

test('as JSON, offsets are lines and columns', () => {
  const source = { name: 'a.hook', text: 'one\ntwo' };
  const labels = [{ span: spanOf(source, 'one'), message: 'l' }];
  expect(
    diagnosticToJson(diagnostic('HK6030', 'm', { span: spanOf(source, 'two'), labels, help: 'h' })),
  ).toEqual({
    code: 'HK6030',
    severity: 'error',
    message: 'm',
    file: 'a.hook',
    line: 2,
    column: 1,
    endLine: 2,
    endColumn: 4,
    labels: [{ message: 'l', file: 'a.hook', line: 1, column: 1, endLine: 1, endColumn: 4 }],
    help: 'h',
  });
  expect(diagnosticToJson(diagnostic('HK6030', 'm'))).toEqual({
    code: 'HK6030',
    severity: 'error',
    message: 'm',
    labels: [],
  });
});
