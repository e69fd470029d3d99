// The arguments of `npm run fuzz`.
import { expect, test } from 'vitest';
import { readOptions } from './options.ts';

test('numbers and a folder are taken', () => {
  const args = ['--count', '5', '--seed', '0', '--jobs', '2', '--into', 'there'];
  expect(readOptions(args)).toEqual({ count: 5, seed: 0, jobs: 2, into: 'there' });
});

test('help is asked for', () => {
  expect(readOptions(['--help'])).toBe('help');
});

test.each([
  [['--cuont', '5'], /--cuont/],
  [['--count', 'many'], /--count takes a whole number from 1, not `many`/],
  [['--jobs', '0'], /--jobs takes a whole number from 1, not `0`/],
  [['--seed', '-1'], /--seed/],
  [['five'], /five/],
])('%j is refused', (args, problem) => {
  expect(readOptions(args)).toEqual({ problem: expect.stringMatching(problem) });
});
