// Named sets: what a declaration holds, by type; one with addresses of both families has a part for each.
import { nameOfTypes, typeSeparator, typesNamed } from '../datatype/by-name.ts';
import type { DataType } from '../datatype/define.ts';
import { interfaceName, ipv4Address, ipv6Address, mark, port, protocol } from '../datatype/types.ts';
import { detailsOf } from '../ir/set.ts';
import type { SetDeclaration } from '../syntax/ast.ts';
import type { Name } from '../syntax/term.ts';
import { suggest } from '../text/suggest.ts';
import { readBeside } from './beside.ts';
import { type Cursor, inside, type Located, makeCursor, peekValue } from './cursor.ts';
import { type Element, readBraces, toElements } from './element.ts';
import type { Report } from './report.ts';
import { distinct, type Scope, warnIfHidden } from './scope.ts';
import { type ReadBlock, readSetBlock } from './set-block.ts';
import type { DeclaredSet, SetPart, SetScope } from './set-part.ts';
import { readDetailed } from './tuple.ts';

const address = [ipv4Address, ipv6Address];

/** The types that a declaration may name: those of the language, and nft's names for the same. */
export const setTypes: ReadonlyMap<string, readonly DataType[]> = new Map([
  ['address', address],
  ['ipv4_addr', [ipv4Address]],
  ['ipv6_addr', [ipv6Address]],
  ['port', [port]],
  ['inet_service', [port]],
  ['interface', [interfaceName]],
  ['ifname', [interfaceName]],
  ['mark', [mark]],
  ['protocol', [protocol]],
  ['inet_proto', [protocol]],
]);

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
  if (type?.text.includes(typeSeparator)) return declareTuples(given, type, cursor);
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

/** A set of concatenations is one set in every table. */
function declareTuples({ declaration, properties }: Given, type: Name, cursor: Cursor): DeclaredSet {
  const { name, span } = declaration;
  const types = typesOfName(type, cursor.report);
  const [at] = cursor.terms;
  const read =
    types && (at?.term.kind === 'braces' ? readDetailed(cursor, at, at.term, types, readBeside) : []);
  if (!types || !read) return { name, parts: [] };
  const set = {
    name: name.text,
    type: nameOfTypes(types),
    elements: { kind: 'tuples', tuples: read.map(({ tuple }) => tuple) } as const,
    ...detailsOf(read.map(({ details }) => details)),
    ...properties,
    span,
  };
  return { name, parts: [{ type: undefined, set }] };
}

/** The types of a concatenation: each is one of nft's, or one of the language's that is but one of those. */
export function typesOfName({ text, span }: Name, report: Report): readonly DataType[] | undefined {
  const types: DataType[] = [];
  for (const name of text.split(typeSeparator)) {
    const [type, ...others] = setTypes.get(name) ?? typesNamed(name) ?? [];
    if (!type || others.length > 0)
      return report.complain('HK3015', `\`${name}\` is not a type of one part of an element`, {
        span,
        help: 'say `ipv4_addr` or `ipv6_addr` for addresses, `port`, `interface`, `mark` or `protocol`',
      });
    types.push(type);
  }
  return types;
}

function makeParts(
  { declaration: { name, span }, properties }: Given,
  types: readonly DataType[],
  elements: readonly Element[],
): readonly SetPart[] {
  const parts = types.map((type) => ({ type, own: elements.filter((element) => element.type === type) }));
  const filled = elements.length === 0 ? parts : parts.filter(({ own }) => own.length > 0);
  return filled.map(({ type, own }) => {
    const suffix = filled.length === 1 ? '' : type === ipv4Address ? '4' : '6';
    const part = {
      name: `${name.text}${suffix}`,
      type: type.name,
      elements: toElements(own, type),
      ...detailsOf(own.map(({ details }) => details)),
      ...properties,
      span,
    };
    return { type, set: part };
  });
}

function typesOf(given: Given, cursor: Cursor): readonly DataType[] | undefined {
  const { type } = given.declaration;
  const types = type ? (setTypes.get(type.text) ?? typesNamed(type.text)) : inferTypes(cursor);
  if (types || !type) return types ?? reportUntyped(given, cursor.report);
  const meant = suggest(type.text, setTypes.keys());
  const help =
    meant === undefined ? `a set is of ${listed([...setTypes.keys()])}` : `did you mean \`${meant}\`?`;
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

/** The type that the first element shows. */
function inferTypes(cursor: Cursor): readonly DataType[] | undefined {
  const next = peekValue({ ...cursor });
  return next === 'broken' || !next ? undefined : inferFrom({ ...cursor }, next);
}

function inferFrom(cursor: Cursor, at: Located): readonly DataType[] | undefined {
  const { term } = at;
  if (term.kind === 'ipv4' || term.kind === 'ipv6') return address;
  if (term.kind === 'string') return [interfaceName];
  if (term.kind === 'number') return [port];
  if (term.kind === 'word') {
    const type = [port, protocol].find((one) => one.parse(term.text) !== undefined);
    return type && [type];
  }
  const [first] = term.kind === 'braces' ? term.elements : [];
  return first && inferTypes(inside(cursor, at, first.terms, first.span));
}
