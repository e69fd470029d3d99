// Named maps of a table: what values are looked up, and what is found for them.
import { nameOfTypes } from '../datatype/by-name.ts';
import type { NamedMap } from '../ir/ruleset.ts';
import { withTimeouts } from '../ir/set.ts';
import { type EntryData, isObjectType } from '../ir/tuple.ts';
import { readObjectName } from '../match/object-reference.ts';
import { readVerdict } from '../statement/vmap.ts';
import type { MapDeclaration } from '../syntax/ast.ts';
import type { Name } from '../syntax/term.ts';
import { readBeside } from './beside.ts';
import { type Cursor, makeCursor } from './cursor.ts';
import { type ElementTypes, nameParts, variantsOfName } from './element-types.ts';
import { argumentReader } from './reader.ts';
import type { SetsInReach } from './reader-state.ts';
import type { Report } from './report.ts';
import { distinct, type Scope, warnIfHidden } from './scope.ts';
import { readSetBlock } from './set-block.ts';
import type { DeclaredMap, MapScope } from './set-part.ts';
import { readEntries, readTyped } from './tuple.ts';

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
  const { name, type, span } = declaration;
  const { scope, report } = context;
  const variants = variantsOfName(type, report);
  const written = dataOf(declaration.data, report);
  const { properties, values: braces } = readSetBlock(
    { ...declaration, values: declaration.entries },
    scope,
    report,
  );
  const cursor = makeCursor(braces ? [braces] : [], span, scope, report);
  const [at] = cursor.terms;
  if (!variants || !written) return [];
  const entries =
    braces && at ? readEntries(cursor, at, braces, variants, dataReader(written, context), readBeside) : [];
  const data = entries && nameOfData(written, declaration.data, report);
  if (!entries || data === undefined) return [];
  return nameParts(name.text, variants, entries).map((part) => ({
    name: part.name,
    type: nameOfTypes(part.types),
    data,
    entries: part.own.map(({ entry }) => entry),
    ...withTimeouts(
      properties,
      entries.map(({ entry }) => entry.details),
    ),
    span,
  }));
}

/** What the data of a map are. All addresses in them are of one version, which the first of them tells. */
type WrittenData = 'verdict' | 'object' | { variants: readonly ElementTypes[] };

function dataOf(data: Name, report: Report): WrittenData | undefined {
  if (data.text === 'verdict') return 'verdict';
  if (isObjectType(data.text)) return 'object';
  const variants = variantsOfName(data, report);
  return variants && { variants };
}

/** The types of the data, now that they are read. */
function nameOfData(written: WrittenData | undefined, data: Name, report: Report): string | undefined {
  if (!written) return undefined;
  if (typeof written === 'string') return data.text;
  const [types = [], second] = written.variants;
  if (!second) return nameOfTypes(types);
  return report.complain('HK3015', 'nothing in this map tells the version of its addresses', {
    span: data.span,
    help: 'say `ipv4_addr` or `ipv6_addr`',
  });
}

function dataReader(written: WrittenData, { sets }: MapContext) {
  return (cursor: Cursor): EntryData | undefined => {
    if (typeof written !== 'string') {
      const value = readTyped(cursor, written.variants);
      if (value) written.variants = [value.types];
      return value && { kind: 'value', value: value.tuple };
    }
    let found: EntryData | undefined;
    const options = { cursor, family: undefined };
    argumentReader(sets)((reader) => {
      found = written === 'verdict' ? readVerdict(reader) : readObjectName(reader);
    }, options);
    return found;
  };
}
