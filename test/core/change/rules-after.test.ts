// The rules that a machine has after a change: what is whose, and in which order it was loaded.
import { expect, test } from 'vitest';
import { rulesAfter } from '../../../src/core/change/rules-after.ts';
import type { RuleSet, Table } from '../../../src/core/ir/ruleset.ts';

function table(name: string, comment?: string): Table {
  return {
    family: 'inet',
    name,
    chains: [],
    sets: [],
    opaque: [],
    ...(comment !== undefined && { comment }),
  };
}

function named({ tables }: RuleSet): readonly string[] {
  return tables.map(({ name, comment }) => (comment === undefined ? name : `${name} ${comment}`));
}

test('own tables change in their places, those that are gone leave none, and new ones come last', () => {
  const live = { tables: ['a', 'docker', 'gone', 'b'].map((name) => table(name)) };
  const target = { tables: [table('new'), table('b', 'again'), table('a', 'again')] };
  const owned = ['a', 'b', 'gone'].map((name) => ({ family: 'inet', name }) as const);
  expect(named(rulesAfter({ live, target, owned }))).toEqual(['a again', 'docker', 'b again', 'new']);
});

test('what was loaded in which group is kept', () => {
  const loads = [
    { name: 'nft', tables: 2 },
    { name: 'iptables-legacy', tables: 1 },
  ];
  const live = { tables: ['a', 'gone', 'legacy'].map((name) => table(name)), loads };
  const after = rulesAfter({
    live,
    target: { tables: [table('new')] },
    owned: [{ family: 'inet', name: 'gone' }],
  });
  expect(named(after)).toEqual(['a', 'legacy', 'new']);
  expect(after.loads?.map(({ tables }) => tables)).toEqual([1, 1, 1]);
});

test('the order that the kernel told holds as long as the same chains hang at its hooks', () => {
  const chain = {
    name: 'c',
    base: { type: 'filter', hook: 'input', priority: 0, policy: 'accept' },
    rules: [],
  } as const;
  const own = { ...table('a'), chains: [chain] };
  const live = { tables: [own], hooks: [] };
  const others = { ...own, chains: [{ ...chain, base: { ...chain.base, priority: 5 } }] };
  expect(rulesAfter({ live, target: { tables: [own] }, owned: [] })).toHaveProperty('hooks');
  expect(rulesAfter({ live, target: { tables: [others] }, owned: [] })).not.toHaveProperty('hooks');
});
