// What `diff` says of two rule sets against traces: a drawn packet is in one of the classes exactly if its traces differ.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { difference } from '../../src/core/analyse/difference.ts';
import { viewAt } from '../../src/core/analyse/example.ts';
import { knownValues } from '../../src/core/analyse/known-values.ts';
import { mentionedNames } from '../../src/core/analyse/names.ts';
import { createSpace } from '../../src/core/analyse/space.ts';
import type { RuleSet } from '../../src/core/ir/ruleset.ts';
import { loadPolicy } from '../../src/core/load.ts';
import { makeDraw } from '../../src/core/policy-test/draw.ts';
import { makePool } from '../../src/core/policy-test/pool.ts';
import { makeRandom } from '../../src/core/policy-test/random.ts';
import type { Way } from '../../src/core/trace/step.ts';
import { type Trace, trace } from '../../src/core/trace/trace.ts';
import { hookPolicies } from '../arbitrary/hooks.ts';
import { programs } from '../arbitrary/programs.ts';
import { policyTexts } from '../arbitrary/rules.ts';

const numRuns = Number(process.env['HOOKLINE_RUNS'] ?? 6);
const packetsEach = 20;

const ruleSets = fc
  .oneof(hookPolicies, policyTexts, programs)
  .map((text) => loadPolicy({ name: 'drawn.hook', text }, 'hook').value?.ruleSet)
  .filter((one): one is RuleSet => one !== undefined);

/** A rule set without one of its rules. */
const pairs = fc.tuple(ruleSets, fc.nat()).map(([ruleSet, number]) => {
  const chains = ruleSet.tables.flatMap((table) => table.chains).filter(({ rules }) => rules.length > 0);
  const chain = chains[number % Math.max(1, chains.length)];
  const rules = chain?.rules.filter((_, at) => at !== number % chain.rules.length) ?? [];
  const tables = ruleSet.tables.map((table) => ({
    ...table,
    chains: table.chains.map((one) => (one === chain ? { ...one, rules } : one)),
  }));
  return { before: ruleSet, after: { ...ruleSet, tables } };
});

function sureWay({ ways, complete }: Trace): Way | undefined {
  const [way] = ways;
  return complete && ways.length === 1 && way.suppositions.length === 0 ? way : undefined;
}

test('packets whose traces differ are in a class, and no others', () => {
  let compared = 0;
  fc.assert(
    fc.property(pairs, fc.nat(), ({ before, after }, number) => {
      const space = createSpace(mentionedNames([before, after]));
      const { bdd } = space;
      const [one, other] = [before, after].map((ruleSet) => ({ ruleSet, host: undefined }));
      if (!one || !other) return;
      const { classes } = difference(one, other, knownValues(), space);
      expect(difference(one, one, knownValues()).classes).toEqual([]);
      const pool = makePool(before, undefined, []);
      const draw = makeDraw(pool.rules, pool, makeRandom(number));
      for (let at = 0; at < packetsEach; at++) {
        const injection = draw();
        if (!injection) return;
        const [old, now] = [one, other].map((subject) => sureWay(trace({ ...subject, injection })));
        if (!old || !now || old.reason !== undefined || now.reason !== undefined) continue;
        const seen = bdd.and(space.seen(viewAt({ ...one, injection }, old)), space.valid());
        const own = classes.filter(({ direction }) => direction === injection.direction);
        const found = own.filter(({ packets }) => bdd.intersects(packets.node, seen));
        const isOther = old.verdict !== now.verdict || old.fate !== now.fate;
        if (isOther) expect(found.length).toBeGreaterThan(0);
        const stated = found.filter(({ change }) => /newly|stopped|routed/.test(change));
        const isSure = stated.every(({ packets }) => space.freeIn(bdd.and(packets.node, seen)).length === 0);
        if (isSure) expect(stated.length > 0).toBe(isOther);
        compared++;
      }
    }),
    { numRuns },
  );
  expect(compared).toBeGreaterThan(numRuns);
});
