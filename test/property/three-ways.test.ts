// What becomes of a packet in a base chain, asked in three ways: the trace follows it, the classifier finds it in indexes of
// the rules, and all packets at once go through the chain. They say the same, for rules of every kind.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mentionedNames } from '../../src/core/analyse/names.ts';
import { createSpace, type Space } from '../../src/core/analyse/space.ts';
import { walkChain } from '../../src/core/analyse/walk-chain.ts';
import type { Node } from '../../src/core/bdd/bdd.ts';
import { createClassifier } from '../../src/core/classify/chain/chain-classifier.ts';
import {
  arrivedRun,
  type ChainName,
  type Classified,
  traceChain,
} from '../../src/core/classify/chain/chain-trace.ts';
import type { Arrival } from '../../src/core/classify/chain/columns.ts';
import type { RuleSet } from '../../src/core/ir/ruleset.ts';
import { loadPolicy } from '../../src/core/load.ts';
import { matches } from '../../src/core/match/registry.ts';
import { statements } from '../../src/core/statement/registry.ts';
import type { HookedChain } from '../../src/core/trace/order.ts';
import { viewOf } from '../../src/core/trace/run.ts';
import { arrivals } from '../arbitrary/arrivals.ts';
import { drawnChains, drawnKeys, loadChain } from '../arbitrary/fixture-rules.ts';
import { gatewayPolicies } from '../arbitrary/gateways.ts';
import { hookPolicies } from '../arbitrary/hooks.ts';
import { linearPolicies } from '../arbitrary/linear.ts';
import { withLookups } from '../arbitrary/lookups.ts';
import { objectTables } from '../arbitrary/objects.ts';
import { outputPolicies } from '../arbitrary/output.ts';
import { policyTexts } from '../arbitrary/rules.ts';
import { setPolicies } from '../arbitrary/set-policies.ts';

const numRuns = Number(process.env['HOOKLINE_RUNS'] ?? 40);

const texts = fc
  .oneof(
    linearPolicies,
    hookPolicies,
    gatewayPolicies,
    withLookups(policyTexts),
    setPolicies,
    objectTables,
    outputPolicies,
  )
  .map((text) => loadPolicy({ name: 'drawn.hook', text }, 'hook').value?.ruleSet);
const chains = drawnChains(['ip', 'ip6', 'inet']).map(loadChain);
const ruleSets = fc
  .oneof({ weight: 2, arbitrary: texts }, chains)
  .filter((one): one is RuleSet => one !== undefined);

test('a trace, a classifier and all packets at once agree', () => {
  let compared = 0;
  fc.assert(
    fc.property(ruleSets, fc.array(arrivals, { minLength: 1, maxLength: 15 }), (ruleSet, list) => {
      for (const hooked of baseChains(ruleSet)) {
        const name = nameOf(hooked);
        const classifier = createClassifier(ruleSet, name);
        const walked = walkedThrough(ruleSet, hooked);
        for (const arrival of list) {
          const traced = traceChain(ruleSet, name, arrival);
          expect(shown(classifier?.classifyOne(arrival))).toBe(shown(traced));
          compare(walked, ruleSet, hooked, arrival, traced);
          compared++;
        }
      }
    }),
    { numRuns },
  );
  expect(compared).toBeGreaterThan(numRuns);
});

interface Walked {
  readonly space: Space;
  readonly ends: readonly { readonly name: string; readonly node: Node }[];
}

function walkedThrough(ruleSet: RuleSet, { table, chain, base }: HookedChain): Walked {
  const space = createSpace(mentionedNames([ruleSet]));
  const { decided, end } = walkChain(space, table, chain, 1, { hook: base.hook });
  const ruled = decided.map(({ path, result, place }) => ({
    name: `${result.kind === 'leave' ? 'accept' : result.kind} ${place.chain} ${place.index}`,
    node: path,
  }));
  return { space, ends: [...ruled, { name: `${base.policy} ${chain.name} policy`, node: end.path }] };
}

/** Where something is free packets may end elsewhere too. */
function compare(
  { space, ends }: Walked,
  ruleSet: RuleSet,
  hooked: HookedChain,
  arrival: Arrival,
  traced: Classified | undefined,
): void {
  const { bdd } = space;
  const seen = space.seen(viewOf(arrivedRun(ruleSet, hooked, arrival)));
  const possible = ends.filter(({ node }) => bdd.intersects(node, seen));
  const names = possible.map(({ name }) => name);
  expect(names).not.toEqual([]);
  if (!traced?.deciding) return;
  expect(names).toContain(shown(traced));
  const isOpen = possible.some(({ node }) => space.freeIn(bdd.and(node, seen)).length > 0);
  if (!isOpen && isTold(arrival)) expect(names).toEqual([shown(traced)]);
}

/** Nothing of it is left out that a rule may ask for. */
function isTold({ iif, oif, ct }: Arrival): boolean {
  return [iif, oif, ct?.direction, ct?.entry].every((one) => typeof one !== 'object' || !('unknown' in one));
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

test('every match and statement is drawn', () => {
  const drawn = drawnKeys(['ip', 'ip6', 'inet']);
  const missing = [...matches, ...statements].flatMap(({ key }) => (drawn.has(key) ? [] : [key]));
  expect(missing).toMatchInlineSnapshot(`[]`);
});
