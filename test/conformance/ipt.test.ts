// Rules of iptables come back as iptables-save prints them, and what iptables refuses is refused.
import { describe, expect, test } from 'vitest';
import { hasCases, lacksCases, type Result, readCases, scoreLines } from './cases.ts';
import { fromUpstream, fromWild, type IptablesCase, runIptablesCase, upstreamCase, wildCase } from './ipt.ts';

const upstream = 'ipt-t-1.8.9.jsonl';
const wild = 'rule-strings-apache.jsonl';

function passed(file: string, cases: readonly IptablesCase[]): number {
  const results: readonly Result[] = cases.map(runIptablesCase);
  console.log(scoreLines(file, results).join('\n'));
  return results.filter(({ problem }) => problem === undefined).length;
}

describe.skipIf(lacksCases(upstream))(upstream, () => {
  const cases = hasCases(upstream)
    ? readCases(upstream, upstreamCase)
        .filter((one) => one.gold_legacy)
        .map(fromUpstream)
    : [];

  test('sound rules come back byte for byte', () => {
    const sound = cases.filter(({ save }) => save !== null);
    expect(passed(`${upstream}, sound`, sound)).toBeGreaterThanOrEqual(888);
  });

  test('rules that iptables refuses are refused', () => {
    const refused = cases.filter(({ save }) => save === null);
    expect(passed(`${upstream}, refused`, refused)).toBeGreaterThanOrEqual(339);
  });
});

describe.skipIf(lacksCases(wild))(wild, () => {
  test('sound rules come back byte for byte', () => {
    expect(passed(wild, readCases(wild, wildCase).map(fromWild))).toBeGreaterThanOrEqual(373);
  });
});
