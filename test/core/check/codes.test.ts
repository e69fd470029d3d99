import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { nameCodes } from '../../../src/core/diagnostic/codes/names.ts';
import { valueCodes } from '../../../src/core/diagnostic/codes/values.ts';

const folder = join(import.meta.dirname, '../../../fixtures/error');

test('each code of the checker has a fixture', () => {
  const all = readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('');
  const codes = Object.keys({ ...nameCodes, ...valueCodes });
  expect(codes.filter((code) => !all.includes(`[${code}]`))).toEqual([]);
});
