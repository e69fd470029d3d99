// Lint of drawn rule sets: what is called unreached or redundant is taken out, and nothing changes for any packet.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { factsOf, type RuleFacts } from '../../src/core/analyse/lint/exact/facts.ts';
import { redundantLines } from '../../src/core/analyse/lint/exact/redundant.ts';
import type { Rule, RuleSet } from '../../src/core/ir/ruleset.ts';
import { loadPolicy } from '../../src/core/load.ts';
import { makeDraw } from '../../src/core/policy-test/draw.ts';
import { makePool } from '../../src/core/policy-test/pool.ts';
import { makeRandom } from '../../src/core/policy-test/random.ts';
import { outcomeKey, type Trace, trace } from '../../src/core/trace/trace.ts';
import { drawnChains, loadChain } from '../arbitrary/fixture-rules.ts';
import { gatewayPolicies } from '../arbitrary/gateways.ts';
import { withLookups } from '../arbitrary/lookups.ts';
import { objectTables } from '../arbitrary/objects.ts';
import { programs } from '../arbitrary/programs.ts';
import { policyTexts } from '../arbitrary/rules.ts';
import { setPolicies } from '../arbitrary/set-policies.ts';

const numRuns = Number(process.env['HOOKLINE_RUNS'] ?? 60);
const packetsEach = 20;

const texts = fc
  .oneof(gatewayPolicies, withLookups(policyTexts), setPolicies, programs, objectTables)
  .map((text) => loadPolicy({ name: 'drawn.hook', text }, 'hook').value?.ruleSet);
const ruleSets = fc
  .oneof(texts, drawnChains(['ip', 'ip6', 'inet']).map(loadChain))
  .filter((one): one is RuleSet => one !== undefined);

function isUnreached({ reached: { kind } }: RuleFacts): boolean {
  return kind === 'ended' || kind === 'never' || kind === 'unmet';
}

function without({ tables, ...more }: RuleSet, gone: ReadonlySet<Rule>): RuleSet {
  const left = (rules: readonly Rule[]) => rules.filter((rule) => !gone.has(rule));
  return {
    ...more,
    tables: tables.map((table) => ({
      ...table,
      chains: table.chains.map((chain) => ({ ...chain, rules: left(chain.rules) })),
    })),
  };
}

function outcomes({ ways }: Trace): readonly string[] {
  return [...new Set(ways.map(outcomeKey))].toSorted();
}

function matchedRules({ ways }: Trace): readonly Rule[] {
  return ways.flatMap(({ steps }) =>
    steps.flatMap((step) => (step.kind === 'rule' && step.matched ? [step.rule] : [])),
  );
}

test('packets fare the same without rules that none is said to reach, and without those that are said to be redundant', () => {
  let unreached = 0;
  let traced = 0;
  let redundant = 0;
  fc.assert(
    fc.property(ruleSets, fc.nat(), (ruleSet, number) => {
      const facts = factsOf({ ruleSet, hosts: [], families: [4, 6] });
      const gone = new Set(
        facts.lines.flatMap(({ rules }) => rules.filter(isUnreached).map(({ rule }) => rule)),
      );
      unreached += gone.size;
      const spare = new Set([...redundantLines(facts)].flatMap((one) => one.facts.line.rules));
      redundant += spare.size;
      const shorter = without(ruleSet, spare);
      const less = without(ruleSet, gone);
      const pool = makePool(ruleSet, undefined, []);
      const draw = makeDraw(pool.rules, pool, makeRandom(number));
      for (let at = 0; at < packetsEach; at++) {
        const injection = draw();
        if (!injection) return;
        const before = trace({ ruleSet, injection });
        if (!before.complete) continue;
        traced++;
        expect(matchedRules(before).filter((rule) => gone.has(rule))).toEqual([]);
        expect(outcomes(trace({ ruleSet: less, injection }))).toEqual(outcomes(before));
        expect(outcomes(trace({ ruleSet: shorter, injection }))).toEqual(outcomes(before));
      }
    }),
    { numRuns },
  );
  expect(unreached).toBeGreaterThan(numRuns / 10);
  expect(redundant).toBeGreaterThan(0);
  expect(traced).toBeGreaterThan(numRuns);
});
