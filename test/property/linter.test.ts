// A linter that sees one version of drawn rules after the other says of each what it would say of it alone.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lint } from '../../src/core/analyse/lint/lint.ts';
import { createLinter } from '../../src/core/analyse/lint/linter.ts';
import type { Chain, Rule, RuleSet } from '../../src/core/ir/ruleset.ts';
import { loadPolicy } from '../../src/core/load.ts';
import { drawnChains, loadChain } from '../arbitrary/fixture-rules.ts';
import { gatewayPolicies } from '../arbitrary/gateways.ts';
import { withLookups } from '../arbitrary/lookups.ts';
import { programs } from '../arbitrary/programs.ts';
import { policyTexts } from '../arbitrary/rules.ts';
import { setPolicies } from '../arbitrary/set-policies.ts';

const numRuns = Number(process.env['HOOKLINE_RUNS'] ?? 60);

const texts = fc
  .oneof(gatewayPolicies, withLookups(policyTexts), setPolicies, programs)
  .map((text) => loadPolicy({ name: 'drawn.hook', text }, 'hook').value?.ruleSet);
const ruleSets = fc
  .oneof(texts, drawnChains(['ip', 'ip6', 'inet']).map(loadChain))
  .filter((one): one is RuleSet => one !== undefined);

interface Edit {
  readonly kind: 'remove' | 'copy' | 'move';
  readonly chain: number;
  readonly rule: number;
  readonly to: number;
}

const edits: fc.Arbitrary<Edit> = fc.record({
  kind: fc.constantFrom('remove', 'copy', 'move'),
  chain: fc.nat(20),
  rule: fc.nat(20),
  to: fc.nat(20),
});

/** The rule set with a rule gone, or again at another place of its chain. */
function edited({ tables, ...more }: RuleSet, edit: Edit): RuleSet {
  const chains = tables.flatMap((table) => table.chains);
  const chosen = chains[edit.chain % Math.max(1, chains.length)];
  const changed = (chain: Chain): Chain =>
    chain === chosen ? { ...chain, rules: editedRules(chain, edit) } : chain;
  return { ...more, tables: tables.map((table) => ({ ...table, chains: table.chains.map(changed) })) };
}

function editedRules({ rules }: Chain, { kind, rule: number, to }: Edit): readonly Rule[] {
  const at = number % Math.max(1, rules.length);
  const rule = rules[at];
  if (!rule) return rules;
  const without = kind === 'copy' ? rules : rules.toSpliced(at, 1);
  return kind === 'remove' ? without : without.toSpliced(to % (without.length + 1), 0, rule);
}

test('after edits a linter says what it would say of the rules alone', () => {
  let found = 0;
  fc.assert(
    fc.property(ruleSets, fc.array(edits, { minLength: 1, maxLength: 6 }), (first, all) => {
      const linter = createLinter();
      let ruleSet = first;
      for (const edit of [undefined, ...all]) {
        if (edit) ruleSet = edited(ruleSet, edit);
        const subject = { ruleSet, hosts: [], families: [4, 6] as const };
        const said = linter.lint(subject, { severity: 'note' });
        found += said.length;
        expect(said).toEqual(lint(subject, { severity: 'note' }));
      }
    }),
    { numRuns },
  );
  expect(found).toBeGreaterThan(numRuns);
});
