// Import and trace of real rule sets against what a verified tool says of them.
import { describe, expect, test } from 'vitest';
import { hasCases, readCases, scoreLines } from './cases.ts';
import { checkClosures, closureCase } from './semantics.ts';

const file = 'semantics-closures.jsonl';

describe.skipIf(!hasCases(file))(`${file} (skipped where ../shared/conformance is not there)`, () => {
  test('what the lower list accepts passes, what the upper list drops does not', () => {
    const results = readCases(file, closureCase).map((one) => checkClosures(one, 400));
    console.log(scoreLines(file, results).join('\n'));
    expect(results.filter(({ problem }) => problem !== undefined)).toEqual([]);
  });
});
