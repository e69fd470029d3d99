import { expect, test } from 'vitest';
import { fold } from '../../../src/cli/report/fold.ts';

test('breaks between words', () => {
  expect(fold('tcp 10.0.0.5:51000 -> 198.51.100.7:443', 20)).toBe('tcp 10.0.0.5:51000\n-> 198.51.100.7:443');
});

test('breaks a word that is wider than the column, and loses nothing of it', () => {
  expect(fold('snat [2001:db8::1234:5678]:51000', 12)).toBe('snat\n[2001:db8::1\n234:5678]:51\n000');
});

test('leaves alone what fits', () => {
  expect(fold('', 5)).toBe('');
  expect(fold('a b c', 5)).toBe('a b c');
});
