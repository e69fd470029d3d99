// What the indexes of a chain say of packets is what a trace through the chain says: the verdict, and the rule or policy.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createClassifier } from '../../src/core/classify/chain/chain-classifier.ts';
import { type ChainName, type Classified, traceChain } from '../../src/core/classify/chain/chain-trace.ts';
import type { RuleSet } from '../../src/core/ir/ruleset.ts';
import { loadPolicy } from '../../src/core/load.ts';
import type { HookedChain } from '../../src/core/trace/order.ts';
import { arrivals } from '../arbitrary/arrivals.ts';
import { drawnChains, loadChain } from '../arbitrary/fixture-rules.ts';
import { hookPolicies } from '../arbitrary/hooks.ts';
import { linearPolicies } from '../arbitrary/linear.ts';
import { withLookups } from '../arbitrary/lookups.ts';
import { policyTexts } from '../arbitrary/rules.ts';
import { setPolicies } from '../arbitrary/set-policies.ts';

const numRuns = Number(process.env['HOOKLINE_RUNS'] ?? 60);

const texts = fc
  .oneof(linearPolicies, linearPolicies, hookPolicies, withLookups(policyTexts), setPolicies)
  .map((text) => loadPolicy({ name: 'drawn.hook', text }, 'hook').value?.ruleSet);
const chains = drawnChains(['ip', 'ip6', 'inet']).map(loadChain);
const ruleSets = fc.oneof(texts, chains).filter((one): one is RuleSet => one !== undefined);

test('the verdicts of classifiers are those of traces', () => {
  fc.assert(
    fc.property(ruleSets, fc.array(arrivals, { minLength: 1, maxLength: 20 }), (ruleSet, list) => {
      for (const hooked of baseChains(ruleSet)) {
        const classifier = createClassifier(ruleSet, nameOf(hooked));
        for (const arrival of list)
          expect(shown(classifier?.classifyOne(arrival))).toEqual(
            shown(traceChain(ruleSet, nameOf(hooked), arrival)),
          );
      }
    }),
    { numRuns },
  );
});

function baseChains({ tables }: RuleSet): readonly HookedChain[] {
  return tables.flatMap((table) =>
    table.chains.flatMap((chain) => (chain.base ? [{ table, chain, base: chain.base }] : [])),
  );
}

function nameOf({ table: { family, name }, chain }: HookedChain): ChainName {
  if (family !== 'ip' && family !== 'ip6' && family !== 'inet') throw new Error(`a chain of ${family}`);
  return { family, table: name, chain: chain.name };
}

function shown(one: Classified | undefined): string {
  const { verdict, deciding } = one ?? {};
  if (!deciding) return `${verdict}`;
  return `${verdict} ${deciding.chain} ${deciding.by === 'rule' ? deciding.index : 'policy'}`;
}
