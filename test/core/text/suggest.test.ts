// Did-you-mean.
import { expect, test } from 'vitest';
import { suggest } from '../../../src/core/text/suggest.ts';

const words = ['accept', 'drop', 'reject', 'established', 'dport', 'sport'];

test.each([
  ['acept', 'accept'],
  ['dorp', 'drop'],
  ['REJECT', 'reject'],
  ['estabilshed', 'established'],
  ['dprt', 'dport'],
])('%s means %s', (word, meant) => {
  expect(suggest(word, words)).toBe(meant);
});

test('a word that is like nothing gets no suggestion', () => {
  expect(suggest('masquerade', words)).toBeUndefined();
  expect(suggest('x', words)).toBeUndefined();
  expect(suggest('', words)).toBeUndefined();
});

test('of equally near candidates the first is taken', () => {
  expect(suggest('port', ['sport', 'dport'])).toBe('sport');
});
