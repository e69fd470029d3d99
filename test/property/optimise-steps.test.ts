// Steps of which the check says that no packet notices them leave a rule set that is equal as a whole, those of the
// optimiser and others that are drawn: rules left out, changed in their order, or put in the place of others.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { areEqual } from '../../src/core/analyse/proof/compiled.ts';
import { unprovedChains } from '../../src/core/analyse/steps/check.ts';
import type { Chain, Rule, RuleSet } from '../../src/core/ir/ruleset.ts';
import { loadPolicy } from '../../src/core/load.ts';
import { optimise } from '../../src/core/optimise/optimise.ts';
import type { Step } from '../../src/core/optimise/steps.ts';
import { alikePolicies } from '../arbitrary/alike-rules.ts';
import { programs } from '../arbitrary/programs.ts';
import { policyTexts } from '../arbitrary/rules.ts';
import { setPolicies } from '../arbitrary/set-policies.ts';

const numRuns = Number(process.env['HOOKLINE_RUNS'] ?? 25);

function ruleSetOf(text: string): RuleSet | undefined {
  return loadPolicy({ name: 'any.hook', text }, 'hook').value?.ruleSet;
}

const shortened = [
  ['rules that are alike', alikePolicies],
  ['policies of iptables', policyTexts],
  ['whole policies', programs],
] as const;

test.each(shortened)('what the optimiser does to %s is proved, and equal as a whole', (_, policies) => {
  let changed = 0;
  fc.assert(
    fc.property(policies, fc.constantFrom('nft', 'iptables'), (text, to) => {
      const ruleSet = ruleSetOf(text);
      if (!ruleSet) return;
      const optimised = optimise(ruleSet, to, unprovedChains);
      expect(optimised.unproved.map(({ chain }) => chain)).toEqual([]);
      if (optimised.ruleSet.tables.every((table, at) => table === ruleSet.tables[at])) return;
      changed++;
      expect(areEqual(ruleSet, optimised.ruleSet)).toBe(true);
    }),
    { numRuns },
  );
  expect(changed).toBeGreaterThan(0);
});

/** What may be done to the rules of a chain, rightly or not: at two places. */
const attempts: readonly ((rules: readonly Rule[], one: number, other: number) => Step | undefined)[] = [
  (rules, one) => ({ kind: 'unreached', rules: rules.toSpliced(one, 1) }),
  (rules, one) => ({ kind: 'redundant', rules: rules.toSpliced(one, 1) }),
  (rules, one, other) => {
    const [rule] = rules.slice(one, one + 1);
    return (
      rule && { kind: 'together', rules: rules.toSpliced(one, 1).toSpliced(other, 0, rule), made: new Map() }
    );
  },
  (rules, one, other) => {
    const [first, second] = [rules[Math.min(one, other)], rules[Math.max(one, other)]];
    if (!first || !second || first === second) return undefined;
    const rule = { ...first };
    const rest = rules.flatMap((each) => (each === second ? [] : each === first ? rule : each));
    return { kind: 'together', rules: rest, made: new Map([[rule, [first, second]]]) };
  },
];

/** The rule set with one step done to one of its chains. */
function withStep(ruleSet: RuleSet, chain: Chain, step: Step): RuleSet {
  const tables = ruleSet.tables.map((table) => {
    if (!table.chains.includes(chain)) return table;
    const chains = table.chains.map((one) => (one === chain ? { ...one, rules: step.rules } : one));
    return { ...table, chains };
  });
  return { ...ruleSet, tables };
}

const draw = fc.record({
  attempt: fc.nat(attempts.length - 1),
  chain: fc.nat(),
  one: fc.nat(),
  other: fc.nat(),
});

test.each([...shortened, ['sets', setPolicies]] as const)(
  'drawn steps with %s are refused, or equal as a whole',
  (_, policies) => {
    let [accepted, refused] = [0, 0];
    fc.assert(
      fc.property(policies, fc.array(draw, { minLength: 10, maxLength: 20 }), (text, draws) => {
        const ruleSet = ruleSetOf(text);
        const chains = ruleSet?.tables.flatMap((table) =>
          table.chains.filter(({ rules }) => rules.length > 1),
        );
        for (const { attempt, chain: at, one, other } of draws) {
          const chain = chains?.[at % chains.length];
          if (!ruleSet || !chain) return;
          const count = chain.rules.length;
          const step = attempts[attempt]?.(chain.rules, one % count, other % count);
          if (!step) continue;
          const later = withStep(ruleSet, chain, step);
          const unproved = unprovedChains(ruleSet, later, (_table, name) =>
            name === chain.name ? [step] : [],
          );
          if (unproved.length > 0) refused++;
          else {
            accepted++;
            expect(areEqual(ruleSet, later), `${chain.name} ${attempt} ${one % count} ${other % count}`).toBe(
              true,
            );
          }
        }
      }),
      { numRuns },
    );
    expect(refused).toBeGreaterThan(accepted);
    expect(accepted).toBeGreaterThan(0);
  },
);
