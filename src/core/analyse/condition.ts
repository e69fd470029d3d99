// For which packets a condition of a rule holds: what its match says, or a condition of its own where nobody can tell.
import type { Node } from '../bdd/bdd.ts';
import { isIpPacket } from '../field/parts.ts';
import type { Match, OpaquePart, Table } from '../ir/ruleset.ts';
import { type Lookups, lookupsOf, type SymbolicContext } from '../match/define.ts';
import { findMatch } from '../match/registry.ts';
import { disturbedSets } from '../statement/updates.ts';
import type { PlaceSymbols } from './space.ts';

/** A match, or something not understood that is known to be one. */
export type Condition = Match | (OpaquePart & { readonly role: 'match' });

/** What rules of a table look values up in, before any packet. */
export function tableLookups(table: Table): Lookups {
  return { ...lookupsOf(table), isObscure: (name) => disturbedSets(table).has(name) };
}

/** For which packets the condition holds there. */
export function packetsOf(condition: Condition, symbols: PlaceSymbols, lookups: Lookups): Node {
  if (condition.kind === 'opaque') return symbols.free(condition.text);
  const definition = findMatch(condition.key);
  if (!definition) throw new Error(`no definition of \`${condition.key}\``);
  const { args } = condition;
  const context: SymbolicContext = { ...symbols, ...lookups };
  const text = () => definition.write(args);
  const said = definition.symbolic?.(args, context);
  const own = said ?? symbols.free(definition.stateful ? `${text()} in ${symbols.rule}` : text());
  const limited = definition.sets(args).some((name) => isLimited(lookups, name));
  const holds = limited
    ? symbols.bdd.and(own, symbols.free(`limits of elements: ${text()} in ${symbols.rule}`))
    : own;
  return definition.family ? symbols.bdd.and(isIpPacket(symbols), holds) : holds;
}

/** Elements with limits of their own have them asked where they are found. */
function isLimited(lookups: Lookups, name: string): boolean {
  const set = lookups.findSet(name);
  return set?.statements?.some(({ kind }) => kind === 'match') === true;
}
