// The check of what the optimiser did: step by step, chain by chain, that no packet notices. It trusts nothing that it is
// told of the steps but which rules they leave. Each step is small, so that no diagram of a whole rule set is needed and
// the time grows about as the number of rules does.
import { createBdd } from '../../bdd/bdd.ts';
import type { Hook } from '../../hook/hook.ts';
import type { Chain, NamedSet, Rule, RuleSet, Table } from '../../ir/ruleset.ts';
import type { Step, StepsOf, Unproved } from '../../optimise/steps.ts';
import { jumpsOf } from '../../statement/chains.ts';
import { type Mentioned, mentionedNames } from '../names.ts';
import { createSpace, type Space } from '../space.ts';
import type { Checking, Doubt } from './checking.ts';
import { doubtOfRedundant, doubtOfUnreached } from './left-out.ts';
import { doubtOfSets } from './sets.ts';
import { doubtOfTogether } from './together.ts';
import { viewOf } from './viewed.ts';

/** The chains of which the steps do not show that they do what they did. */
export function unprovedChains(before: RuleSet, after: RuleSet, stepsOf: StepsOf): readonly Unproved[] {
  const mentioned = mentionedNames([before, after]);
  return before.tables.flatMap((table, at) => {
    const later = after.tables[at];
    if (later === table) return [];
    if (!later || !isSameBeside(table, later)) return everyChain(table);
    const hooks = hooksIn(table);
    return table.chains.flatMap((chain, place): readonly Unproved[] => {
      const next = later.chains[place];
      if (next === chain || next?.rules === chain.rules) return [];
      const checked = { table, chain, rules: next?.rules ?? [], steps: stepsOf(table, chain.name) };
      const unproved = (hooks.get(chain.name) ?? anyHook).map((hook) => unprovedAt(checked, hook, mentioned));
      return unproved.flatMap((one) => one ?? []).slice(0, 1);
    });
  });
}

function everyChain(table: Table): readonly Unproved[] {
  return table.chains.map(({ name }) => ({ table, chain: name }));
}

/** No packet comes to it. */
const anyHook: readonly Hook[] = ['forward'];

/** A chain, what was made of it, and how. */
interface Checked {
  readonly table: Table;
  readonly chain: Chain;
  readonly rules: readonly Rule[];
  readonly steps: readonly Step[];
}

/** Diagrams with more nodes than these are given up. */
const mostNodes = 30_000_000;

function unprovedAt(checked: Checked, hook: Hook, mentioned: Mentioned): Unproved | undefined {
  const { table, chain } = checked;
  try {
    const space = createSpace(mentioned, createBdd({ tick: refuseTooMany }));
    const doubt = doubtOfSteps(checked, space, hook);
    return doubt && { table, chain: chain.name, rule: doubt };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { table, chain: chain.name };
  }
}

function refuseTooMany(nodes: number): void {
  if (nodes > mostNodes) throw new RangeError('the rules are too many to be compared');
}

function doubtOfSteps({ table, chain, rules, steps }: Checked, space: Space, hook: Hook): Doubt {
  const checking: Checking = { bdd: space.bdd, view: viewOf(space, table, hook), chain };
  let before = chain.rules;
  for (const step of steps) {
    const doubt = doubtOf(step, before, checking, { space, hook, table });
    if (doubt) return doubt;
    before = step.rules;
  }
  const isThere = before.length === rules.length && before.every((rule, at) => rule === rules[at]);
  return isThere ? undefined : (chain.rules[0] ?? rules[0]);
}

interface Placed {
  readonly space: Space;
  readonly hook: Hook;
  readonly table: Table;
}

function doubtOf(step: Step, before: readonly Rule[], checking: Checking, placed: Placed): Doubt {
  switch (step.kind) {
    case 'unreached':
      return doubtOfUnreached(checking, before, step.rules);
    case 'redundant':
      return doubtOfRedundant(checking, before, step.rules);
    case 'together':
      return doubtOfTogether(checking, before, step.rules, step.made);
    case 'sets':
      return doubtOfSets({ ...placed, later: step.table }, before, step.rules);
  }
}

/** Whether nothing but the rules of chains differs, and sets that the later table has in addition. */
function isSameBeside(table: Table, later: Table): boolean {
  return (
    isSameBut(table, later, ['chains', 'sets']) &&
    table.chains.length === later.chains.length &&
    table.chains.every((chain, at) => isSameBut(chain, later.chains[at] ?? {}, ['rules'])) &&
    isExtended(table.sets, later.sets)
  );
}

function isSameBut(one: object, other: object, but: readonly string[]): boolean {
  const [these, those] = [one, other].map((each) => new Map(Object.entries(each)));
  if (these?.size !== those?.size) return false;
  return [...(these ?? [])].every(([key, value]) => but.includes(key) || those?.get(key) === value);
}

function isExtended(sets: readonly NamedSet[], later: readonly NamedSet[]): boolean {
  return (
    sets.every((set, at) => set === later[at]) && new Set(later.map(({ name }) => name)).size === later.length
  );
}

/** From which hooks packets come to the chains of a table, by their names. */
function hooksIn(table: Table): ReadonlyMap<string, readonly Hook[]> {
  const jumps = jumpsOf(table);
  const found = new Map<string, Hook[]>();
  for (const hook of new Set(table.chains.flatMap(({ base }) => base?.hook ?? []))) {
    const reached = new Set(table.chains.filter(({ base }) => base?.hook === hook));
    for (const chain of reached) for (const { to } of jumps.get(chain) ?? []) if (to) reached.add(to);
    for (const { name } of reached) found.set(name, [...(found.get(name) ?? []), hook]);
  }
  return found;
}
