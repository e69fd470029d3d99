// What the rules of a table see by name: its own sets and maps and those of the top level, which the table then has too.
import type { NamedMap, OpaqueObject } from '../ir/ruleset.ts';
import type * as Ast from '../syntax/ast.ts';
import { ofKind } from './of-kind.ts';
import type { SetsInReach } from './reader-state.ts';
import type { Report } from './report.ts';
import type { DeclaredMap, DeclaredSet, MapScope, SetPart, SetScope } from './set-part.ts';

/** The sets and maps of one scope. */
export interface SetsAndMaps {
  readonly sets: SetScope;
  readonly maps: MapScope;
}

/** What rules have referred to so far. */
export interface Needed {
  readonly sets: Map<SetPart, DeclaredSet>;
  readonly maps: Map<NamedMap, DeclaredMap>;
}

/** What is seen in a table. */
export function reachOf(
  own: SetsAndMaps,
  top: SetsAndMaps & { readonly report: Report },
  needed: Needed,
  opaque: readonly OpaqueObject[],
): SetsInReach {
  return {
    find: (name) => own.sets.get(name) ?? top.sets.get(name),
    names: () => [...own.sets.keys(), ...top.sets.keys()],
    use: (set, part) => {
      top.report.used.add(set);
      if (part) needed.sets.set(part, set);
    },
    findMap: (name) => own.maps.get(name) ?? top.maps.get(name),
    useMap: (map, part) => {
      top.report.used.add(map);
      if (part) needed.maps.set(part, map);
    },
    isKept: (name) => opaque.some(({ text }) => text === `set ${name}` || text === `map ${name}`),
  };
}

/** The sets that the table has: of its own all, of one that rules refer to what they need; and what else they need. */
export function setsOf(own: SetScope, top: SetScope, needed: Needed): readonly SetPart[] {
  const shared = [...top.values()].flatMap((set) => set.parts).filter((part) => needed.sets.has(part));
  return [...shared, ...[...own.values()].flatMap(({ parts }) => keptParts(parts, needed.sets))];
}

/** The maps that the table has, by the same rule. */
export function mapsOf(own: MapScope, needed: Needed): readonly NamedMap[] {
  const shared = [...needed.maps].flatMap(([part, map]) => (own.get(map.name.text) === map ? [] : [part]));
  return [...shared, ...[...own.values()].flatMap(({ parts }) => keptParts(parts, needed.maps))];
}

function keptParts<Part>(parts: readonly Part[], needed: ReadonlyMap<Part, unknown>): readonly Part[] {
  const used = parts.filter((part) => needed.has(part));
  return used.length > 0 ? used : parts;
}

/** What is there though nobody may know all of it, by kind and name. */
export function obscureNames(
  { items }: Ast.Table,
  opaque: readonly OpaqueObject[],
  { maps }: SetsAndMaps,
): ReadonlySet<string> {
  return new Set([
    ...opaque.map(({ text }) => text),
    ...ofKind(items, 'map').map(({ name }) => `map ${name.text}`),
    ...[...maps.values()].map(({ name }) => `map ${name.text}`),
    ...ofKind(items, 'object').map(({ keyword, name }) => `${keyword.text} ${name.text}`),
  ]);
}
