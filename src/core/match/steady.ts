// Whether a condition has the same answer whenever it is asked about a packet, and whether to ask it leaves no trace.
import type { Match } from '../ir/ruleset.ts';
import type { Lookups } from './define.ts';
import { findMatch } from './registry.ts';

/**
 * What counts, draws or looks at the clock may have another answer a rule later, and so may sets whose elements count or
 * have limits; what needs a module keeps it there.
 */
export function isSteady({ key, args }: Match, lookups: Pick<Lookups, 'findSet'>): boolean {
  const definition = findMatch(key);
  if (!definition || definition.stateful || definition.needsBridgeFilter) return false;
  const { knowledge } = definition;
  const isKnown = knowledge === undefined || knowledge === 'host';
  return (
    isKnown && definition.sets(args).every((name) => (lookups.findSet(name)?.statements ?? []).length === 0)
  );
}
