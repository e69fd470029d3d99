import { expect, test } from 'vitest';
import { laterKeys } from '../../../src/core/check/later.ts';
import { findMatch } from '../../../src/core/match/registry.ts';
import { findStatement } from '../../../src/core/statement/registry.ts';

test('no key is both compiled and refused', () => {
  expect([...laterKeys].filter((key) => findMatch(key) ?? findStatement(key))).toEqual([]);
});
