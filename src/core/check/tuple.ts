// Values of several fields at once: the keys of a concatenation, its values, and the entries of a map.
import type { DataType } from '../datatype/define.ts';
import type { ElementDetails } from '../ir/set.ts';
import type { Atom, Entry, EntryData, Tuple } from '../ir/tuple.ts';
import type { Selector } from '../match/selector.ts';
import { complete } from '../match/tuple-json.ts';
import type { Braces, Term } from '../syntax/term.ts';
import type { Span } from '../text/source.ts';
import { atMark, type Cursor, complainAt, inside, type Located, peek, takeMark, takeWord } from './cursor.ts';
import { type BesideReader, type Element, readAtom } from './element.ts';
import type { ElementTypes } from './element-types.ts';
import { findField, findKey, type Key } from './key.ts';
import { labelOf, leftOverInElement } from './operand.ts';
import { findConstant } from './scope.ts';

/** Takes `ip saddr . tcp dport`. */
export function readSelectors(cursor: Cursor): readonly Selector[] | undefined {
  const selectors: Selector[] = [];
  do {
    const selector = readSelector(cursor);
    if (!selector) return undefined;
    selectors.push(selector);
  } while (takeMark(cursor, '.'));
  return selectors;
}

/** Whether the key of a field is next, perhaps in parentheses, and no constant of that name. */
export function isAtField(cursor: Cursor): boolean {
  const ahead = { ...cursor };
  while (takeMark(ahead, '('));
  if (findField(ahead)?.definition.selector === undefined) return false;
  const { term, scope } = peek(ahead) ?? {};
  return term?.kind !== 'word' || !findConstant(scope, term.text) || readsOn(ahead);
}

/** The same, but for one word with nothing of a reading or map behind it: that names something. */
export function isAtLookup(cursor: Cursor): boolean {
  return isAtField(cursor) && (atMark(cursor, '(') || readsOn(cursor));
}

/** What may stand between a field and the map that it is looked up in. */
const further: ReadonlySet<string> = new Set(['map', '.', '&', '|', 'and', 'or', 'xor', 'lshift', 'rshift']);

/** Whether the field that is next has several words, or an operation or a map behind it. */
function readsOn(cursor: Cursor): boolean {
  const words = findField(cursor)?.words ?? 0;
  const { term } = cursor.terms[cursor.at + words] ?? {};
  return words > 1 || (term !== undefined && 'text' in term && further.has(term.text));
}

/** Takes the key of a field, without operations behind it. */
export function readField(cursor: Cursor): Selector | undefined {
  const found = findField(cursor);
  const selector = found?.definition.selector;
  if (!found || !selector) return passNoField(cursor);
  cursor.at += found.words;
  return selector;
}

function readSelector(cursor: Cursor): Selector | undefined {
  const key = findKey(cursor);
  const selector = key?.meaning.kind === 'match' ? key.meaning.definition.selector : undefined;
  if (!selector) return passNoField(cursor);
  cursor.at += key?.words ?? 0;
  return selector;
}

/** Takes what stands in place of a field, with a map behind it, so that reading goes on behind them. */
function passNoField(cursor: Cursor): undefined {
  const key = findKey(cursor);
  reportNoField(cursor, key);
  cursor.at += key?.words ?? 0;
  if (takeWord(cursor, 'vmap') && peek(cursor)) cursor.at++;
}

function reportNoField(cursor: Cursor, key: Key | undefined): undefined {
  const help =
    key?.meaning.kind === 'agnostic'
      ? `write \`${key.meaning.key.ip}\` or \`${key.meaning.key.ip6}\``
      : undefined;
  return complainAt(cursor, peek(cursor), 'HK3009', 'expected a field of the packet', { help });
}

/** Takes one value of each type, with `.` between them. */
export function readTuple(cursor: Cursor, types: ElementTypes): Tuple | undefined {
  return readTyped(cursor, [types])?.tuple;
}

/** Values with the types that they turned out to be of. */
interface TypedTuple {
  readonly tuple: Tuple;
  readonly types: ElementTypes;
}

/** Takes one value of each type, with `.` between them; the first address says which variant it is. */
export function readTyped(cursor: Cursor, variants: readonly ElementTypes[]): TypedTuple | undefined {
  const atoms: Atom[] = [];
  let left = variants;
  for (const at of variants[0]?.keys() ?? []) {
    const types = [...new Set(left.flatMap((variant) => variant[at] ?? []))];
    if (at > 0 && !takeMark(cursor, '.'))
      return complainAt(cursor, peek(cursor), 'HK3009', `expected \`.\` and ${labelOf(types)}`);
    const element = readAtom(cursor, types);
    if (!element) return undefined;
    atoms.push(atomOf(element));
    left = left.filter((variant) => variant[at] === element.type);
  }
  const [types] = left;
  return types && { tuple: atoms, types };
}

function atomOf(element: Element): Atom {
  return element.kind === 'name' ? element.name : element.range;
}

/** The tuples in braces that were taken. */
export function readTuples(
  cursor: Cursor,
  at: Located,
  braces: Braces,
  types: readonly DataType[],
): readonly Tuple[] | undefined {
  return readDetailed(cursor, at, braces, [types])?.map(({ tuple }) => tuple);
}

/** A tuple and what stands beside it. */
interface DetailedTuple extends TypedTuple {
  readonly details?: ElementDetails;
}

/** The tuples in braces that were taken, with what stands beside each where a reader for that is given. */
export function readDetailed(
  cursor: Cursor,
  at: Located,
  braces: Braces,
  variants: readonly ElementTypes[],
  beside?: BesideReader,
): readonly DetailedTuple[] | undefined {
  return complete(
    braces.elements.map(({ terms, mapped, span }): DetailedTuple | undefined => {
      if (mapped) return complainOfMapped(cursor, span);
      return readWhole(cursor, at, { terms, span }, (inner) => {
        const found = readTyped(inner, variants);
        return found && withDetails(found, inner, beside);
      });
    }),
  );
}

function withDetails<Item extends object>(
  item: Item,
  cursor: Cursor,
  beside: BesideReader | undefined,
): (Item & { readonly details?: ElementDetails }) | undefined {
  if (!beside || !peek(cursor)) return { ...item };
  const details = beside(cursor);
  return details && { ...item, details };
}

function complainOfMapped(cursor: Cursor, span: Span): undefined {
  return cursor.report.complain('HK3009', 'this is a pair of a map, and a set holds only values', { span });
}

/** An entry with the types of its key. */
export interface TypedEntry {
  readonly entry: Entry;
  readonly types: ElementTypes;
}

/** The pairs in braces that were taken, `default` for each variant; `readData` reads what is behind each `:`. */
export function readEntries(
  cursor: Cursor,
  at: Located,
  braces: Braces,
  variants: readonly ElementTypes[],
  readData: (cursor: Cursor) => EntryData | undefined,
  beside?: BesideReader,
): readonly TypedEntry[] | undefined {
  return complete(
    braces.elements.map(({ terms, mapped, span }): readonly TypedEntry[] | undefined => {
      if (!mapped) return cursor.report.complain('HK3009', 'expected `:` and what is found', { span });
      const keys = readWhole(cursor, at, { terms, span }, (inner) => {
        const found = readKeys(inner, variants);
        const details = found && withDetails({}, inner, beside);
        return details && found.map(({ key, types }) => ({ types, entry: { key, ...details } }));
      });
      const data = readWhole(cursor, at, { terms: mapped, span }, readData);
      return data && keys?.map(({ types, entry }) => ({ types, entry: { ...entry, data } }));
    }),
  )?.flat();
}

interface TypedKey {
  readonly key: Tuple | 'any';
  readonly types: ElementTypes;
}

function readKeys(cursor: Cursor, variants: readonly ElementTypes[]): readonly TypedKey[] | undefined {
  if (takeWord(cursor, 'default')) return variants.map((types) => ({ key: 'any', types }));
  const found = readTyped(cursor, variants);
  return found && [{ key: found.tuple, types: found.types }];
}

/** Reads all of some terms. */
export function readWhole<Read>(
  cursor: Cursor,
  at: Located,
  { terms, span }: { readonly terms: readonly Term[]; readonly span: Span },
  read: (cursor: Cursor) => Read | undefined,
): Read | undefined {
  const inner = inside(cursor, at, terms, span);
  const found = read(inner);
  const rest = peek(inner);
  if (found === undefined || !rest) return found;
  return leftOverInElement(inner, rest);
}
