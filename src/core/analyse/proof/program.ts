// The rules of a chain as one list: what a back end puts into a further chain because it has to, stands behind the rest.
import type { Rule, Table } from '../../ir/ruleset.ts';
import { findChain } from '../../ir/ruleset.ts';
import { chainsOf, partsOf } from './rule-words.ts';

/** The rules of a chain, with those of the chains in which it goes on whatever the packet. */
export interface Program {
  readonly rules: readonly Rule[];
  /** Where in the list the rules of those chains begin, by their names. */
  readonly continued: ReadonlyMap<string, number>;
}

/** `isOwn`: whether a chain is one that only this table has. */
export function programOf(table: Table, name: string, isOwn: (chain: string) => boolean): Program {
  const rules: Rule[] = [];
  const continued = new Map<string, number>();
  for (let next: string | undefined = name; next !== undefined; ) {
    const chain = findChain(table, next);
    rules.push(...(chain?.rules ?? []));
    const onward: string | undefined = onwardOf(chain?.rules.at(-1));
    const isFurther = onward !== undefined && isOwn(onward) && !continued.has(onward) && onward !== name;
    next = isFurther ? onward : undefined;
    if (next !== undefined) continued.set(next, rules.length);
  }
  return { rules, continued };
}

/** The chain that every packet goes over to. */
function onwardOf(rule: Rule | undefined): string | undefined {
  const [only, ...others] = rule ? partsOf(rule) : [];
  if (!rule || only?.kind !== 'statement' || only.key !== 'goto' || others.length > 0) return undefined;
  return chainsOf(rule)[0];
}
