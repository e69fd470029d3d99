// A rule that ends with a choice, as rules of iptables: one for each case, in a chain of their own where that is needed.
//
//   -A FORWARD -m conntrack --ctstate NEW -j FORWARD-1      -A FORWARD-1 -i lan0 -g from_lan
//                                                           -A FORWARD-1 -i wan0 -j DROP
//
// In the helper `-g` makes the end of the chosen chain the end of the rule, so that no further case is looked at.

import { compileRule, type RulePlace } from './compile-rule.ts';
import type { Action, Cases, Item } from './item.ts';
import { addChain, type OutputChain } from './program.ts';

type Case = Cases['cases'][number];

/** Writes the rule; the result is the chain in which the rules behind it go, or why there is no such rule. */
export function compileCases(
  items: readonly Item[],
  cases: Cases['cases'],
  place: RulePlace,
): OutputChain | string {
  const repeatable = items.every((item) => item.kind !== 'action' && !item.stateful);
  const comesBack = cases.length > 1 && cases.some((one) => isIdle(one) || one.some(isJump));
  if (repeatable && !comesBack) return compileEach(items, cases, place);
  if (cases.some((one) => one.some((item) => item.kind === 'action' && item.leaves)))
    return 'iptables has no rule that may both come back and go to the caller of its chain';
  const helper = addChain(place.table, place.label);
  const jump: Action = {
    kind: 'action',
    target: `-j ${helper.name}`,
    ends: false,
    leaves: false,
    changes: true,
  };
  const behind = compileRule([...items, jump], place);
  compileEach([], cases.map(withoutReturn), { ...place, chain: helper });
  return behind;
}

function compileEach(items: readonly Item[], cases: Cases['cases'], place: RulePlace): OutputChain {
  return cases.reduce(
    (chain, one, at) =>
      compileRule([...items, ...one], { ...place, chain, label: `${place.label}-${at + 1}` }),
    place.chain,
  );
}

/** The rule does nothing more for its packets, and no further case does either. */
function isIdle(one: Case): boolean {
  return one.every(({ kind }) => kind !== 'action');
}

const comeBack: Action = {
  kind: 'action',
  target: '-j RETURN',
  ends: true,
  leaves: false,
  changes: false,
};

function isJump(item: Item): boolean {
  return item.kind === 'action' && !item.ends;
}

/** What is gone to does not lead back behind its case. */
function withoutReturn(one: Case): Case {
  if (isIdle(one)) return [...one, comeBack];
  return one.map((item) =>
    item.kind === 'action' && isJump(item)
      ? { ...item, target: item.target.replace(/^-j /, '-g '), ends: true }
      : item,
  );
}
