// Named sets: what a declaration holds, by type; one with addresses of both families has a part for each.
import { nameOfTypes, typeSeparator, typesNamed } from '../datatype/by-name.ts';
import type { DataType } from '../datatype/define.ts';
import { interfaceName, ipv4Address, ipv6Address, mark, port, protocol } from '../datatype/types.ts';
import type { Changes, NamedSet } from '../ir/ruleset.ts';
import type { Name, SetDeclaration } from '../syntax/ast.ts';
import { suggest } from '../text/suggest.ts';
import { type Cursor, complainAt, inside, type Located, makeCursor, peekValue } from './cursor.ts';
import { type Element, readBraces, toElements } from './element.ts';
import { labelOf } from './operand.ts';
import type { Report } from './report.ts';
import { distinct, type Scope, warnIfHidden } from './scope.ts';
import { readTuples } from './tuple.ts';

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
  const { name, elements: braces, span, type } = declaration;
  const cursor = makeCursor(braces ? [braces] : [], span, scope, report);
  if (type?.text.includes(typeSeparator)) return declareTuples(declaration, type, cursor);
  const types = typesOf(declaration, cursor);
  const at = cursor.terms[0];
  const elements = types && (braces && at ? readBraces(cursor, at, braces, types) : []);
  if (!types || !elements) return { name, parts: [] };
  return { name, parts: makeParts(declaration, types, elements, cursor.report) };
}

/** A set of concatenations is one set in every table. */
function declareTuples({ name, changes, span }: SetDeclaration, type: Name, cursor: Cursor): DeclaredSet {
  const types = typesOfName(type, cursor.report);
  const [at] = cursor.terms;
  const tuples = types && (at?.term.kind === 'braces' ? readTuples(cursor, at, at.term, types) : []);
  if (!types || !tuples) return { name, parts: [] };
  const elements = { kind: 'tuples', tuples } as const;
  const set = {
    name: name.text,
    type: nameOfTypes(types),
    elements,
    ...changesOf(changes, cursor.report),
    span,
  };
  return { name, parts: [{ type: undefined, set }] };
}

function changesOf(written: Name | undefined, report: Report): Pick<NamedSet, 'changes'> {
  const changes = readChanges(written, report);
  return changes ? { changes } : {};
}

/** What adds to a set or map, or takes away, while packets pass. */
export function readChanges(written: Name | undefined, report: Report): Changes | undefined {
  if (!written) return undefined;
  if (written.text === 'dynamic') return 'by-rules';
  if (written.text === 'timeout') return 'by-time';
  return report.complain('HK2001', `\`${written.text}\` says nothing about a set or map`, {
    span: written.span,
    help: 'say `dynamic` where rules add elements, `timeout` where time takes some away',
  });
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
  { name, changes, span }: SetDeclaration,
  types: readonly DataType[],
  elements: readonly Element[],
  report: Report,
): readonly SetPart[] {
  const more = { ...changesOf(changes, report), span };
  const parts = types.map((type) => ({ type, own: elements.filter((element) => element.type === type) }));
  const filled = elements.length === 0 ? parts : parts.filter(({ own }) => own.length > 0);
  return filled.map(({ type, own }) => {
    const suffix = filled.length === 1 ? '' : type === ipv4Address ? '4' : '6';
    const part = { name: `${name.text}${suffix}`, type: type.name, elements: toElements(own, type), ...more };
    return { type, set: part };
  });
}

function typesOf(declaration: SetDeclaration, cursor: Cursor): readonly DataType[] | undefined {
  const { type, name } = declaration;
  const types = type ? (setTypes.get(type.text) ?? typesNamed(type.text)) : inferTypes(cursor);
  if (types || !type) return types ?? reportUntyped(name, declaration, cursor.report);
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

function reportUntyped(name: Name, { elements }: SetDeclaration, report: Report): undefined {
  const empty = elements === undefined || elements.elements.length === 0;
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
