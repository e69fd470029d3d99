// What the indexes of a chain say of packets is what a trace through the chain says: the verdict, and the rule or policy.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createClassifier } from '../../src/core/classify/chain/chain-classifier.ts';
import { type ChainName, type Classified, traceChain } from '../../src/core/classify/chain/chain-trace.ts';
import { skippingObserver } from '../../src/core/classify/chain/skipping.ts';
import type { RuleSet } from '../../src/core/ir/ruleset.ts';
import { loadPolicy } from '../../src/core/load.ts';
import { parsePacketSpec } from '../../src/core/packet/spec.ts';
import { beginHistory, nextInHistory } from '../../src/core/trace/history.ts';
import type { HookedChain } from '../../src/core/trace/order.ts';
import type { Way } from '../../src/core/trace/step.ts';
import { arrivals } from '../arbitrary/arrivals.ts';
import { drawnChains, loadChain } from '../arbitrary/fixture-rules.ts';
import { hookPolicies } from '../arbitrary/hooks.ts';
import { linearPolicies } from '../arbitrary/linear.ts';
import { withLookups } from '../arbitrary/lookups.ts';
import { packetSpecs, policyTexts } from '../arbitrary/rules.ts';
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

test('traces that leave out failing rules say the same of all others', () => {
  const worth = { leastRules: 0, leastVisits: 0 };
  const loaded = fc.oneof(policyTexts, withLookups(policyTexts)).map((text) => {
    return loadPolicy({ name: 'drawn.hook', text }, 'hook').value;
  });
  fc.assert(
    fc.property(loaded, fc.array(packetSpecs, { minLength: 1, maxLength: 6 }), (policy, specs) => {
      if (!policy) return;
      const {
        ruleSet,
        hosts: [host],
      } = policy;
      const plain = { ruleSet, host };
      const skipping = { ...plain, observer: skippingObserver(host, worth) };
      let [one, other] = [beginHistory(), beginHistory()];
      for (const text of specs) {
        const injection = parsePacketSpec({ name: 'packet', text }).value;
        if (!injection) throw new Error(text);
        const [expected, found] = [
          nextInHistory(plain, one, injection),
          nextInHistory(skipping, other, injection),
        ];
        expect(found.traced.ways.map(matched)).toEqual(expected.traced.ways.map(matched));
        [one, other] = [expected.history, found.history];
      }
    }),
    { numRuns },
  );
});

/** Everything that a way did but the rules that failed. */
function matched({ steps, answers, ...way }: Way): unknown {
  const answered = answers.map((answer) => ('way' in answer ? matched(answer.way) : answer.unfollowed));
  const seen = steps.filter((step) => step.kind !== 'rule' || step.matched);
  return {
    ...way,
    answered,
    steps: seen.map((step) => ('view' in step ? { ...step, view: undefined } : step)),
  };
}

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
