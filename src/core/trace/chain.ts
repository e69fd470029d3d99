// Evaluating a chain: rule after rule, down jumps and back. net/netfilter/nf_tables_core.c: nft_do_chain and
// net/ipv4/netfilter/ip_tables.c: ipt_do_table agree in everything that is done here.
import type { Chain, Table } from '../ir/ruleset.ts';
import { findChain } from '../ir/ruleset.ts';
import type { NatRequest, Verdict } from '../statement/define.ts';
import type { HookedChain } from './order.ts';
import { evaluateRule } from './rule.ts';
import type { Run } from './run.ts';
import type { Deciding, RulePlace } from './step.ts';

/** How a base chain left the packet. */
export type ChainResult =
  | { readonly kind: 'accept' | 'drop' | 'queue' }
  | Extract<Verdict, { kind: 'reject' }>
  /** A nat statement was reached; the chain ends with it. */
  | { readonly kind: 'nat'; readonly request: NatRequest };

/** What ended a chain and where; or running off its end, or `return`. */
type Ended = { readonly result: ChainResult; readonly deciding: Deciding } | 'end';

/** Runs a base chain; its end, or `return` in it, is its policy. */
export function runBaseChain(run: Run, { table, chain, base }: HookedChain): ChainResult {
  const place = { family: table.family, table: table.name, chain: chain.name };
  run.steps.push({ kind: 'chain', hook: run.hook, ...place, priority: base.priority, type: base.type });
  const ended = runRules(run, table, chain, 0);
  if (ended !== 'end') return decide(run, base.type, ended.result, ended.deciding);
  run.steps.push({ kind: 'policy', hook: run.hook, ...place, verdict: base.policy });
  return decide(run, base.type, { kind: base.policy }, { by: 'policy', ...place });
}

/** Remembers what each base chain decided: at the end one of them is the answer. */
function decide(run: Run, type: string, result: ChainResult, deciding: Deciding): ChainResult {
  run.decisions.push({ hook: run.hook, nat: type === 'nat', result: result.kind, deciding });
  return result;
}

function runRules(run: Run, table: Table, chain: Chain, depth: number): Ended {
  for (let at = nextRule(run, table, chain, 0); ; at = nextRule(run, table, chain, at + 1)) {
    const rule = chain.rules[at];
    if (!rule) return 'end';
    const place = { family: table.family, table: table.name, chain: chain.name, index: at + 1, rule };
    const outcome = evaluateRule(run, table, place, depth);
    if (outcome.kind === 'nat') return endedBy(place, outcome);
    const ended = follow(run, table, outcome.verdict, place, depth);
    if (ended) return ended;
  }
}

function nextRule(run: Run, table: Table, chain: Chain, from: number): number {
  return run.request.observer?.nextRule(run, table, chain, from) ?? from;
}

/** What a rule's verdict leads to; undefined: on with the next rule. */
function follow(
  run: Run,
  table: Table,
  verdict: Verdict,
  place: RulePlace,
  depth: number,
): Ended | undefined {
  switch (verdict.kind) {
    case 'continue':
      return undefined;
    case 'return':
      return 'end';
    case 'jump':
    case 'goto':
      return enter(run, table, verdict, depth);
    case 'accept':
    case 'drop':
    case 'queue':
      return endedBy(place, { kind: verdict.kind });
    case 'reject':
      return endedBy(place, verdict);
  }
}

function endedBy(place: RulePlace, result: ChainResult): Ended {
  return { result, deciding: { by: 'rule', ...place } };
}

/** After a jump evaluation comes back behind the rule; after a goto it ends as the target ended. */
function enter(
  run: Run,
  table: Table,
  verdict: Extract<Verdict, { chain: string }>,
  depth: number,
): Ended | undefined {
  const target = findChain(table, verdict.chain);
  if (!target) throw new Error(`chain ${verdict.chain} is not in table ${table.name}`);
  const ended = runRules(run, table, target, depth + 1);
  return verdict.kind === 'jump' && ended === 'end' ? undefined : ended;
}
