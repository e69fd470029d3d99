// Named sets: what a declaration holds, by type; one with addresses of both families has a part for each.
import { nameOfTypes, typeSeparator, typesNamed } from '../datatype/by-name.ts';
import type { DataType } from '../datatype/define.ts';
import { interfaceName, port, protocol } from '../datatype/types.ts';
import { macType } from '../datatype/written-types.ts';
import { nearestWord } from '../diagnostic/meant.ts';
import { detailsOf, withTimeouts } from '../ir/set.ts';
import type { SetDeclaration } from '../syntax/ast.ts';
import { readBeside } from './beside.ts';
import { type Cursor, inside, type Located, makeCursor, peekValue } from './cursor.ts';
import { type Element, readBraces, toElements } from './element.ts';
import {
  addressTypes,
  type ElementTypes,
  nameParts,
  setTypes,
  variantsOf,
  variantsOfName,
} from './element-types.ts';
import type { Report } from './report.ts';
import { distinct, type Scope, warnIfHidden } from './scope.ts';
import { type ReadBlock, readSetBlock } from './set-block.ts';
import type { DeclaredSet, SetPart, SetScope } from './set-part.ts';
import { splitAtDots } from './split-dots.ts';
import { readDetailed } from './tuple.ts';

/** Reads declarations of one scope; `hidden` are the sets of the top level. */
export function declareSets(
  declarations: readonly SetDeclaration[],
  scope: Scope,
  hidden: SetScope | undefined,
  report: Report,
): SetScope {
  const sets = new Map<string, DeclaredSet>();
  for (const [text, declaration] of distinct(declarations, 'set', report)) {
    warnIfHidden('set', declaration.name, hidden?.get(text)?.name, report);
    sets.set(text, declareSet(declaration, scope, report));
  }
  return sets;
}

/** Warns about sets that no rule has referred to. */
export function warnUnusedSets(sets: SetScope, report: Report): void {
  for (const set of sets.values())
    if (!report.used.has(set))
      report.complain('HK2007', `set \`${set.name.text}\` is never used`, { span: set.name.span });
}

function declareSet(declaration: SetDeclaration, scope: Scope, report: Report): DeclaredSet {
  const { name, span, type } = declaration;
  const { properties, values } = readSetBlock(
    { ...declaration, values: declaration.elements },
    scope,
    report,
  );
  const cursor = makeCursor(values ? [values] : [], span, scope, report);
  const given: Given = { declaration, properties, values };
  const variants = type?.text.includes(typeSeparator)
    ? (variantsOfName(type, report) ?? [])
    : inferVariants(cursor, given);
  if (variants) return declareTuples(given, variants, cursor);
  const types = typesOf(given, cursor);
  const at = cursor.terms[0];
  const elements = types && (values && at ? readBraces(cursor, at, values, types, readBeside) : []);
  if (!types || !elements) return { name, parts: [] };
  return { name, parts: makeParts(given, types, elements) };
}

/** A declaration with what its block says. */
interface Given extends ReadBlock {
  readonly declaration: SetDeclaration;
}

/** A set of concatenations, or two if they hold addresses of both versions. */
function declareTuples(
  { declaration, properties }: Given,
  variants: readonly ElementTypes[],
  cursor: Cursor,
): DeclaredSet {
  const { name, span } = declaration;
  const [at] = cursor.terms;
  const read =
    variants.length > 0 &&
    (at?.term.kind === 'braces' ? readDetailed(cursor, at, at.term, variants, readBeside) : []);
  if (!read) return { name, parts: [] };
  const parts = nameParts(name.text, variants, read).map((part) => ({
    name: part.name,
    type: nameOfTypes(part.types),
    elements: { kind: 'tuples', tuples: part.own.map(({ tuple }) => tuple) } as const,
    ...detailsOf(part.own.map(({ details }) => details)),
    ...withTimeouts(
      properties,
      read.map(({ details }) => details),
    ),
    span,
  }));
  return { name, parts: parts.map((set) => ({ type: undefined, set })) };
}

function makeParts(
  { declaration: { name, span }, properties }: Given,
  types: readonly DataType[],
  elements: readonly Element[],
): readonly SetPart[] {
  const items = elements.map((element) => ({ ...element, types: [element.type] }));
  const variants = types.map((type) => [type]);
  return nameParts(name.text, variants, items).flatMap((found) => {
    const [type] = found.types;
    if (!type) return [];
    const part = {
      name: found.name,
      type: type.name,
      elements: toElements(found.own, type),
      ...detailsOf(found.own.map(({ details }) => details)),
      ...withTimeouts(
        properties,
        elements.map(({ details }) => details),
      ),
      span,
    };
    return [{ type, set: part }];
  });
}

function typesOf(given: Given, cursor: Cursor): readonly DataType[] | undefined {
  const { type } = given.declaration;
  const types = type ? (setTypes.get(type.text) ?? typesNamed(type.text)) : inferTypes(cursor);
  if (types || !type) return types ?? reportUntyped(given, cursor.report);
  const help = nearestWord(type.text, setTypes.keys()) ?? `a set is of ${listed([...setTypes.keys()])}`;
  return cursor.report.complain('HK3015', `\`${type.text}\` is not a type of sets`, {
    span: type.span,
    help,
  });
}

function listed(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ');
}

function reportUntyped({ declaration: { name }, values }: Given, report: Report): undefined {
  const empty = values === undefined || values.elements.length === 0;
  const help = `say it: \`set ${name.text} : address = …\``;
  return empty
    ? report.complain('HK3013', `empty set \`${name.text}\` has no type`, { span: name.span, help })
    : report.complain('HK3015', `the elements of set \`${name.text}\` do not show its type`, {
        span: name.span,
        help,
      });
}

/** The types that the first element shows where it joins several values; undefined for one value or a named type. */
function inferVariants(cursor: Cursor, { declaration, values }: Given): readonly ElementTypes[] | undefined {
  const [at] = cursor.terms;
  const [first] = values?.elements ?? [];
  if (declaration.type || !at || !first) return undefined;
  const parts = splitAtDots(first.terms);
  if (parts.length < 2) return undefined;
  const types = parts.map((terms) => inferTypes(inside(cursor, at, terms, first.span)));
  if (types.every((one) => one !== undefined)) return variantsOf(types);
  const help = `say it: \`set ${declaration.name.text} : address . port = …\``;
  const { span } = first;
  cursor.report.complain('HK3015', `the elements of set \`${declaration.name.text}\` do not show its type`, {
    span,
    help,
  });
  return [];
}

/** The type that the first element shows. */
function inferTypes(cursor: Cursor): readonly DataType[] | undefined {
  const next = peekValue({ ...cursor });
  return next === 'broken' || !next ? undefined : inferFrom({ ...cursor }, next);
}

function inferFrom(cursor: Cursor, at: Located): readonly DataType[] | undefined {
  const { term } = at;
  if (term.kind === 'ipv4' || term.kind === 'ipv6') return addressTypes;
  if (term.kind === 'string') return [interfaceName];
  if (term.kind === 'mac') return [macType];
  if (term.kind === 'number') return [port];
  if (term.kind === 'word') {
    const type = [port, protocol].find((one) => one.parse(term.text) !== undefined);
    return type && [type];
  }
  const [first] = term.kind === 'braces' ? term.elements : [];
  return first && inferTypes(inside(cursor, at, first.terms, first.span));
}
