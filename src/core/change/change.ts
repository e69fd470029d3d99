// What is to be done on a machine so that it has the rules of a policy: as little as possible, in one transaction.
import type { Family, Rule } from '../ir/ruleset.ts';

/** A table by what the kernel knows it by. */
export interface TableName {
  readonly family: Family;
  readonly name: string;
}

/** What becomes of the rules of a machine; tables of others are in none of it. */
export interface Change {
  /** Tables that are as they ought to be are left out. */
  readonly tables: readonly TableChange[];
  /** Tables of the policy that the machine has from somebody else: the change would take their place. */
  readonly foreign: readonly TableName[];
  /** For `nft -f`: all of it or nothing. Empty where there is nothing to do. */
  readonly text: string;
}

/** What becomes of one table. */
export interface TableChange extends TableName {
  /** `replaced` has all of it deleted and made anew, with everything that was counted or added meanwhile. */
  readonly kind: 'made' | 'removed' | 'replaced' | 'edited';
  /** Why it can't be edited, for a table that is replaced. */
  readonly why?: string;
  readonly chains: readonly ChainChange[];
  readonly parts: readonly PartChange[];
}

/** What becomes of a set, a map or an object of a table. */
export interface PartChange {
  /** `set`, `map`, `counter`, `ct helper` … */
  readonly is: string;
  readonly name: string;
  /** `remade` is deleted and made again, because what it is can't be changed. */
  readonly kind: 'made' | 'removed' | 'remade' | 'edited';
  /** Elements that come and go, as nft writes them. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/** What becomes of a chain. */
export interface ChainChange {
  readonly name: string;
  readonly kind: 'made' | 'removed' | 'remade' | 'edited';
  /** Where it becomes another one. */
  readonly policy?: 'accept' | 'drop';
  /** In the order of the chain as it will be, what goes before what comes in its place. */
  readonly rules: readonly RuleChange[];
}

/** A rule that comes or goes. */
export type RuleChange = AddedRule | RemovedRule;

/** A rule of the policy that the machine does not have. */
export interface AddedRule {
  readonly kind: 'added';
  /** From 1, in the chain as it will be. */
  readonly index: number;
  /** As nft writes it. */
  readonly text: string;
  readonly rule: Rule;
  /** The handle of the rule that it comes before; the end of the chain if absent. */
  readonly before?: number | undefined;
}

/** A rule of the machine that the policy does not have. */
export interface RemovedRule {
  readonly kind: 'removed';
  /** From 1, in the chain as it is. */
  readonly index: number;
  readonly rule: Rule;
}

/** Whether both are the same table. */
export function isSameTable(one: TableName, other: TableName): boolean {
  return one.family === other.family && one.name === other.name;
}
