// The chains of a table while a dump is read: declared, found, and closed.
import type { BaseChain, Chain, Counters, Rule } from '../ir/ruleset.ts';
import { byteLength } from '../match/quote.ts';
import type { Source, Span } from '../text/source.ts';
import type { Word } from '../text/words.ts';
import { builtinsOf, type TableName } from './builtin.ts';
import type { Complain } from './given-rule.ts';
import { chainNameLimit } from './names.ts';

/** A chain to which rules are still added. */
export interface OpenChain {
  readonly name: string;
  base: BaseChain | undefined;
  readonly rules: Rule[];
  readonly span: Span;
}

/** A table to which chains are still added. */
export interface OpenTable {
  readonly name: TableName;
  readonly chains: Map<string, OpenChain>;
  readonly source: Source;
  readonly complain: Complain;
}

/** Adds a chain, a built-in one with its policy. */
export function declareChain(name: Word, policy: Word | undefined, table: OpenTable): void {
  const { chains, complain } = table;
  const base = baseOf(name.text, table.name);
  if (chains.has(name.text) || (base && !policy))
    complain('HK5007', `chain \`${name.text}\` is declared twice`, name);
  else chains.set(name.text, openChain(name, base, table));
  if (byteLength(name.text) > chainNameLimit)
    complain('HK5001', `the name of a chain has at most ${chainNameLimit} bytes`, name);
  if (policy) setPolicy(name, policy, table);
}

/** Sets the policy of a built-in chain; a chain of one's own has `-` there. */
export function setPolicy(name: Word, { text, ...place }: Word, table: OpenTable): void {
  const chain = findChain(name, table);
  if (!chain) return;
  const { base } = chain;
  if (!(base ? /^(ACCEPT|DROP)$/ : /^(-|[A-Z]+)$/).test(text)) {
    const help = base ? 'use ACCEPT or DROP' : 'a chain of your own has `-` there';
    table.complain('HK5001', `\`${text}\` is no policy of \`${name.text}\``, place, help);
  }
  chain.base = base && { ...base, policy: text === 'DROP' ? 'drop' : 'accept' };
}

/** Keeps what a policy had decided, if it had decided anything. */
export function setCounters({ text }: Word, counters: Counters, { chains }: OpenTable): void {
  const chain = chains.get(text);
  if (chain?.base && counters.packets > 0n) chain.base = { ...chain.base, counters };
}

/** The chain of this name. Built-in chains exist without being declared. */
export function findChain(name: Word, table: OpenTable): OpenChain | undefined {
  const known = table.chains.get(name.text);
  if (known) return known;
  const base = baseOf(name.text, table.name);
  if (!base) {
    const help = `declare it with \`:${name.text} - [0:0]\``;
    table.complain('HK5005', `there is no chain \`${name.text}\` in this table`, name, help);
    return undefined;
  }
  const chain = openChain(name, base, table);
  table.chains.set(name.text, chain);
  return chain;
}

function openChain(
  { text, start, end }: Word,
  base: BaseChain | undefined,
  { source }: OpenTable,
): OpenChain {
  return { name: text, base, rules: [], span: { source, start, end } };
}

function baseOf(name: string, table: TableName): BaseChain | undefined {
  const builtin = builtinsOf(table).find((chain) => chain.name === name);
  return builtin && { type: builtin.type, hook: builtin.hook, priority: builtin.priority, policy: 'accept' };
}

/** The chain as it stays. */
export function closeChain({ name, base, rules, span }: OpenChain): Chain {
  return { name, ...(base && { base }), rules, span };
}
