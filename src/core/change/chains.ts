// What becomes of the chains of a table and of the rules in them.
import { gapsBetween } from '../analyse/proof/align.ts';
import type { Chain, Rule, Table } from '../ir/ruleset.ts';
import type { TextRule, TextTable } from '../nft/emit-text.ts';
import { wordsOf } from '../source-map/meaning.ts';
import type { AddedRule, ChainChange, RemovedRule, RuleChange } from './change.ts';
import { mentions } from './parts.ts';
import { keyOf } from './spelled.ts';

/** A chain as the policy has it. */
export interface TargetChain {
  /** As it reads back. */
  readonly read: Chain;
  readonly rules: readonly TextRule[];
}

/** The chains of a table of the policy by name. */
export function targetChains(spelled: TextTable, read: Table): ReadonlyMap<string, TargetChain> {
  const byName = new Map(read.chains.map((chain) => [chain.name, chain]));
  return new Map(
    spelled.chains.flatMap(({ name, rules }) => {
      const chain = byName.get(name);
      return chain ? [[name, { read: chain, rules }] as const] : [];
    }),
  );
}

/** Chains that can't become what they are to be, because what they are can't be changed. */
export function remadeChains(live: Table, targets: ReadonlyMap<string, TargetChain>): ReadonlySet<string> {
  const remade = live.chains.filter((chain) => {
    const target = targets.get(chain.name);
    return target !== undefined && kindOf(chain) !== kindOf(target.read);
  });
  return new Set(remade.map(({ name }) => name));
}

/** Everything that is said of a chain but its policy, which can be changed, and its rules. */
function kindOf({ base, comment }: Chain): string {
  return wordsOf({ comment, base: base && { ...base, policy: undefined, counters: undefined } });
}

/**
 * What is to be done to the chains. `remade` are those that are made again; rules that may refer to one of `names` are
 * made again too.
 */
export function chainChanges(
  live: Table,
  targets: ReadonlyMap<string, TargetChain>,
  remade: ReadonlySet<string>,
  names: ReadonlySet<string>,
): readonly ChainChange[] {
  const present = new Map(live.chains.map((chain) => [chain.name, chain]));
  const gone = live.chains.filter(({ name }) => !targets.has(name));
  const changes = [...targets].flatMap(([name, target]): readonly ChainChange[] => {
    const chain = present.get(name);
    if (!chain) return [{ name, kind: 'made', rules: rulesOfNew(target.rules) }];
    if (remade.has(name))
      return [{ name, kind: 'remade', rules: [...rulesOfOld(chain), ...rulesOfNew(target.rules)] }];
    const rules = ruleChanges(chain, target, names);
    const wanted = target.read.base?.policy;
    const policy = wanted !== chain.base?.policy ? wanted : undefined;
    return rules.length > 0 || policy ? [{ name, kind: 'edited', rules, ...(policy && { policy }) }] : [];
  });
  const going = gone.map(
    (chain): ChainChange => ({ name: chain.name, kind: 'removed', rules: rulesOfOld(chain) }),
  );
  return [...changes, ...going];
}

/** All rules of a chain that is made. */
export function rulesOfNew(rules: readonly TextRule[]): readonly RuleChange[] {
  return rules.map(({ text, rule }, at) => ({ kind: 'added', index: at + 1, text, rule }));
}

/** All rules of a chain that goes. */
export function rulesOfOld({ rules }: Chain): readonly RuleChange[] {
  return rules.map((rule, at) => removal(rule, at));
}

function removal(rule: Rule, at: number): RemovedRule {
  return { kind: 'removed', index: at + 1, rule };
}

/** The rules that are in one and not in the other, from the first to the last. */
function ruleChanges(
  chain: Chain,
  { read, rules }: TargetChain,
  names: ReadonlySet<string>,
): readonly RuleChange[] {
  const wanted = read.rules.map((rule) =>
    mentions(rule.parts, names) ? `again ${keyOf(rule)}` : keyOf(rule),
  );
  const gaps = gapsBetween(chain.rules.map(keyOf), wanted);
  return gaps.flatMap(({ one, other }) => [
    ...chain.rules.slice(...one).map((rule, at) => removal(rule, one[0] + at)),
    ...rules.slice(...other).map(({ text, rule }, at): AddedRule => {
      const before = chain.rules[one[1]]?.handle;
      return { kind: 'added', index: other[0] + at + 1, text, rule, before };
    }),
  ]);
}
