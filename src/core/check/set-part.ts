// Declared sets, and the parts of one that are of the types that a rule compares with.
import type { DataType } from '../datatype/define.ts';
import type { NamedMap, NamedSet } from '../ir/ruleset.ts';
import type { Name } from '../syntax/term.ts';
import { type Cursor, complainAt, type Located } from './cursor.ts';
import { labelOf } from './operand.ts';
import type { Report } from './report.ts';

/** A declared set. Without parts it is broken: its uses fail without a further word. */
export interface DeclaredSet {
  readonly name: Name;
  readonly parts: readonly SetPart[];
}

/** The elements of one type under the name that the rule set has for them. */
export interface SetPart {
  /** Absent for a set of concatenations. */
  readonly type: DataType | undefined;
  readonly set: NamedSet;
}

/** Sets by name, in the order of their declarations. */
export type SetScope = ReadonlyMap<string, DeclaredSet>;

/** Sets and maps of one table share their names (net/netfilter/nf_tables_api.c: a map is a set there). */
export function refuseSharedNames(sets: SetScope, maps: MapScope, report: Report): void {
  for (const [text, { name }] of maps) {
    const set = sets.get(text);
    if (set) reportShared(text, set.name, name, report);
  }
}

/** Reports the name that a set and a map have in the rule set. */
export function reportShared(text: string, set: Name, map: Name, report: Report): void {
  report.complain('HK2028', `there is a set \`${text}\` and a map \`${text}\``, {
    span: map.span,
    labels: [{ span: set.span, message: 'the set' }],
    help: 'rename one of them',
  });
}

/** A declared map, one for each version of IP if its keys are of both. Without any it is broken, like a set. */
export interface DeclaredMap {
  readonly name: Name;
  readonly parts: readonly NamedMap[];
}

/** Maps by name, in the order of their declarations. */
export type MapScope = ReadonlyMap<string, DeclaredMap>;

/** The parts of a set that are of some types; reports a set that has none. */
export function partsFor(
  cursor: Cursor,
  at: Located,
  set: DeclaredSet,
  types: readonly DataType[],
): readonly SetPart[] | undefined {
  const parts = set.parts.filter(({ type }) => type && types.includes(type));
  if (parts.length > 0) return parts;
  if (set.parts.length === 0) return undefined;
  const holds = set.parts.map(({ type, set: { type: name } }) => type?.label ?? name).join(' and ');
  return complainAt(
    cursor,
    at,
    'HK3007',
    `expected ${labelOf(types)}, set \`@${set.name.text}\` holds others`,
    {
      labels: [{ span: set.name.span, message: `each element is ${holds}` }],
    },
  );
}
