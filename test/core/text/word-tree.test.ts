// The longest name that words begin with, set against trying all names one by one.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { makeWordTree } from '../../../src/core/text/word-tree.ts';

const words = fc.array(fc.constantFrom('a', 'b', 'ab', ''), { minLength: 1, maxLength: 4 });

function longestOf(names: readonly string[], text: readonly string[]): string | undefined {
  const fitting = names.filter((name) => `${text.join(' ')} `.startsWith(`${name} `));
  return fitting.toSorted((one, other) => other.split(' ').length - one.split(' ').length)[0];
}

test('finds the name that trying all of them finds', () => {
  fc.assert(
    fc.property(fc.array(words), words, (lists, text) => {
      const names = lists.map((list) => list.join(' '));
      const tree = makeWordTree(names.map((name) => [name, name] as const));
      expect(tree.longest(text)).toBe(longestOf(names, text));
    }),
  );
});

test('keeps the first of two values of one name', () => {
  const tree = makeWordTree([
    ['a b', 1],
    ['a', 2],
    ['a b', 3],
  ] as const);
  expect(tree.longest(['a', 'b', 'c'])).toBe(1);
  expect(tree.longest(['a', 'c'])).toBe(2);
  expect(tree.longest(['b'])).toBeUndefined();
});
