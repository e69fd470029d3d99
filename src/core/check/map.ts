// Named maps of a table: what values are looked up, and what is found for them.
import { nameOfTypes } from '../datatype/by-name.ts';
import type { DataType } from '../datatype/define.ts';
import type { NamedMap } from '../ir/ruleset.ts';
import type { EntryData } from '../ir/tuple.ts';
import { readVerdict } from '../statement/vmap.ts';
import type { MapDeclaration } from '../syntax/ast.ts';
import { type Cursor, makeCursor } from './cursor.ts';
import { makeArgumentReader, type SetsInReach } from './reader.ts';
import type { Report } from './report.ts';
import { distinct, type Scope } from './scope.ts';
import { readChanges, typesOfName } from './set.ts';
import { readEntries, readTuple } from './tuple.ts';

/** What the data of a map are read with. */
interface MapContext {
  readonly scope: Scope;
  readonly sets: SetsInReach;
  readonly report: Report;
}

/** The maps that are without a mistake, in their order. */
export function declareMaps(
  declarations: readonly MapDeclaration[],
  context: MapContext,
): readonly NamedMap[] {
  const all = [...distinct(declarations, 'map', context.report).values()];
  return all.flatMap((declaration) => declareMap(declaration, context) ?? []);
}

function declareMap(declaration: MapDeclaration, context: MapContext): NamedMap | undefined {
  const { name, type, data, entries: braces, span } = declaration;
  const { scope, report } = context;
  const keys = typesOfName(type, report);
  const values = data.text === 'verdict' ? 'verdict' : typesOfName(data, report);
  const changes = readChanges(declaration.changes, report);
  const cursor = makeCursor(braces ? [braces] : [], span, scope, report);
  const [at] = cursor.terms;
  if (!keys || !values) return undefined;
  const entries = braces && at ? readEntries(cursor, at, braces, keys, dataReader(values, context)) : [];
  return (
    entries && {
      name: name.text,
      type: nameOfTypes(keys),
      data: values === 'verdict' ? values : nameOfTypes(values),
      entries,
      ...(changes && { changes }),
      span,
    }
  );
}

function dataReader(types: 'verdict' | readonly DataType[], { sets }: MapContext) {
  return (cursor: Cursor): EntryData | undefined => {
    if (types !== 'verdict') {
      const value = readTuple(cursor, types);
      return value && { kind: 'value', value };
    }
    let found: EntryData | undefined;
    const options = { cursor, family: undefined };
    makeArgumentReader(options, sets)((reader) => {
      found = readVerdict(reader);
    }, options);
    return found;
  };
}
