// One table of iptables while its rules are written: the lines of its chains and the names that are taken.
import type { Counters, Rule } from '../ir/ruleset.ts';
import type { BuiltinChain, TableName } from './builtin.ts';
import { type Conjunction, writeConjunction } from './conjunction.ts';
import { chainNameLimit, claimName } from './names.ts';

/** A chain and its rules, without the `-A chain`. */
export interface OutputChain {
  readonly name: string;
  readonly builtin?: BuiltinChain;
  readonly policy: 'ACCEPT' | 'DROP' | '-';
  /** What the policy had decided. */
  readonly counters?: Counters | undefined;
  readonly lines: OutputLine[];
}

export interface OutputLine {
  readonly text: string;
  readonly rule: Rule;
}

export interface OutputTable {
  readonly name: TableName;
  readonly chains: OutputChain[];
  /** Names that no further chain may have. */
  readonly taken: Set<string>;
  /** Which chains have other names than in the policy, in words. */
  readonly renamed: string[];
}

/** Adds a user chain; its name is `name` or, where that is taken, one like it. */
export function addChain(table: OutputTable, name: string): OutputChain {
  const chain: OutputChain = { name: claimName(name, chainNameLimit, table.taken), policy: '-', lines: [] };
  table.chains.push(chain);
  return chain;
}

/** Adds a rule to a chain: what must hold, and the written words of its target. */
export function addLine(chain: OutputChain, rule: Rule, condition: Conjunction, target: string): void {
  const words = writeConjunction(condition);
  if (target !== '') words.push(target);
  chain.lines.push({ text: words.join(' '), rule });
}
