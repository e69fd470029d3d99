import { readCases, scoreLines } from '/work/main/test/conformance/cases.ts';
import {
  fromUpstream,
  fromWild,
  runIptablesCase,
  upstreamCase,
  wildCase,
} from '/work/main/test/conformance/ipt.ts';

const up = readCases('ipt-t-1.8.9.jsonl', upstreamCase)
  .filter((c) => c.gold_legacy)
  .map(fromUpstream);
const ok = up.filter((c) => c.save !== null),
  fail = up.filter((c) => c.save === null);
for (const [name, cases] of [
  ['ok', ok],
  ['FAIL', fail],
  ['wild', readCases('rule-strings-apache.jsonl', wildCase).map(fromWild)],
] as const)
  console.log(scoreLines(name, cases.map(runIptablesCase)).join('\n'));
