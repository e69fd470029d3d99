// Numbers in their short forms, at the borders between one form and the next.
import { expect, test } from 'vitest';
import { bytesText, shareText, shortCount } from '../../../src/core/report-html/number.ts';

test.each([
  [0, '0'],
  [999, '999'],
  [1000, '1k'],
  [1049, '1k'],
  [9949, '9.9k'],
  [9950, '10k'],
  [999_499, '999k'],
  [999_500, '1M'],
])('%i is %s', (count, text) => {
  expect(shortCount(count)).toBe(text);
});

test.each([
  [1023, '1023 B'],
  [1024, '1 KiB'],
  [1_048_575, '1 MiB'],
  [1_610_612_736, '1.5 GiB'],
])('%i bytes are %s', (bytes, text) => {
  expect(bytesText(bytes)).toBe(text);
});

test.each([
  [0, 5, '0 %'],
  [1, 100_000, '<1 %'],
  [99_999, 100_000, '99 %'],
  [5, 5, '100 %'],
  [0, 0, '0 %'],
])('%i of %i is %s', (part, whole, text) => {
  expect(shareText(part, whole)).toBe(text);
});
