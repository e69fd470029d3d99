// The rules that the kernel has, by the handles that traces name them by.

import type { TraceRule } from '../../core/live/event.ts';
import { run } from '../exec.ts';

/** One rule of the kernel's nftables rule set, those of iptables-nft included. */
export interface ListedRule {
  readonly family: string;
  readonly table: string;
  readonly chain: string;
  /** From 1 in its chain. */
  readonly index: number;
  /** Unique in its table. */
  readonly handle: number;
  /** As nft lists it, without the state of counters and quotas. */
  readonly text: string;
}

/** All rules of a namespace, or of the caller's own, in order. */
export async function listRules(namespace?: string): Promise<readonly ListedRule[]> {
  return parseRules(await run('nft', ['--stateless', '--handle', 'list', 'ruleset'], { namespace }));
}

/** Reads what `nft --handle list ruleset` prints. */
export function parseRules(listing: string): readonly ListedRule[] {
  const rules: ListedRule[] = [];
  let [family, table, chain, index] = ['', '', '', 0];
  for (const line of listing.split('\n')) {
    const [, ofTable, name, ofChain, text, handle] = listingLine.exec(line) ?? [];
    if (ofTable !== undefined && name !== undefined) [family, table] = [ofTable, name];
    if (ofChain !== undefined) [chain, index] = [ofChain, 0];
    if (text !== undefined)
      rules.push({ family, table, chain, index: ++index, handle: Number(handle), text });
  }
  return rules;
}

/** A table, a chain, or a rule: nothing else that stands two levels deep has a handle. */
const listingLine = /^table (\S+) (\S+) \{|^\tchain (\S+) \{|^\t\t(\S.*) # handle (\d+)$/;

/** The rule that a trace event is about; undefined if it is not among them, because the rule set changed. */
export function ruleOf(event: TraceRule, rules: readonly ListedRule[]): ListedRule | undefined {
  return rules.find(
    (rule) => rule.family === event.family && rule.table === event.table && rule.handle === event.handle,
  );
}
