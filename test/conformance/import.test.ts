// Real rule sets as policies: read back, each is the rule set that it was written from, and iptables is told the same.
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { compile } from '../../src/core/compile.ts';
import type { RuleSet } from '../../src/core/ir/ruleset.ts';
import { loadPolicy, type PolicyKind } from '../../src/core/load.ts';
import { importNftText } from '../../src/core/nft/text-import/import.ts';
import { writePolicy } from '../../src/core/policy-text/write-policy.ts';
import { bare, counting } from '../support/bare.ts';
import { lacksCases, type Result, readCases, scoreLines } from './cases.ts';
import { nftCase } from './nft-py.ts';
import { closureCase, readableDump } from './semantics.ts';

function load(text: string, kind?: PolicyKind): RuleSet {
  const { value, diagnostics } = loadPolicy({ name: 'dump', text }, kind);
  if (!value) throw new Error(diagnostics.map(({ message }) => message).join('; '));
  return value.ruleSet;
}

function written(ruleSet: RuleSet, fold: boolean): string {
  const { value, diagnostics } = writePolicy(ruleSet, { origin: 'a dump', fold });
  if (value === undefined) throw new Error(diagnostics.map(({ message }) => message).join('; '));
  return value;
}

/** The text without its comments. */
function compiled(ruleSet: RuleSet, family: 'ip' | 'ip6'): string | undefined {
  return compile(ruleSet, family === 'ip' ? 'iptables' : 'ip6tables').value?.replace(/^#.*\n/gm, '');
}

/** Through a policy and back, plain and folded. */
function checkReturn(id: string, dump: string, family: 'ip' | 'ip6'): Result {
  try {
    const ruleSet = load(dump);
    const text = compiled(ruleSet, family);
    expect(bare(load(written(ruleSet, false), 'hook'))).toEqual(bare(counting(ruleSet)));
    expect(text).toBeDefined();
    expect(compiled(load(written(ruleSet, true), 'hook'), family)).toBe(text);
    return { id, problem: undefined };
  } catch (problem) {
    return { id, problem: String(problem).split('\n')[0] };
  }
}

function expectAll(file: string, results: readonly Result[]): void {
  console.log(scoreLines(`${file} through a policy`, results).join('\n'));
  expect(results.filter(({ problem }) => problem !== undefined)).toEqual([]);
}

const closures = 'semantics-closures.jsonl';

test.skipIf(lacksCases(closures))(closures, () => {
  const cases = readCases(closures, closureCase);
  expectAll(
    closures,
    cases.map((one) => checkReturn(one.id, readableDump(one), 'ip')),
  );
});

const nftRules = 'nft-py-1.0.6.jsonl';

test.skipIf(lacksCases(nftRules))(nftRules, () => {
  const cases = readCases(nftRules, nftCase).filter(({ gold, expect: wanted }) => gold && wanted === 'ok');
  const results = cases.map(({ id, family, table, chain, preamble, rule }): Result => {
    const text = [...preamble, `add rule ${family} ${table} ${chain} ${rule}`, ''].join('\n');
    const { value: ruleSet } = importNftText({ name: id, text });
    if (!ruleSet) return { id, problem: undefined };
    try {
      expect(bare(load(written(ruleSet, false), 'hook'))).toEqual(bare(ruleSet));
      return { id, problem: undefined };
    } catch (problem) {
      return { id: `${id} \`${rule}\``, problem: String(problem).split('\n')[0] };
    }
  });
  expectAll(nftRules, results);
});

const pairs = 'docker-pairs.jsonl';
const pair = z.object({
  id: z.string(),
  family: z.enum(['ip', 'ip6']),
  iptables_save: z.string(),
  nft: z.string(),
});

describe.skipIf(lacksCases(pairs))(pairs, () => {
  test('nft is told the same after a way through a policy', () => {
    const results = readCases(pairs, pair).map(({ id, nft }): Result => {
      const { value: ruleSet } = importNftText({ name: id, text: nft });
      if (!ruleSet) return { id, problem: 'not read' };
      const { value: before } = compile(ruleSet, 'nft-json');
      const { value: after } = compile(load(written(ruleSet, false), 'hook'), 'nft-json');
      return { id, problem: before !== undefined && before === after ? undefined : 'other JSON' };
    });
    expectAll(`${pairs}, nft`, results);
  });

  test('through a policy, and the very text comes back', () => {
    const results = readCases(pairs, pair).map(({ id, family, iptables_save }): Result => {
      const result = checkReturn(id, iptables_save, family);
      return result.problem === undefined &&
        compiled(load(iptables_save), family) !== `${iptables_save.trimEnd()}\n`
        ? { id, problem: 'another text' }
        : result;
    });
    expectAll(pairs, results);
  });
});
