// How many sets a table may have. Each anonymous set makes the kernel take longer for the next one, so that some ten
// thousand of them take it a minute to load (net/netfilter/nf_tables_api.c: nf_tables_set_alloc_name). Where there are very
// many rules, those go first of which most become one.
import type { Chain, Rule, Table } from '../ir/ruleset.ts';
import type { Target } from './target.ts';

/** Sets of a table up to which rules become one with a set. */
const mostSets = 1000;

/** What is left for a while. */
export interface Budget {
  /** So many rules are worth a set that there was not before. */
  readonly fewest: number;
  /** So many sets may be added. */
  left: number;
}

/** One after the other, each for the rules that are left by those before, until two rules are worth a set. */
export function budgetsFor(
  chains: readonly Chain[],
  table: Table,
  target: Target,
): readonly Budget['fewest'][] {
  const rules = chains.reduce((sum, chain) => sum + chain.rules.length, 0);
  const left = leftFor(chains, table, target);
  return left > 0 && rules > 2 * left ? [Math.ceil(rules / left), 2] : [2];
}

/** How many sets may be added to the table with these chains. */
export function leftFor(chains: readonly Chain[], table: Table, target: Target): number {
  let sets = 0;
  for (const chain of chains) for (const rule of chain.rules) sets += target.setsIn(rule, table);
  return mostSets - sets;
}

/** Whether rules may be worth a set, or have one already that the rule that they become may take over. */
export function mayAfford(budget: Budget, from: readonly Rule[], setsIn: (rule: Rule) => number): boolean {
  return (from.length >= budget.fewest && budget.left > 0) || from.some((rule) => setsIn(rule) > 0);
}

/** Whether so many rules may become this one; then its sets are taken off. */
export function affords(
  budget: Budget,
  rule: Rule,
  from: readonly Rule[],
  setsIn: (rule: Rule) => number,
): boolean {
  const added = setsIn(rule) - from.reduce((sum, one) => sum + setsIn(one), 0);
  if (added > 0 && (from.length < budget.fewest || added > budget.left)) return false;
  budget.left -= added;
  return true;
}
