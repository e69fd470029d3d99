// All packets at once through a chain: the rule that decides about a drawn packet is the one that its trace names.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mentionedNames } from '../../src/core/analyse/names.ts';
import { createSpace, type Space } from '../../src/core/analyse/space.ts';
import { type ChainEnds, walkChain } from '../../src/core/analyse/walk-chain.ts';
import type { Node } from '../../src/core/bdd/bdd.ts';
import { findChain, type RuleSet } from '../../src/core/ir/ruleset.ts';
import { loadPolicy } from '../../src/core/load.ts';
import { makeDraw } from '../../src/core/policy-test/draw.ts';
import { makePool } from '../../src/core/policy-test/pool.ts';
import { makeRandom } from '../../src/core/policy-test/random.ts';
import type { RuleStep, Step } from '../../src/core/trace/step.ts';
import { trace } from '../../src/core/trace/trace.ts';
import { drawnChains, loadChain } from '../arbitrary/fixture-rules.ts';
import { gatewayPolicies } from '../arbitrary/gateways.ts';
import { hookPolicies } from '../arbitrary/hooks.ts';
import { withLookups } from '../arbitrary/lookups.ts';
import { objectTables } from '../arbitrary/objects.ts';
import { programs } from '../arbitrary/programs.ts';
import { policyTexts } from '../arbitrary/rules.ts';
import { setPolicies } from '../arbitrary/set-policies.ts';

const numRuns = Number(process.env['HOOKLINE_RUNS'] ?? 25);
const packetsEach = 20;

const texts = fc
  .oneof(gatewayPolicies, hookPolicies, withLookups(policyTexts), setPolicies, programs, objectTables)
  .map((text) => loadPolicy({ name: 'drawn.hook', text }, 'hook').value?.ruleSet);
const ruleSets = fc
  .oneof(texts, drawnChains(['ip', 'ip6', 'inet']).map(loadChain))
  .filter((one): one is RuleSet => one !== undefined);

/** A packet at the beginning of a base chain, and the rule that ended the chain for it; none: its policy. */
interface Visit {
  readonly first: RuleStep;
  readonly decided: RuleStep | undefined;
}

function visitsIn(steps: readonly Step[]): readonly Visit[] {
  return steps.flatMap((step, at) => {
    const first = steps[at + 1];
    if (step.kind !== 'chain' || first?.kind !== 'rule') return [];
    const rest = steps.slice(at + 1);
    const end = rest.find((one) => one.kind === 'policy' || (one.kind === 'rule' && isEnd(one)));
    return end ? [{ first, decided: end.kind === 'rule' ? end : undefined }] : [];
  });
}

function isEnd({ verdict }: RuleStep): boolean {
  return ['accept', 'drop', 'reject', 'queue'].includes(verdict?.kind ?? '');
}

interface Walked {
  readonly space: Space;
  readonly ends: ChainEnds;
}

function walkOf(ruleSet: RuleSet, { first }: Visit): Walked {
  const space = createSpace(mentionedNames([ruleSet]));
  const table = ruleSet.tables.find(({ family, name }) => family === first.family && name === first.table);
  const chain = table && findChain(table, first.chain);
  if (!table || !chain) throw new Error(`no chain ${first.chain}`);
  return { space, ends: walkChain(space, table, chain, 1, { hook: first.hook }) };
}

function nameOf(rule: { readonly chain: string; readonly index: number } | undefined): string {
  return rule ? `${rule.chain} ${rule.index}` : 'policy';
}

/** Every end that the packets may come to that look like this one. */
function endsOf({ space, ends: { decided, end } }: Walked, seen: Node) {
  const { bdd } = space;
  const all = [
    ...decided.map(({ path, place }) => [nameOf(place), path] as const),
    ['policy', end.path] as const,
  ];
  const possible = all.filter(([, path]) => bdd.intersects(path, seen));
  return possible.map(([name, path]) => ({ name, free: space.freeIn(bdd.and(path, seen)) }));
}

test('the rule that a trace names is where the packet ends, and no other unless something is free', () => {
  let visited = 0;
  fc.assert(
    fc.property(ruleSets, fc.nat(), (ruleSet, number) => {
      const pool = makePool(ruleSet, undefined, []);
      const draw = makeDraw(pool.rules, pool, makeRandom(number));
      const walked = new Map<string, Walked>();
      for (let at = 0; at < packetsEach; at++) {
        const injection = draw();
        if (!injection) return;
        const { ways } = trace({ ruleSet, injection });
        for (const { steps, suppositions } of ways)
          for (const visit of visitsIn(steps)) {
            const key = `${visit.first.family} ${visit.first.table} ${visit.first.chain} ${visit.first.hook}`;
            const walk = walked.get(key) ?? walkOf(ruleSet, visit);
            walked.set(key, walk);
            visited++;
            const ends = endsOf(walk, walk.space.seen(visit.first.view));
            const names = ends.map(({ name }) => name);
            expect(names, key).toContain(nameOf(visit.decided));
            const isOpen = names.length > 1 && suppositions.length === 0;
            if (isOpen)
              expect(
                ends.every(({ free }) => free.length > 0),
                names.join(', '),
              ).toBe(true);
          }
      }
    }),
    { numRuns },
  );
  expect(visited).toBeGreaterThan(numRuns * 10);
});
