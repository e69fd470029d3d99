// One rule as rules of iptables that together mean exactly the same.
//
// A rule of iptables has one target and conditions that all must hold. Alternatives become several rules, several
// statements several rules with the same conditions. Where that would count, log or jump twice, ask a limit twice, or
// ask after a change, the rest of the rule moves to a helper chain:
//
//   -A INPUT -s 10.0.0.0/8 -j INPUT-1          -A INPUT-1 -j MARK --set-xmark 0x1/0xffffffff
//                                              -A INPUT-1 -j ACCEPT
//
// Inside a helper everything goes on by `-g`, so that its end is the rule behind in the chain of the rule. A rule with
// `return` or `goto` can't be jumped to: its chain goes over (`-g`) to a helper and from there to a chain with the rules
// behind it, so that RETURN still means the caller of the chain (net/ipv4/netfilter/ip_tables.c: ipt_do_table).

import type { Rule } from '../ir/ruleset.ts';
import { missingInterface } from './builtin.ts';
import { always, type Conjunction, join, type Piece } from './conjunction.ts';
import { type Group, gather } from './group.ts';
import type { Action, Item } from './item.ts';
import { addChain, addLine, type OutputChain, type OutputTable } from './program.ts';

/** Where a rule goes. */
export interface RulePlace {
  readonly table: OutputTable;
  readonly chain: OutputChain;
  readonly rule: Rule;
  /** Names helper chains: `INPUT-3` for the third rule of INPUT. */
  readonly label: string;
}

/** Writes a rule; the result is the chain in which the rules behind it go. */
export function compileRule(items: readonly Item[], place: RulePlace): OutputChain {
  const { chain, rule, table } = place;
  const group = gather(items);
  if (group && isDirect(group) && !isForbidden(group, chain)) {
    addGroup(chain, rule, group);
    return chain;
  }
  const [first, ...rest] = items;
  if (!first) {
    addLine(chain, rule, always, '');
    return chain;
  }
  if (first.kind === 'action') {
    addAction(chain, rule, always, first);
    return first.ends || rest.length === 0 ? chain : compileRule(rest, place);
  }
  if (items.some((item) => item.kind === 'action' && item.leaves)) return compileLeaving(items, place);
  const helper = addChain(table, place.label);
  const [only, ...others] = group && !isForbidden(group, chain) ? group.conditions : [];
  const entry = only && others.length === 0 ? only : always;
  addLine(chain, rule, entry, `-j ${helper.name}`);
  compileInside(entry === always || !group ? items : group.rest, { ...place, chain: helper });
  return chain;
}

function compileLeaving(items: readonly Item[], place: RulePlace): OutputChain {
  const helper = addChain(place.table, place.label);
  const after = addChain(place.table, `${place.label}-after`);
  addLine(place.chain, place.rule, always, `-g ${helper.name}`);
  compileInside(items, { ...place, chain: helper }, `-g ${after.name}`);
  return after;
}

/** Writes items into a chain of their own; `leave` is how it goes on if they don't match, by default at its end. */
function compileInside(items: readonly Item[], place: RulePlace, leave = ''): void {
  const { chain, rule } = place;
  const [first, ...rest] = items;
  if (first?.kind === 'action') {
    addAction(chain, rule, always, first);
    if (!first.ends) compileInside(rest, place, leave);
  } else if (first?.kind === 'none') {
    for (const alternative of first.alternatives)
      addUnlessNever(chain, rule, alternative, leave || '-j RETURN');
    compileInside(rest, place, leave);
  } else {
    const group = gather(items);
    if (group) compileGroup(group, place, leave);
    if (leave !== '') addLine(chain, rule, always, leave);
  }
}

function addUnlessNever(chain: OutputChain, rule: Rule, pieces: readonly Piece[], target: string): void {
  const condition = join(always, pieces);
  if (typeof condition !== 'string') addLine(chain, rule, condition, target);
}

function compileGroup(group: Group, place: RulePlace, leave: string): void {
  if (isDirect(group)) {
    addGroup(place.chain, place.rule, group);
    return;
  }
  const next = addChain(place.table, place.label);
  for (const condition of group.conditions) addLine(place.chain, place.rule, condition, `-g ${next.name}`);
  compileInside(group.rest, { ...place, chain: next }, leave);
}

function addGroup(chain: OutputChain, rule: Rule, { conditions, rest }: Group): void {
  const actions = rest.filter((item) => item.kind === 'action');
  for (const condition of conditions) {
    if (actions.length === 0) addLine(chain, rule, condition, '');
    for (const action of actions) addAction(chain, rule, condition, action);
  }
}

function addAction(chain: OutputChain, rule: Rule, condition: Conjunction, action: Action): void {
  const named = action.protocols?.map((protocol) => join(condition, [protocol])) ?? [condition];
  for (const joined of named) if (typeof joined !== 'string') addLine(chain, rule, joined, action.target);
}

/** Whether the group's rules may stand one behind the other, without a chain of their own. */
function isDirect({ conditions, stateful, disjoint, rest }: Group): boolean {
  if (conditions.length === 0 || rest.length === 0) return true;
  const actions = rest.filter((item) => item.kind === 'action');
  const last = actions.at(-1);
  if (!last || actions.length < rest.length) return false;
  if (actions.length > 1 && (stateful || actions.slice(0, -1).some((action) => action.changes))) return false;
  return conditions.length === 1 || last.ends || disjoint;
}

/** Built-in chains refuse to test the interface that a packet does not have yet or any more; user chains don't. */
function isForbidden({ conditions }: Group, { builtin }: OutputChain): boolean {
  const letter = builtin && missingInterface(builtin.hook);
  return letter !== undefined && conditions.some(({ own }) => own.some((piece) => piece.own === letter));
}
