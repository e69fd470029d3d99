// The packets that may fare differently by two rule sets, found by the rules that only one of both has, against all packets:
// no other one fares differently.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { comparedIn } from '../../src/core/analyse/compare/affected.ts';
import { changedPackets } from '../../src/core/analyse/compare/changes.ts';
import { mentionedNames } from '../../src/core/analyse/names.ts';
import { directions } from '../../src/core/analyse/question.ts';
import { createSpace } from '../../src/core/analyse/space.ts';
import type { Chain, RuleSet } from '../../src/core/ir/ruleset.ts';
import { loadPolicy } from '../../src/core/load.ts';
import { drawnChains, loadChain } from '../arbitrary/fixture-rules.ts';
import { gatewayPolicies } from '../arbitrary/gateways.ts';
import { hookPolicies } from '../arbitrary/hooks.ts';
import { withLookups } from '../arbitrary/lookups.ts';
import { objectTables } from '../arbitrary/objects.ts';
import { outputPolicies } from '../arbitrary/output.ts';
import { programs } from '../arbitrary/programs.ts';
import { policyTexts } from '../arbitrary/rules.ts';
import { setPolicies } from '../arbitrary/set-policies.ts';

const numRuns = Number(process.env['HOOKLINE_RUNS'] ?? 8);

const texts = fc
  .oneof(
    gatewayPolicies,
    hookPolicies,
    withLookups(policyTexts),
    setPolicies,
    programs,
    objectTables,
    outputPolicies,
  )
  .map((text) => loadPolicy({ name: 'drawn.hook', text }, 'hook').value?.ruleSet);
const ruleSets = fc
  .oneof(texts, drawnChains(['ip', 'ip6', 'inet']).map(loadChain))
  .filter((one): one is RuleSet => one !== undefined);

/** What is done to a rule set. */
type Edit = readonly ['delete' | 'move' | 'policy' | 'empty a set', number, number];

const edits: fc.Arbitrary<readonly Edit[]> = fc.array(
  fc.tuple(fc.constantFrom('delete', 'move', 'policy', 'empty a set'), fc.nat(), fc.nat()),
  { minLength: 1, maxLength: 2 },
);

function edited(ruleSet: RuleSet, [kind, which, where]: Edit): RuleSet {
  if (kind === 'empty a set') return withoutElements(ruleSet, which);
  const chains = ruleSet.tables.flatMap((table) => table.chains);
  const fit = chains.filter(({ rules, base }) =>
    kind === 'policy' ? base?.type === 'filter' : rules.length > 0,
  );
  const chain = fit[which % Math.max(1, fit.length)];
  return chain ? withChain(ruleSet, chain, kind, where) : ruleSet;
}

function withChain(ruleSet: RuleSet, chain: Chain, kind: Edit[0], where: number): RuleSet {
  const { rules, base } = chain;
  const at = where % Math.max(1, rules.length);
  const rest = rules.toSpliced(at, 1);
  const opposite = base?.policy === 'drop' ? 'accept' : 'drop';
  const become: Chain =
    kind === 'policy' && base
      ? { ...chain, base: { ...base, policy: opposite } }
      : { ...chain, rules: kind === 'delete' ? rest : [...rest, ...rules.slice(at, at + 1)] };
  const tables = ruleSet.tables.map((table) => ({
    ...table,
    chains: table.chains.map((one) => (one === chain ? become : one)),
  }));
  return { ...ruleSet, tables };
}

function withoutElements(ruleSet: RuleSet, which: number): RuleSet {
  const tables = ruleSet.tables.map((table) => ({
    ...table,
    sets: table.sets.map((set, at) =>
      at === which % table.sets.length && set.elements.kind === 'ranges'
        ? { ...set, elements: { ...set.elements, ranges: set.elements.ranges.slice(1) } }
        : set,
    ),
  }));
  return { ...ruleSet, tables };
}

const [host] =
  loadPolicy(
    {
      name: 'host.hook',
      text: `host gw {
  interface "eth0" { address 10.0.1.1/24; address fd00:1::1/64 }
  interface "eth1" { address 10.0.2.1/24; address 2001:db8::1/64 }
  interface "wan0" { address 203.0.113.1/24; address 2001:db8:1::1/64 }
  route default via 203.0.113.254
  route ip6 default via 2001:db8:1::fe
  sysctl net.ipv4.ip_forward = 1
  sysctl net.ipv6.conf.all.forwarding = 1
}`,
    },
    'hook',
  ).value?.hosts ?? [];

test('no packet fares differently that meets no rule which only one rule set has', () => {
  let fewer = 0;
  fc.assert(
    fc.property(ruleSets, edits, fc.constantFrom(undefined, host), (before, changes, where) => {
      const after = changes.reduce(edited, before);
      const [one, other] = [before, after].map((ruleSet) => ({ ruleSet, host: where }));
      if (!one || !other) return;
      const space = createSpace(
        mentionedNames(
          [before, after],
          where?.interfaces.map(({ name }) => name),
        ),
      );
      const { bdd } = space;
      const compared = comparedIn(space, one, other);
      for (const direction of directions) {
        const { packets } = compared.affected(direction);
        const comparing = { space, before: one, after: other, direction, nameAfter: compared.nameAfter };
        const { changed } = changedPackets(comparing, 1);
        for (const { change, node } of changed)
          if (change !== 'not known') expect(bdd.minus(node, packets), `${change} ${direction}`).toBe(0);
        if (changed.length > 0 && packets !== 1) fewer++;
      }
    }),
    { numRuns },
  );
  expect(fewer).toBeGreaterThan(0);
});
