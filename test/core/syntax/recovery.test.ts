// Each file in fixtures/recovery has three mistakes that have nothing to do with each other, in lines that say `# wrong`:
// each of them is found, and nothing else is said.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hasErrors } from '../../../src/core/diagnostic/diagnostic.ts';
import { renderDiagnostics } from '../../../src/core/diagnostic/render.ts';
import { locationOf } from '../../../src/core/text/source.ts';
import { diagnose } from '../../support/diagnose.ts';

const folder = join(import.meta.dirname, '../../../fixtures/recovery');

describe('three mistakes give three diagnostics', () => {
  test.each(readdirSync(folder))('%s', (name) => {
    const text = readFileSync(join(folder, name), 'utf8');
    const wrong = text.split('\n').flatMap((line, at) => (line.endsWith('# wrong') ? [at + 1] : []));
    const found = diagnose({ name, text });
    const lines = found.map(({ span }) => (span ? locationOf(span).line : 0)).toSorted((a, b) => a - b);
    expect(wrong.length).toBe(3);
    expect(lines, renderDiagnostics(found, { color: false })).toEqual(wrong);
    expect(found.every((one) => hasErrors([one]))).toBe(true);
  });
});
