// Cutting a line of iptables-restore into words, and writing words so that they stay words.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { writeWords } from '../../../src/core/iptables/words.ts';
import { splitWords } from '../../../src/core/text/words.ts';

function split(line: string): readonly string[] {
  return splitWords(line, 0, line.length).words.map(({ text }) => text);
}

test.each([
  ['-A INPUT  -j\tDROP', ['-A', 'INPUT', '-j', 'DROP']],
  ['--comment "a b"', ['--comment', 'a b']],
  ['--comment ""', ['--comment', '']],
  ['"a \\" \\\\ b" c', ['a " \\ b', 'c']],
  // A quote may open inside a word, and its end is the end of the word.
  ['a"b c"d', ['ab c', 'd']],
  // Single quotes and backslashes outside of quotes are ordinary characters.
  ["'a b' c\\d", ["'a", "b'", 'c\\d']],
])('%s', (line, words) => {
  expect(split(line)).toEqual(words);
});

test('an open quote is reported where it begins, and goes on to the end', () => {
  expect(splitWords('-j LOG "abc d', 0, 13)).toMatchObject({
    words: [{ text: '-j' }, { text: 'LOG' }, { text: 'abc d' }],
    open: 7,
  });
});

test('words have the place where they stand', () => {
  const line = 'x -m "a b"';
  const places = splitWords(line, 2, line.length).words.map(({ start, end }) => line.slice(start, end));
  expect(places).toEqual(['-m', '"a b"']);
});

test.each([
  [['--comment', 'plain-1_x'], '--comment plain-1_x'],
  [['--comment', 'dot.'], '--comment "dot."'],
  [['--log-prefix', `a'"\\`], `--log-prefix "a\\'\\"\\\\"`],
  [['-s', '10.0.0.0/8'], '-s 10.0.0.0/8'],
  [['--name', 'a b'], '--name "a b"'],
])('%j is written as iptables-save does', (words, text) => {
  expect(writeWords(words)).toBe(text);
});

test('whatever is written is read as the same words', () => {
  const word = fc.string({
    unit: fc.constantFrom('a', 'b', '-', '!', ' ', '"', "'", '\\', '#', ':', 'é', '\t'),
  });
  fc.assert(
    fc.property(fc.array(word), (words) => {
      expect(split(writeWords(words))).toEqual(words);
    }),
  );
});
