// A rule with a choice in it, as rules of iptables: one for each case, with all that stands behind the choice. They need
// a chain of their own where a packet that a case was carried out for comes back and would meet the next one.
//
//   -A FORWARD -m conntrack --ctstate NEW -j FORWARD-1      -A FORWARD-1 -i lan0 -g from_lan
//                                                           -A FORWARD-1 -i wan0 -j DROP
//
// In the helper `-g` makes the end of the chosen chain the end of the rule. Where another case goes back to the caller of
// the chain, the chain can't be a helper that is jumped to: it goes over to it, and from there to the rules behind.

import { compileRule, type RulePlace } from './compile-rule.ts';
import { always } from './conjunction.ts';
import type { Action, Cases, Item, RuleItem } from './item.ts';
import { addChain, addLine, type OutputChain } from './program.ts';

/** Writes a rule; the result is the chain in which the rules behind it go. */
export function compileItems(items: readonly RuleItem[], place: RulePlace): OutputChain {
  const at = items.findIndex(({ kind }) => kind === 'cases');
  const choice = items[at];
  if (choice?.kind !== 'cases') return compileRule(items.filter(isItem), place);
  const before = items.slice(0, at).filter(isItem);
  const cases = choice.cases.map((one) => (goesOn(one) ? [...one, ...items.slice(at + 1)] : one));
  const repeatable =
    before.every((item) => item.kind !== 'action' && !item.stateful) && !choice.cases.some(counts);
  if (repeatable && (cases.length === 1 || cases.every(ends) || isApart(choice, cases)))
    return compileEach(before, cases, place);
  return cases.some(leaves) ? goOver(before, cases, place) : visit(before, cases, place);
}

function isItem(item: RuleItem): item is Item {
  return item.kind !== 'cases';
}

function isAction(item: RuleItem): item is Action {
  return item.kind === 'action';
}

/** Nothing behind it is reached. */
function ends(one: readonly RuleItem[]): boolean {
  return one.some((item) => item.kind === 'action' && item.ends);
}

/** Whether it counts the packets that come to it, which must be those of the rule and no others. */
function counts([first]: readonly RuleItem[]): boolean {
  return first !== undefined && first.kind !== 'cases' && first.kind !== 'action' && first.stateful;
}

/** What stands behind it in its rule is reached; a jump comes back to the next rule. */
function goesOn(one: readonly RuleItem[]): boolean {
  return !ends(one) && !one.some((item) => item.kind === 'action' && item.toChain);
}

function leaves(one: readonly RuleItem[]): boolean {
  return one.some((item) =>
    item.kind === 'cases' ? item.cases.some(leaves) : item.kind === 'action' && item.leaves,
  );
}

/** What is carried out for one case keeps its packets out of the others: it is a target that changes nothing they ask. */
function isApart({ exclusive }: Cases, cases: readonly (readonly RuleItem[])[]): boolean {
  return exclusive && cases.every((one) => one.some(isAction) && one.every(stays));
}

function stays(item: RuleItem): boolean {
  return isItem(item) && (!isAction(item) || !item.toChain);
}

function compileEach(
  before: readonly Item[],
  cases: readonly (readonly RuleItem[])[],
  place: RulePlace,
): OutputChain {
  return cases.reduce(
    (chain, one, at) =>
      compileItems([...before, ...one], { ...place, chain, label: `${place.label}-${at + 1}` }),
    place.chain,
  );
}

/** Jumps to a helper, in which each case is the end of the rule. */
function visit(
  before: readonly Item[],
  cases: readonly (readonly RuleItem[])[],
  place: RulePlace,
): OutputChain {
  const helper = addChain(place.table, place.label);
  const jump = { ...leap(`-j ${helper.name}`), ends: false, leaves: false, changes: true };
  const behind = compileRule([...before, jump], place);
  const last = cases.length - 1;
  const finals = cases.map((one, at) => final(one, at === last, place));
  compileEach([], finals, { ...place, chain: helper });
  return behind;
}

/** The case such that its end is the end of the helper. */
function final(one: readonly RuleItem[], isLast: boolean, place: RulePlace): readonly RuleItem[] {
  const at = one.findIndex((item) => item.kind !== 'any' && item.kind !== 'none');
  const [conditions, rest] = at < 0 ? [one, []] : [one.slice(0, at), one.slice(at)];
  const [only, ...others] = rest;
  if (ends(one)) return one;
  if (!only) return [...conditions, leap('-j RETURN')];
  if (only.kind === 'action' && only.toChain && others.length === 0)
    return [...conditions, leap(only.target.replace(/^-j /, '-g '))];
  if (isLast) return one;
  return [...conditions, leap(`-g ${compileApart(rest, place).name}`)];
}

/** Goes over to a helper, and from it to a chain with the rules behind, which is the result. */
function goOver(
  before: readonly Item[],
  cases: readonly (readonly RuleItem[])[],
  place: RulePlace,
): OutputChain {
  const helper = addChain(place.table, place.label);
  const after = addChain(place.table, `${place.label}-after`);
  const onward = `-g ${after.name}`;
  addLine(compileRule([...before, leap(`-g ${helper.name}`)], place), place.rule, always, onward);
  const finals = cases.map((one) => comingBack(one, onward, place));
  addLine(compileEach([], finals, { ...place, chain: helper }), place.rule, always, onward);
  return after;
}

/** The case such that it goes on to the rules behind, where it does not end. */
function comingBack(one: readonly RuleItem[], onward: string, place: RulePlace): readonly RuleItem[] {
  if (ends(one)) return one;
  const at = one.findIndex((item) => item.kind !== 'any' && item.kind !== 'none');
  if (at < 0) return [...one, leap(onward)];
  const apart = addChain(place.table, place.label);
  addLine(compileItems(one.slice(at), { ...place, chain: apart }), place.rule, always, onward);
  return [...one.slice(0, at), leap(`-g ${apart.name}`)];
}

function compileApart(items: readonly RuleItem[], place: RulePlace): OutputChain {
  const apart = addChain(place.table, place.label);
  compileItems(items, { ...place, chain: apart });
  return apart;
}

/** A target of which nothing comes back into its chain. */
function leap(target: string): Action {
  return { kind: 'action', target, ends: true, leaves: true, changes: false };
}
