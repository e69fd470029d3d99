// Which of several rule sets of a machine was loaded first: of chains with the same hook and priority the newest runs
// first, so that it may matter, and no dump tells.
import type { Load, RuleSet, Table } from '../ir/ruleset.ts';
import { keepInMind } from './memory.ts';
import { perRuleSet } from './per-rule-set.ts';
import type { Run } from './run.ts';

/** Every order in which the loads of a rule set may have come, by their places; the first is that of the rule set. */
const ordersOf = perRuleSet(({ loads = [] }) => interleaved(sequencesOf(loads)));

/** The places of loads of which it is known that each came behind the one before. */
function sequencesOf(loads: readonly Load[]): readonly (readonly number[])[] {
  const starts = loads.flatMap(({ behind }, at) => (behind ? [] : [at]));
  return starts.map((start, at) => {
    const end = starts[at + 1] ?? loads.length;
    return Array.from({ length: end - start }, (_, index) => start + index);
  });
}

/** All that may come of several sequences at once: each keeps its order. */
function interleaved(sequences: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const left = sequences.filter(({ length }) => length > 0);
  if (left.length < 2) return [left[0] ?? []];
  return left.flatMap((sequence) => {
    const [first, ...rest] = sequence;
    const others = left.map((one) => (one === sequence ? rest : one));
    return interleaved(others).map((order) => (first === undefined ? order : [first, ...order]));
  });
}

/** The tables as they are loaded in an order, which is given by its place among all. */
export function tablesLoaded(ruleSet: RuleSet, order: number): readonly Table[] {
  const { tables, loads = [] } = ruleSet;
  const starts = loads.map((_, at) => loads.slice(0, at).reduce((sum, load) => sum + load.tables, 0));
  const chosen = order === 0 ? undefined : ordersOf(ruleSet)[order];
  if (!chosen) return tables;
  const loaded = chosen.flatMap((at) => {
    const start = starts[at] ?? 0;
    return tables.slice(start, start + (loads[at]?.tables ?? 0));
  });
  // Whatever was added to the loads comes behind them.
  return [...loaded, ...tables.slice(loaded.length)];
}

/** What tells the orders apart that the loads of a rule set may have come in, first that of the rule set. */
export function ordersOfLoading(ruleSet: RuleSet): readonly string[] {
  const { loads = [] } = ruleSet;
  return ordersOf(ruleSet).map((order) => orderText(order, loads));
}

const place = 'the order of loading';

/**
 * The order in which everything was loaded, asked for where a hook is the first at which it matters; the packets behind
 * find it as this one does. `differs` tells whether something runs in another order than in that of the rule set.
 */
export function orderOfLoading(run: Run, differs: (order: number) => boolean): number {
  const { ruleSet } = run.request;
  const { loads = [] } = ruleSet;
  if (loads.length < 2) return 0;
  const known = run.memory.get(place);
  if (known?.kind === 'turn') return known.next;
  const orders = ordersOf(ruleSet);
  if (!orders.some((_, order) => differs(order))) return 0;
  const [first = '', ...others] = orders.map((order) => orderText(order, loads));
  const answer = run.ask('the order in which the rules were loaded', [first, ...others]);
  const order = [first, ...others].indexOf(answer);
  keepInMind(run, place, { kind: 'turn', next: order });
  return order;
}

function orderText(order: readonly number[], loads: readonly Load[]): string {
  return order.map((at) => loads[at]?.name ?? '').join(', then ');
}
