// Import and trace of real rule sets against what a verified tool says of them.
import { describe, expect, test } from 'vitest';
import { lacksCases, readCases, scoreLines } from './cases.ts';
import { checkClosures, closureCase, proveClosures } from './semantics.ts';

const file = 'semantics-closures.jsonl';

/** At the borders of the rules of each case. */
const packets = 400;

describe.skipIf(lacksCases(file))(file, () => {
  test('what the lower list accepts passes, what the upper list drops does not', () => {
    const cases = readCases(file, closureCase);
    const begun = performance.now();
    const results = cases.map((one) => checkClosures(one, packets));
    const seconds = (performance.now() - begun) / 1000;
    const speed = `${packets} packets each, ${Math.round((packets * cases.length) / seconds)} pairs/s`;
    console.log([...scoreLines(file, results), speed].join('\n'));
    expect(results.filter(({ problem }) => problem !== undefined)).toEqual([]);
  });

  test('the same of all packets at once', () => {
    const results = readCases(file, closureCase).map(proveClosures);
    console.log(scoreLines(`${file}, all packets`, results).join('\n'));
    expect(results.filter(({ problem }) => problem !== undefined)).toEqual([]);
  });
});
