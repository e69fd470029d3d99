// Configuration files that were changed at random: nothing throws, nothing hangs, and each problem has its place.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readHostFiles } from '../../../src/core/host-config/read.ts';
import { splitFiles } from '../../support/host-files.ts';

const root = join(import.meta.dirname, '../../../fixtures/host');
const noise = [
  '',
  ' ',
  '\n',
  '=',
  '[',
  ']',
  '"',
  '{',
  ':',
  '/',
  '-',
  '%',
  '\\',
  '999999999999',
  'ü',
  '#',
  '\t',
  '::',
];

for (const format of readdirSync(root))
  describe(format, () => {
    test.each(readdirSync(join(root, format)))('%s', (name) => {
      const files = splitFiles(readFileSync(join(root, format, name), 'utf8'));
      fc.assert(
        fc.property(
          fc.nat(),
          fc.nat(),
          fc.nat({ max: 12 }),
          fc.constantFrom(...noise),
          (which, at, cut, put) => {
            const chosen = which % files.length;
            const changed = files.map((file, index) => {
              const start = at % (file.text.length + 1);
              const text = `${file.text.slice(0, start)}${put}${file.text.slice(start + cut)}`;
              return index === chosen ? { ...file, text } : file;
            });
            const { value, diagnostics } = readHostFiles(changed, 'machine');
            if (!value) expect(diagnostics.some(({ severity }) => severity === 'error')).toBe(true);
            for (const { span, message } of diagnostics) expect(span, message).toBeDefined();
          },
        ),
        { numRuns: 60 },
      );
    });
  });
