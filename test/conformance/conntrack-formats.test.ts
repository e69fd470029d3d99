// The same connection is the same entry in every form.
import { describe, expect, test } from 'vitest';
import { lacksCases, readCases, scoreLines } from './cases.ts';
import { checkForms, formsCase } from './conntrack-formats.ts';

const file = 'conntrack-formats.jsonl';

describe.skipIf(lacksCases(file))(file, () => {
  test('all forms are read as equal entries', () => {
    const counts = new Map<string, number>();
    const seen = (form: string) => counts.set(form, (counts.get(form) ?? 0) + 1);
    const results = readCases(file, formsCase).map((one) => checkForms(one, seen));
    console.log(
      [...scoreLines(file, results), ...[...counts].map((pair) => `  ${pair.join(': ')}`)].join('\n'),
    );
    expect(results.filter(({ problem }) => problem !== undefined)).toEqual([]);
    expect(new Set(counts.values())).toEqual(new Set([results.length]));
  });
});
