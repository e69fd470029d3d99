// The cursor that a match or statement reads its arguments with: resolves constants and sets, types values, and
// reports what is wrong where it was written.
import type { DataType } from '../datatype/define.ts';
import type { Value } from '../ir/ruleset.ts';
import type { ElementDetails } from '../ir/set.ts';
import type { EntryData } from '../ir/tuple.ts';
import type { EntryValue, TermReader, TupleValue, WantedData, WrittenOperator } from '../match/reader.ts';
import type { AddressTerm, Term } from '../syntax/term.ts';
import { textOf } from '../text/source.ts';
import {
  type Cursor,
  complainAt,
  type Located,
  peek,
  peekArgument,
  peekValue,
  place,
  placeOf,
  takeMark,
  takenSpan,
  takerPlaces,
  takeWord,
} from './cursor.ts';
import { type Element, readElements, toElements } from './element.ts';
import { readEndpoint } from './endpoint.ts';
import { readNamedMap } from './map-reference.ts';
import { mismatch, type NumberOperand, nextValue, readNumber } from './operand.ts';
import { readRate } from './rate.ts';
import { type ReaderState, type ReadOptions, type SetsInReach, writtenTypes } from './reader-state.ts';
import { readReference, readSet, readTupleSet } from './set-reference.ts';
import { readStatefulPart } from './stateful.ts';
import {
  isAtField,
  isAtLookup,
  readEntries,
  readField,
  readSelectors,
  readTuple,
  readTuples,
  readWhole,
} from './tuple.ts';

/** What a definition made of its terms, and which of them have no meaning in the family of an agnostic key. */
interface ReadArguments {
  readonly args: unknown;
  readonly excluded: readonly Located[];
}

/** Has a definition read its arguments. */
export type ArgumentReader = (read: (reader: TermReader) => unknown, options: ReadOptions) => ReadArguments;

const argumentReaders = new WeakMap<SetsInReach, ArgumentReader>();

/** What reads arguments where these sets are: one for all rules, because objects with own getters are dear to make. */
export function argumentReader(sets: SetsInReach): ArgumentReader {
  const reader = argumentReaders.get(sets) ?? makeArgumentReader(sets);
  argumentReaders.set(sets, reader);
  return reader;
}

function makeArgumentReader(sets: SetsInReach): ArgumentReader {
  let state: ReaderState | undefined;
  const reader = makeReader(() => {
    if (!state) throw new RangeError('nothing is being read');
    return state;
  });
  return (read, options) => {
    const outer = state;
    const own: ReaderState = { ...options, sets, operator: '==', excluded: [] };
    state = own;
    const args = read(reader);
    state = outer;
    return { args, excluded: own.excluded };
  };
}

function makeReader(state: () => ReaderState): TermReader {
  const cursor = (): Cursor => state().cursor;
  return {
    get family() {
      return state().family;
    },
    get span() {
      return place(cursor());
    },
    get atEnd() {
      return peek(cursor()) === undefined;
    },
    word: (...texts) => takeWord(cursor(), ...texts),
    unit: (...texts) => readUnit(cursor(), texts),
    mark: (text) => takeMark(cursor(), text),
    operator: () => readOperator(state()),
    value: (type) => readValue(state(), type),
    field: () => readField(cursor()),
    get atField() {
      return isAtField(cursor());
    },
    get atLookup() {
      return isAtLookup(cursor());
    },
    selectors: () => readSelectors(cursor()),
    tuples: (types) => readTupleValue(state(), types),
    entries: (types, data, wanted) => readEntryValue(state(), types, data, wanted),
    reference: () => readReference(state()),
    element: (key, data) => readOneElement(state(), key, data),
    stateful: () => readStatefulPart(cursor(), () => innerReader(state())),
    atom: (type) => readTuple(cursor(), [type])?.[0],
    single: (type) => readSingle(state(), type),
    bits: (type) => readBits(cursor(), type),
    name: () => readName(cursor()),
    text: () => readText(cursor()),
    literal: (wanted) => readLiteral(cursor(), wanted),
    rate: () => readRate(cursor()),
    endpoint: () => readEndpoint(cursor(), state().family),
    fail: (code, message, help) => complainAt(cursor(), peek(cursor()), code, message, { help }),
    refuse: (code, message, help) =>
      cursor().report.complain(code, message, {
        span: takenSpan(cursor()),
        labels: takerPlaces(cursor()),
        help,
      }),
  };
}

/** A reader at the same place that leaves the state of this one alone. */
function innerReader(state: ReaderState): TermReader {
  const inner: ReaderState = { ...state, operator: '==', excluded: [] };
  return makeReader(() => inner);
}

const operators = ['==', '!=', '<=', '>=', '<', '>', '!'] as const satisfies readonly WrittenOperator[];

function readOperator(state: ReaderState): WrittenOperator | undefined {
  const found = operators.find((one) => takeMark(state.cursor, one));
  if (found) state.operator = found;
  return found;
}

function readValue(state: ReaderState, type: DataType): Value | undefined {
  const { cursor } = state;
  const next = peekValue(cursor);
  if (next !== 'broken' && next?.term.kind === 'set-reference') {
    cursor.at++;
    return readSet(state, next, next.term.name.text, type);
  }
  const list = readElements(cursor, writtenTypes(state, type));
  const elements = list && convert(state, list.elements, type);
  if (!elements?.length) return undefined;
  return { ...toElements(elements, type), ...(list?.braces && { braces: true }) };
}

/** Takes braces or the name of a set; anything else is one tuple. */
function readTupleValue(state: ReaderState, types: readonly DataType[]): TupleValue | undefined {
  const { cursor } = state;
  const next = peekValue(cursor);
  if (next === 'broken') return undefined;
  if (next?.term.kind === 'set-reference') return readTupleSet(state, next, next.term.name.text, types);
  if (next?.term.kind !== 'braces') {
    const tuple = readTuple(cursor, types);
    return tuple && { kind: 'tuples', tuples: [tuple] };
  }
  cursor.at++;
  const tuples = readTuples(cursor, next, next.term, types);
  return tuples && { kind: 'tuples', tuples };
}

/** Takes pairs in braces, or the name of a map. */
function readEntryValue(
  state: ReaderState,
  types: readonly DataType[],
  data: (reader: TermReader) => EntryData | undefined,
  wanted: WantedData | undefined,
): EntryValue | undefined {
  const { cursor } = state;
  const next = peekValue(cursor);
  if (next === 'broken') return undefined;
  if (next?.term.kind === 'set-reference') {
    cursor.at++;
    return readNamedMap(state, next, next.term.name.text, types, wanted);
  }
  if (next?.term.kind !== 'braces') return complainAt(cursor, next, 'HK3009', 'expected a map in `{ }`');
  cursor.at++;
  const readData = (inner: Cursor): EntryData | undefined => {
    const innerState: ReaderState = { ...state, cursor: inner };
    return data(makeReader(() => innerState));
  };
  const entries = readEntries(cursor, next, next.term, [types], readData, readComment);
  return entries && { kind: 'entries', entries: entries.map(({ entry }) => entry) };
}

/** All that may stand beside an element that no packet changes. */
function readComment(cursor: Cursor): ElementDetails | undefined {
  if (!takeWord(cursor, 'comment')) return {};
  const comment = readText(cursor);
  return comment === undefined ? undefined : { comment };
}

/** Takes braces with one element in them. */
function readOneElement<Key, Data>(
  state: ReaderState,
  key: (reader: TermReader) => Key | undefined,
  data: ((reader: TermReader) => Data | undefined) | undefined,
): { readonly key: Key; readonly data?: Data } | undefined {
  const { cursor } = state;
  const next = peek(cursor);
  const [element, second] = next?.term.kind === 'braces' ? next.term.elements : [];
  if (!next || !element || second || (element.mapped && !data))
    return complainAt(cursor, next, 'HK3009', 'expected one element in `{ }`');
  cursor.at++;
  const readAll = <Read>(terms: readonly Term[], read: (reader: TermReader) => Read | undefined) =>
    readWhole(cursor, next, { terms, span: element.span }, (inner) => {
      const innerState: ReaderState = { ...state, cursor: inner };
      return read(makeReader(() => innerState));
    });
  const found = readAll(element.terms, key);
  if (found === undefined || !element.mapped || !data)
    return found === undefined ? undefined : { key: found };
  const value = readAll(element.mapped, data);
  return value === undefined ? undefined : { key: found, data: value };
}

function readSingle(state: ReaderState, type: DataType): bigint | undefined {
  const operand = readNumber(state.cursor, writtenTypes(state, type));
  const [element] = operand ? convert(state, [asElement(operand)], type) : [];
  return element?.kind === 'range' ? element.range.lo : undefined;
}

/** The elements that mean something in `type`, as such; notes the others. */
function convert(state: ReaderState, elements: readonly Element[], type: DataType): readonly Element[] {
  const { agnostic, operator } = state;
  if (!agnostic) return elements;
  const kept = elements.map((element) => agnostic.convert(element, type, operator));
  const others = elements.filter((_, index) => !kept[index]);
  state.excluded = [...state.excluded, ...others.map((element) => element.at)];
  return kept.filter((element) => element !== undefined);
}

function asElement({ type, value, at }: NumberOperand): Element {
  return { kind: 'range', type, range: { lo: value, hi: value }, at, span: placeOf(at) };
}

function readBits(cursor: Cursor, type: DataType): bigint | undefined {
  const open = takeMark(cursor, '(');
  let bits = 0n;
  do {
    const operand = readNumber(cursor, [type]);
    if (!operand) return undefined;
    bits |= operand.value;
  } while (takeMark(cursor, ',') || takeMark(cursor, '|'));
  if (!open || takeMark(cursor, ')')) return bits;
  return complainAt(cursor, peek(cursor), 'HK3009', '`)` is missing behind the list');
}

function readUnit<const Text extends string>(cursor: Cursor, texts: readonly Text[]): Text | undefined {
  const next = peekValue(cursor);
  const word = next !== 'broken' && next?.term.kind === 'word' ? next.term.text : undefined;
  const found = texts.find((text) => text === word);
  if (found !== undefined) cursor.at++;
  return found;
}

function readName(cursor: Cursor): string | undefined {
  const next = peekArgument(cursor);
  if (next === 'broken') return undefined;
  if (next?.term.kind === 'word' || next?.term.kind === 'string') {
    cursor.at++;
    return next.term.kind === 'word' ? next.term.text : next.term.value;
  }
  const found = next ? `expected a name, found \`${textOf(next.term.span)}\`` : 'a name is missing';
  return complainAt(cursor, next, 'HK3009', found);
}

function readLiteral(cursor: Cursor, wanted: string): string | undefined {
  const next = peek(cursor);
  const { term } = next ?? {};
  if (term?.kind === 'string' || term?.kind === 'word' || term?.kind === 'number' || isDecimal(term))
    cursor.at++;
  if (term?.kind === 'string') return term.value;
  if (term?.kind === 'word' || term?.kind === 'number' || isDecimal(term)) return term.text;
  const found = term ? `expected ${wanted}, found \`${textOf(term.span)}\`` : `${wanted} is missing`;
  return complainAt(cursor, next, 'HK3009', found);
}

/** `0.5` is read like the beginning of an address. */
function isDecimal(term: Term | undefined): term is AddressTerm {
  return term?.kind === 'ipv4' && /^\d+\.\d+$/.test(term.text);
}

function readText(cursor: Cursor): string | undefined {
  const next = nextValue(cursor, 'a string');
  if (!next) return undefined;
  cursor.at++;
  return next.term.kind === 'string' ? next.term.value : mismatch(cursor, next, 'a string');
}
