// The objects and maps of its table that a part of a rule names.
import type { Part } from '../ir/ruleset.ts';
import type { MapName, MatchDefinition, ObjectName } from '../match/define.ts';
import { findMatch } from '../match/registry.ts';
import type { StatementDefinition } from './define.ts';
import { findStatement } from './registry.ts';

/** One for all parts that name nothing. */
const none: readonly never[] = [];

/** The counters, helpers, flowtables … by their names. */
export function objectsIn(part: Part): readonly ObjectName[] {
  return part.kind === 'opaque' ? none : (definitionOf(part)?.objects?.(part.args) ?? none);
}

/** The maps by their names, each with what it must have. */
export function mapsIn(part: Part): readonly MapName[] {
  return part.kind === 'opaque' ? none : (definitionOf(part)?.maps?.(part.args) ?? none);
}

function definitionOf({
  kind,
  key,
}: Exclude<Part, { kind: 'opaque' }>): MatchDefinition<unknown> | StatementDefinition<unknown> | undefined {
  return kind === 'match' ? findMatch(key) : findStatement(key);
}
