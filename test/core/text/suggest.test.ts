// Did-you-mean.
import fc from 'fast-check';
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

test('finds what trying every way to change the words finds', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'C', '_'), maxLength: 12 });
  fc.assert(
    fc.property(word, fc.array(word), (written, candidates) => {
      expect(suggest(written, candidates)).toBe(plainly(written, candidates));
    }),
    { numRuns: 2000 },
  );
});

/** The plain way: all distances, the first of the nearest. */
function plainly(word: string, candidates: readonly string[]): string | undefined {
  const limit = Math.max(1, Math.floor(word.length / 3));
  const distances = candidates.map((one) => distanceOf(word.toLowerCase(), one.toLowerCase()));
  const least = Math.min(...distances);
  return least <= limit ? candidates[distances.indexOf(least)] : undefined;
}

/** Optimal string alignment by its definition: how both end decides what is left to do. */
function distanceOf(left: string, right: string): number {
  if (left === '' || right === '') return left.length + right.length;
  const known = distances.get(`${left} ${right}`);
  if (known !== undefined) return known;
  const [a, b] = [left.slice(0, -1), right.slice(0, -1)];
  const swaps = left.at(-1) === b.at(-1) && a.at(-1) === right.at(-1) && a !== '' && b !== '';
  const distance = Math.min(
    distanceOf(a, right) + 1,
    distanceOf(left, b) + 1,
    distanceOf(a, b) + (left.at(-1) === right.at(-1) ? 0 : 1),
    swaps ? distanceOf(a.slice(0, -1), b.slice(0, -1)) + 1 : Infinity,
  );
  distances.set(`${left} ${right}`, distance);
  return distance;
}

const distances = new Map<string, number>();

test('thousands of unknown words among thousands of names are no trouble', () => {
  const names = Array.from({ length: 50 }, (_, at) => `${'a'.repeat(5000)}${at}`);
  expect(names.map((name) => suggest(name.replaceAll('a', 'b'), names))).toEqual(names.map(() => undefined));
});
