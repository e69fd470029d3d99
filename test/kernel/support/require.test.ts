import { expect, test } from 'vitest';
import { missingOf } from './require.ts';

test('names each program that is not installed', () => {
  const missing = missingOf(['sh', 'no-such-program', 'nor-this']);
  expect(missing.filter((what) => what !== 'root')).toEqual(['`no-such-program`', '`nor-this`']);
});

test('asks for root where there is none', () => {
  expect(missingOf([]).includes('root')).toBe(process.getuid?.() !== 0);
});
