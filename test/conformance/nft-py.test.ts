// nftables' own test cases: through text and through JSON, each rule is listed as nft lists it.
import { describe, expect, test } from 'vitest';
import { lacksCases, type Result, readCases, scoreLines } from './cases.ts';
import { nftCase, runJson, runText } from './nft-py.ts';

const file = 'nft-py-1.0.6.jsonl';

function failures(run: (one: ReturnType<typeof nftCase.parse>) => Result | undefined): readonly string[] {
  const results = readCases(file, nftCase).flatMap((one) => run(one) ?? []);
  const [score, ...failed] = scoreLines(file, results);
  process.stdout.write(`${score}\n`);
  return failed;
}

describe.skipIf(lacksCases(file))(file, () => {
  test('text is listed as nft lists it, and refused where nft refuses it', () => {
    expect(failures(runText)).toEqual([]);
  });

  test('JSON is emitted as it was imported', () => {
    expect(failures(runJson)).toEqual([]);
  });
});
