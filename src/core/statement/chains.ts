// The chains that a part of a rule may lead to.
import type { Part } from '../ir/ruleset.ts';
import type { Lookups } from '../match/define.ts';
import { findStatement } from './registry.ts';

/** One for all that lead nowhere. */
const none: readonly never[] = [];

/** Names of chains of the part's table, those in a named map among them. */
export function chainsOf(part: Part, lookups: Lookups): readonly string[] {
  const definition = part.kind === 'statement' ? findStatement(part.key) : undefined;
  if (!definition || part.kind !== 'statement') return none;
  const single = definition.chain?.(part.args);
  const several = definition.chains?.(part.args, lookups) ?? none;
  return single === undefined ? several : [single, ...several];
}
