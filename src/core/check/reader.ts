// The cursor that a match or statement reads its arguments with: resolves constants and sets, types values, and
// reports what is wrong where it was written.
import { nameOfTypes } from '../datatype/by-name.ts';
import type { DataType } from '../datatype/define.ts';
import type { Value } from '../ir/ruleset.ts';
import type { EntryData } from '../ir/tuple.ts';
import type { EntryValue, TermReader, TupleValue, WrittenOperator } from '../match/reader.ts';
import { textOf } from '../text/source.ts';
import { suggest } from '../text/suggest.ts';
import type { AgnosticKey } from './agnostic.ts';
import {
  type Cursor,
  complainAt,
  type Located,
  peek,
  peekValue,
  place,
  placeOf,
  takeMark,
  takenSpan,
  takeWord,
} from './cursor.ts';
import { type Element, readElements, toElements } from './element.ts';
import { readEndpoint } from './endpoint.ts';
import { mismatch, type NumberOperand, nextValue, readNumber } from './operand.ts';
import { readRate } from './rate.ts';
import { type DeclaredSet, partsFor, type SetPart } from './set-part.ts';
import { isAtField, readEntries, readField, readSelectors, readTuple, readTuples } from './tuple.ts';

/** Sets as a rule sees them. */
export interface SetsInReach {
  readonly find: (name: string) => DeclaredSet | undefined;
  readonly names: () => Iterable<string>;
  /** Whether a set of this name is kept in the words of another tool: nobody knows what it holds. */
  readonly isKept: (name: string) => boolean;
  /** Notes that a rule refers to the set, and that its table needs the part. */
  readonly use: (set: DeclaredSet, part: SetPart | undefined) => void;
}

/** Where and for what arguments are read. */
export interface ReadOptions {
  readonly cursor: Cursor;
  readonly family: TermReader['family'];
  /** The key stands for several matches: values are written in its types. */
  readonly agnostic?: AgnosticKey | undefined;
}

/** What a definition made of its terms, and which of them have no meaning in the family of an agnostic key. */
interface ReadArguments {
  readonly args: unknown;
  readonly excluded: readonly Located[];
}

/** Has a definition read its arguments. */
export type ArgumentReader = (read: (reader: TermReader) => unknown, options: ReadOptions) => ReadArguments;

interface State extends ReadOptions {
  readonly sets: SetsInReach;
  operator: WrittenOperator;
  excluded: readonly Located[];
}

/** A reader for all parts of a rule, one after the other. */
export function makeArgumentReader(start: ReadOptions, sets: SetsInReach): ArgumentReader {
  let state = begin(start, sets);
  const reader = makeReader(() => state);
  return (read, options) => {
    state = begin(options, sets);
    return { args: read(reader), excluded: state.excluded };
  };
}

function begin(options: ReadOptions, sets: SetsInReach): State {
  return { ...options, sets, operator: '==', excluded: [] };
}

function makeReader(state: () => State): TermReader {
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
    mark: (text) => takeMark(cursor(), text),
    operator: () => readOperator(state()),
    value: (type) => readValue(state(), type),
    field: () => readField(cursor()),
    get atField() {
      return isAtField(cursor());
    },
    selectors: () => readSelectors(cursor()),
    tuples: (types) => readTupleValue(state(), types),
    entries: (types, data) => readEntryValue(state(), types, data),
    single: (type) => readSingle(state(), type),
    bits: (type) => readBits(cursor(), type),
    name: () => readName(cursor()),
    text: () => readText(cursor()),
    literal: (wanted) => readLiteral(cursor(), wanted),
    rate: () => readRate(cursor()),
    endpoint: () => readEndpoint(cursor(), state().family),
    fail: (code, message, help) => complainAt(cursor(), peek(cursor()), code, message, { help }),
    refuse: (code, message, help) =>
      cursor().report.complain(code, message, { span: takenSpan(cursor()), help }),
  };
}

const operators = ['==', '!=', '<=', '>=', '<', '>', '!'] as const satisfies readonly WrittenOperator[];

function readOperator(state: State): WrittenOperator | undefined {
  const found = operators.find((one) => takeMark(state.cursor, one));
  if (found) state.operator = found;
  return found;
}

function readValue(state: State, type: DataType): Value | undefined {
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
function readTupleValue(state: State, types: readonly DataType[]): TupleValue | undefined {
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

function readTupleSet(
  state: State,
  at: Located,
  name: string,
  types: readonly DataType[],
): TupleValue | undefined {
  const { cursor, sets } = state;
  cursor.at++;
  const set = sets.find(name);
  if (!set && sets.isKept(name)) return { kind: 'set', name };
  if (!set) return reportUnknownSet(state, at, name);
  const part = set.parts.find((one) => one.set.type === nameOfTypes(types));
  sets.use(set, part);
  if (part || set.parts.length === 0) return part && { kind: 'set', name: part.set.name };
  const message = `set \`@${name}\` is of type ${set.parts[0]?.set.type}, and this is ${nameOfTypes(types)}`;
  return complainAt(cursor, at, 'HK3007', message);
}

/** Takes pairs in braces, or the name of a map. */
function readEntryValue(
  state: State,
  types: readonly DataType[],
  data: (reader: TermReader) => EntryData | undefined,
): EntryValue | undefined {
  const { cursor } = state;
  const next = peekValue(cursor);
  if (next === 'broken') return undefined;
  if (next?.term.kind === 'set-reference') {
    cursor.at++;
    return { kind: 'set', name: next.term.name.text };
  }
  if (next?.term.kind !== 'braces') return complainAt(cursor, next, 'HK3009', 'expected a map in `{ }`');
  cursor.at++;
  const entries = readEntries(cursor, next, next.term, types, (inner) => {
    const innerState: State = { ...state, cursor: inner };
    return data(makeReader(() => innerState));
  });
  return entries && { kind: 'entries', entries };
}

function readSet(state: State, at: Located, name: string, type: DataType): Value | undefined {
  const { cursor, sets } = state;
  const set = sets.find(name);
  if (!set && sets.isKept(name)) return { kind: 'set', name };
  if (!set) return reportUnknownSet(state, at, name);
  const parts = partsFor(cursor, at, set, writtenTypes(state, type));
  const part = parts?.find((one) => one.type === type);
  sets.use(set, part);
  if (parts && !part) state.excluded = [...state.excluded, at];
  return part && { kind: 'set', name: part.set.name };
}

function reportUnknownSet({ cursor, sets }: State, at: Located, name: string): undefined {
  const meant = suggest(name, sets.names());
  const help = meant === undefined ? undefined : `did you mean \`@${meant}\`?`;
  return complainAt(cursor, at, 'HK2008', `no set is called \`${name}\``, { help });
}

function readSingle(state: State, type: DataType): bigint | undefined {
  const operand = readNumber(state.cursor, writtenTypes(state, type));
  const [element] = operand ? convert(state, [asElement(operand)], type) : [];
  return element?.kind === 'range' ? element.range.lo : undefined;
}

/** The types of which a value may be written where one of `type` is wanted. */
function writtenTypes({ agnostic }: State, type: DataType): readonly DataType[] {
  return agnostic?.types ?? [type];
}

/** The elements that mean something in `type`, as such; notes the others. */
function convert(state: State, elements: readonly Element[], type: DataType): readonly Element[] {
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

function readName(cursor: Cursor): string | undefined {
  const next = peek(cursor);
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
  if (term?.kind === 'string' || term?.kind === 'word' || term?.kind === 'number') cursor.at++;
  if (term?.kind === 'string') return term.value;
  if (term?.kind === 'word' || term?.kind === 'number') return term.text;
  const found = term ? `expected ${wanted}, found \`${textOf(term.span)}\`` : `${wanted} is missing`;
  return complainAt(cursor, next, 'HK3009', found);
}

function readText(cursor: Cursor): string | undefined {
  const next = nextValue(cursor, 'a string');
  if (!next) return undefined;
  cursor.at++;
  return next.term.kind === 'string' ? next.term.value : mismatch(cursor, next, 'a string');
}
