// Both back ends' rules of Docker mean the same to the importers and the tracer.
import { describe, expect, test } from 'vitest';
import { lacksCases, readCases, scoreLines } from './cases.ts';
import { checkPair, dockerPair, opaqueRules } from './docker.ts';

const file = 'docker-pairs.jsonl';

/** So many pairs agree at least. */
const floor = 135;

describe.skipIf(lacksCases(file))(file, () => {
  test('the same packets fare alike under both', () => {
    const pairs = readCases(file, dockerPair);
    const results = pairs.map((pair) => checkPair(pair, 200));
    expect(pairs.filter((pair) => opaqueRules(pair) > 0).map(({ id }) => id)).toEqual([]);
    console.log(scoreLines(file, results).join('\n'));
    expect(results.filter(({ problem }) => problem === undefined).length).toBeGreaterThanOrEqual(floor);
  });
});
