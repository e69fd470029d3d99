// Which steps of the optimiser are believed, which are not, and what becomes of a chain with one that is not.
import { expect, test } from 'vitest';
import { unprovedChains } from '../../../src/core/analyse/steps/check.ts';
import { unprovedProblem } from '../../../src/core/analyse/steps/problem.ts';
import { ruleText } from '../../../src/core/ir/rule-text.ts';
import type { Rule, RuleSet, Table } from '../../../src/core/ir/ruleset.ts';
import { optimise } from '../../../src/core/optimise/optimise.ts';
import type { Step } from '../../../src/core/optimise/steps.ts';
import { policyOf } from '../../support/policy.ts';

/** What is meant to be there: rules that no packet reaches. */
const meant = 'HK2084';

function ruleSetWith(rules: readonly string[], policy = 'accept'): RuleSet {
  return policyOf(
    `table inet filter {
  set few : address = { 10.0.0.1, 10.0.0.2 }
  chain forward hook forward priority filter policy ${policy} {
    ${rules.join('\n    ')}
  }
  chain output hook output priority filter policy accept {
    ip saddr @few jump asks
    jump changes
  }
  chain asks { tcp dport 80 accept }
  chain changes { meta mark set 1 }
}`,
    meant,
  ).ruleSet;
}

function tableOf({ tables: [table] }: RuleSet): Table {
  if (!table) throw new Error('there is one');
  return table;
}

function rulesOf(ruleSet: RuleSet): readonly Rule[] {
  return tableOf(ruleSet).chains[0]?.rules ?? [];
}

/** The texts of the rules at which the step is not believed. */
function doubts(before: RuleSet, step: Step): readonly string[] {
  const [table, [forward, ...others]] = [tableOf(before), tableOf(before).chains];
  if (!forward) throw new Error('there is one');
  const after = { ...before, tables: [{ ...table, chains: [{ ...forward, rules: step.rules }, ...others] }] };
  return unprovedChains(before, after, () => [step]).map(({ rule }) => (rule ? ruleText(rule) : ''));
}

/** Without the rule in this place. */
function without(rules: readonly string[], at: number, kind: 'unreached' | 'redundant', policy?: string) {
  const ruleSet = ruleSetWith(rules, policy);
  return doubts(ruleSet, { kind, rules: rulesOf(ruleSet).toSpliced(at, 1) });
}

/** With the rule moved from one place to another. */
function moved(rules: readonly string[], from: number, to: number) {
  const ruleSet = ruleSetWith(rules);
  const all = rulesOf(ruleSet);
  const [rule] = all.slice(from, from + 1);
  if (!rule) throw new Error('there is one');
  return doubts(ruleSet, {
    kind: 'together',
    rules: all.toSpliced(from, 1).toSpliced(to, 0, rule),
    made: new Map(),
  });
}

/** With a rule in the place of all. */
function together(rules: readonly string[], rule: string) {
  const ruleSet = ruleSetWith(rules);
  const [one] = rulesOf(ruleSetWith([rule]));
  if (!one) throw new Error('there is one');
  return doubts(ruleSet, { kind: 'together', rules: [one], made: new Map([[one, rulesOf(ruleSet)]]) });
}

test('a rule that others have left nothing may go', () => {
  const covered = ['tcp dport 1-9 accept', 'tcp dport 10-20 log drop', 'tcp dport 5-15 drop'];
  expect(without(covered, 2, 'unreached')).toEqual([]);
  expect(without(covered, 1, 'unreached')).toEqual(['tcp dport 10-20 log drop']);
  expect(without(['tcp dport 1-9 accept', 'tcp dport 5-10 drop'], 1, 'unreached')).toHaveLength(1);
});

test('not behind what changes packets, has a limit, or only leads elsewhere', () => {
  expect(without(['meta mark 1 accept', 'jump changes', 'meta mark 1 drop'], 2, 'unreached')).toHaveLength(1);
  expect(without(['meta mark 1 accept', 'jump asks', 'meta mark 1 drop'], 2, 'unreached')).toEqual([]);
  expect(without(['limit 1/second accept', 'limit 1/second accept'], 1, 'unreached')).toHaveLength(1);
  expect(without(['tcp dport 9 jump asks', 'tcp dport 9 jump asks'], 1, 'unreached')).toHaveLength(1);
});

test('a rule may go whose packets fare alike behind it', () => {
  expect(without(['tcp dport 9 accept', 'udp dport 9 accept'], 0, 'redundant')).toEqual([]);
  expect(without(['tcp dport 9 return'], 0, 'redundant')).toEqual([]);
  expect(without(['tcp dport 9 return'], 0, 'redundant', 'drop')).toEqual([]);
  expect(without(['tcp dport 9 accept'], 0, 'redundant', 'drop')).toEqual(['tcp dport 9 accept']);
  expect(without(['tcp dport 9 accept', 'tcp dport 1-20 drop'], 0, 'redundant')).toHaveLength(1);
  expect(without(['tcp dport 9 accept', 'counter'], 0, 'redundant')).toHaveLength(1);
  expect(without(['tcp dport 9 drop', 'tcp dport 1-20 drop', 'accept'], 0, 'redundant')).toEqual([]);
});

test('rules change places where no packet meets both, or both do the same', () => {
  expect(moved(['tcp dport 9 drop', 'udp dport 9 accept'], 1, 0)).toEqual([]);
  expect(moved(['tcp dport 9 accept', 'ip saddr 10.0.0.1 accept'], 1, 0)).toEqual([]);
  expect(moved(['tcp dport 9 drop', 'ip saddr 10.0.0.1 accept'], 1, 0)).toHaveLength(1);
  expect(moved(['tcp dport 9 drop', 'ip saddr 10.0.0.1 accept'], 0, 1)).toHaveLength(1);
  expect(moved(['tcp dport 9 jump asks', 'ip saddr @few jump asks'], 1, 0)).toHaveLength(1);
  expect(moved(['udp dport 9 counter', 'tcp dport 9 drop'], 1, 0)).toHaveLength(1);
});

test('a rule in the place of several does what each of them does, and nothing more', () => {
  const rules = ['tcp dport 1 accept', 'tcp dport 3-4 accept'];
  expect(together(rules, 'tcp dport { 1, 3-4 } accept')).toEqual([]);
  expect(together(rules, 'tcp dport 1-4 accept')).toHaveLength(1);
  expect(together(rules, 'tcp dport { 1, 3 } accept')).toHaveLength(1);
  expect(together(rules, 'tcp dport { 1, 3-4 } drop')).toHaveLength(1);
  expect(together(rules, 'tcp dport vmap { 1 : accept, 3-4 : accept }')).toEqual([]);
  expect(
    together(['tcp dport 1 accept', 'tcp dport 3 drop'], 'tcp dport vmap { 1 : accept, 3 : drop }'),
  ).toEqual([]);
  expect(
    together(['tcp dport 1 accept', 'tcp dport 3 drop'], 'tcp dport vmap { 1 : drop, 3 : accept }'),
  ).toHaveLength(1);
  expect(
    together(['tcp dport 1-3 jump asks', 'tcp dport 3-4 jump asks'], 'tcp dport 1-4 jump asks'),
  ).toHaveLength(1);
});

test('nothing else of the rule set may differ, and the steps must lead to it', () => {
  const before = ruleSetWith(['tcp dport 1 accept', 'tcp dport 1 accept']);
  const { ruleSet } = optimise(before, 'nft');
  const [table, later] = [tableOf(before), tableOf(ruleSet)];
  expect(unprovedChains(before, ruleSet, () => [])).toHaveLength(1);
  const other = ruleSetWith([]);
  const changed = { ...ruleSet, tables: [{ ...later, sets: tableOf(other).sets }] };
  expect(unprovedChains(before, changed, () => [])).toHaveLength(table.chains.length);
});

test('a chain that is not proved stays as it is, the others do not, and that is said (HK4013)', () => {
  const before = policyOf(`table inet filter {
  chain input hook input priority filter policy drop {
    tcp dport 22 accept
    tcp dport 80 accept
  }
  chain forward hook forward priority filter policy drop {
    tcp dport 22 accept
    tcp dport 80 accept
  }
}`).ruleSet;
  const table = tableOf(before);
  const rule = table.chains[0]?.rules[1];
  const { ruleSet, changes, unproved } = optimise(before, 'nft', () => [
    { table, chain: 'input', ...(rule && { rule }) },
  ]);
  expect(ruleSet.tables[0]?.chains.map(({ rules }) => rules.length)).toEqual([2, 1]);
  expect(changes).toMatchObject({ before: 4, after: 3, joined: { set: { rules: 2, into: 1 } } });
  expect(unproved.map((one) => unprovedProblem(one, 'nft'))).toMatchObject([
    { code: 'HK4013', severity: 'note', message: expect.stringContaining('`tcp dport 80 accept`') },
  ]);
});
