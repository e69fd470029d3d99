// Named maps of a table: what values are looked up, and what is found for them.
import { nameOfTypes } from '../datatype/by-name.ts';
import type { NamedMap } from '../ir/ruleset.ts';
import { type EntryData, isObjectType } from '../ir/tuple.ts';
import type { DataTypes } from '../match/map-json.ts';
import { readObjectName } from '../match/object-reference.ts';
import { readVerdict } from '../statement/vmap.ts';
import type { MapDeclaration } from '../syntax/ast.ts';
import type { Name } from '../syntax/term.ts';
import { readBeside } from './beside.ts';
import { type Cursor, makeCursor } from './cursor.ts';
import { nameParts, typesOfName, variantsOfName } from './element-types.ts';
import { argumentReader } from './reader.ts';
import type { SetsInReach } from './reader-state.ts';
import type { Report } from './report.ts';
import { distinct, type Scope, warnIfHidden } from './scope.ts';
import { readSetBlock } from './set-block.ts';
import type { DeclaredMap, MapScope } from './set-part.ts';
import { readEntries, readTuple } from './tuple.ts';

/** What the data of a map are read with. */
interface MapContext {
  readonly scope: Scope;
  readonly sets: SetsInReach;
  readonly report: Report;
}

/** Reads the declarations of one scope; `hidden` are the maps of the top level. */
export function declareMaps(
  declarations: readonly MapDeclaration[],
  context: MapContext,
  hidden: MapScope | undefined,
): MapScope {
  const maps = new Map<string, DeclaredMap>();
  for (const [text, declaration] of distinct(declarations, 'map', context.report)) {
    const { name } = declaration;
    warnIfHidden('map', name, hidden?.get(text)?.name, context.report);
    maps.set(text, { name, parts: declareMap(declaration, context) });
  }
  return maps;
}

/** Warns about maps of the top level that no rule has referred to: no table has them. */
export function warnUnusedMaps(maps: MapScope, report: Report): void {
  for (const map of maps.values())
    if (!report.used.has(map))
      report.complain('HK2082', `map \`${map.name.text}\` is never used`, { span: map.name.span });
}

function declareMap(declaration: MapDeclaration, context: MapContext): readonly NamedMap[] {
  const { name, type, data, span } = declaration;
  const { scope, report } = context;
  const variants = variantsOfName(type, report);
  const values = dataOf(data, report);
  const { properties, values: braces } = readSetBlock(
    { ...declaration, values: declaration.entries },
    scope,
    report,
  );
  const cursor = makeCursor(braces ? [braces] : [], span, scope, report);
  const [at] = cursor.terms;
  if (!variants || !values) return [];
  const entries =
    braces && at ? readEntries(cursor, at, braces, variants, dataReader(values, context), readBeside) : [];
  if (!entries) return [];
  return nameParts(name.text, variants, entries).map((part) => ({
    name: part.name,
    type: nameOfTypes(part.types),
    data: typeof values === 'string' ? data.text : nameOfTypes(values),
    entries: part.own.map(({ entry }) => entry),
    ...properties,
    span,
  }));
}

function dataOf(data: Name, report: Report): DataTypes | undefined {
  if (data.text === 'verdict') return 'verdict';
  return isObjectType(data.text) ? 'object' : typesOfName(data, report);
}

function dataReader(types: DataTypes, { sets }: MapContext) {
  return (cursor: Cursor): EntryData | undefined => {
    if (typeof types !== 'string') {
      const value = readTuple(cursor, types);
      return value && { kind: 'value', value };
    }
    let found: EntryData | undefined;
    const options = { cursor, family: undefined };
    argumentReader(sets)((reader) => {
      found = types === 'verdict' ? readVerdict(reader) : readObjectName(reader);
    }, options);
    return found;
  };
}
