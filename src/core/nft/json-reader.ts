// Reads JSON (RFC 8259) and remembers where the items of the outermost object's arrays stand, so that a problem in a
// dump of many thousand rules can be shown at its line. Unlike JSON.parse it keeps whole numbers of any size exact.
import { type Diagnostic, diagnostic, type Outcome } from '../diagnostic/diagnostic.ts';
import type { Source, Span } from '../text/source.ts';
import type { JsonObject, JsonValue } from './json-value.ts';

/** A JSON text and the places of the objects that stand two levels deep in it. */
export interface ReadJson {
  readonly value: JsonValue;
  readonly spanOf: (item: JsonValue) => Span | undefined;
}

/** Reads a whole text; where it is no JSON the only diagnostic says what stood there instead of what. */
export function readJson(source: Source): Outcome<ReadJson> {
  return reading(source, [2], (reader) => {
    const value = readValue(reader);
    if (peek(reader) !== '') fail(reader, 'the end of the text');
    return value;
  });
}

/** Reads values that stand one behind the other in a text, as an array; the places are those of objects at some depths in each. */
export function readJsonSequence(source: Source, watched: readonly number[]): Outcome<ReadJson> {
  return reading(source, watched, (reader) => {
    const values: JsonValue[] = [];
    while (peek(reader) !== '') values.push(readValue(reader));
    return values;
  });
}

function reading(
  source: Source,
  watched: readonly number[],
  read: (reader: Reader) => JsonValue,
): Outcome<ReadJson> {
  const reader: Reader = { source, text: source.text, at: 0, depth: 0, watched, spans: new Map() };
  try {
    const value = read(reader);
    return { value: { value, spanOf: (item) => reader.spans.get(item) }, diagnostics: [] };
  } catch (problem) {
    if (!(problem instanceof Malformed)) throw problem;
    return { value: undefined, diagnostics: [problem.diagnostic] };
  }
}

interface Reader {
  readonly source: Source;
  readonly text: string;
  /** How deep the objects stand whose places are remembered. */
  readonly watched: readonly number[];
  readonly spans: Map<JsonValue, Span>;
  at: number;
  depth: number;
}

/** Leaves the recursion at the first problem; never seen outside this file. */
class Malformed extends Error {
  readonly diagnostic: Diagnostic;
  constructor(found: Diagnostic) {
    super(found.message);
    this.diagnostic = found;
  }
}

/** Deeper than any rule set, less deep than the stack. */
const maximalDepth = 500;

function fail(reader: Reader, expected: string): never {
  const { source, text, at } = reader;
  const span = { source, start: at, end: Math.min(at + 1, text.length) };
  const found = at < text.length ? quote(text.charAt(at)) : 'the end of the text';
  const help = at < text.length ? undefined : 'the text is cut off; read it again as a whole';
  throw new Malformed(diagnostic('HK5501', `${found} stands where ${expected} must be`, { span, help }));
}

function quote(character: string): string {
  return character < ' ' ? 'a control character' : `\`${character}\``;
}

/** The next character that is no white space, the empty string at the end. */
function peek(reader: Reader): string {
  for (;;) {
    const character = reader.text.charAt(reader.at);
    if (character !== ' ' && character !== '\n' && character !== '\r' && character !== '\t') return character;
    reader.at += 1;
  }
}

function readValue(reader: Reader): JsonValue {
  switch (peek(reader)) {
    case '{':
      return readNested(reader, readObject);
    case '[':
      return readNested(reader, readArray);
    case '"':
      return readString(reader);
    case 't':
      return readWord(reader, 'true', true);
    case 'f':
      return readWord(reader, 'false', false);
    case 'n':
      return readWord(reader, 'null', null);
    default:
      return readNumber(reader);
  }
}

function readNested(reader: Reader, read: (reader: Reader) => JsonValue): JsonValue {
  const start = reader.at;
  if (reader.depth === maximalDepth) fail(reader, 'less nesting');
  reader.depth += 1;
  reader.at += 1;
  const value = read(reader);
  reader.depth -= 1;
  if (reader.watched.includes(reader.depth))
    reader.spans.set(value, { source: reader.source, start, end: reader.at });
  return value;
}

function readObject(reader: Reader): JsonObject {
  const object: Record<string, JsonValue> = {};
  if (takes(reader, '}')) return object;
  do {
    if (peek(reader) !== '"') fail(reader, 'a key in quotes');
    const key = readString(reader);
    if (!takes(reader, ':')) fail(reader, '`:`');
    setOwn(object, key, readValue(reader));
  } while (takes(reader, ','));
  if (!takes(reader, '}')) fail(reader, '`,` or `}`');
  return object;
}

/** As JSON.parse does it: `__proto__` is a key like any other. */
function setOwn(object: Record<string, JsonValue>, key: string, value: JsonValue): void {
  if (key !== '__proto__') object[key] = value;
  else Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
}

function readArray(reader: Reader): readonly JsonValue[] {
  const items: JsonValue[] = [];
  if (takes(reader, ']')) return items;
  do items.push(readValue(reader));
  while (takes(reader, ','));
  if (!takes(reader, ']')) fail(reader, '`,` or `]`');
  return items;
}

function takes(reader: Reader, character: string): boolean {
  if (peek(reader) !== character) return false;
  reader.at += 1;
  return true;
}

function readWord<Value>(reader: Reader, word: string, value: Value): Value {
  if (!reader.text.startsWith(word, reader.at)) fail(reader, 'a value');
  reader.at += word.length;
  return value;
}

// RFC 8259, section 7: any character from the blank on but `"` and `\`.
const plainString = /[ !#-[\]-\uffff]*/y;
const escapedString = /(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/y;
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

function readString(reader: Reader): string {
  const start = reader.at + 1;
  const end = matchAt(plainString, reader.text, start);
  if (reader.text.charAt(end) === '"') {
    reader.at = end + 1;
    return reader.text.slice(start, end);
  }
  return readEscapedString(reader, start);
}

function readEscapedString(reader: Reader, start: number): string {
  const end = matchAt(escapedString, reader.text, start);
  reader.at = end;
  if (reader.text.charAt(end) !== '"') fail(reader, 'the closing quote of a string');
  reader.at = end + 1;
  return String(JSON.parse(reader.text.slice(start - 1, reader.at)));
}

function readNumber(reader: Reader): number | bigint {
  const start = reader.at;
  const end = matchAt(number, reader.text, start);
  if (end === start) fail(reader, 'a value');
  reader.at = end;
  const digits = reader.text.slice(start, end);
  const value = Number(digits);
  return Number.isInteger(value) && !Number.isSafeInteger(value) && /^-?\d+$/.test(digits)
    ? BigInt(digits)
    : value;
}

/** Where what the sticky expression matches from `start` ends; `start` where nothing matches. */
function matchAt(sticky: RegExp, text: string, start: number): number {
  sticky.lastIndex = start;
  return sticky.test(text) ? sticky.lastIndex : start;
}
