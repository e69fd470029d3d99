// The cursor that a match or statement reads its arguments with: resolves constants and sets, types values, and
// reports what is wrong where it was written.
import type { DataType } from '../datatype/define.ts';
import type { Value } from '../ir/ruleset.ts';
import type { TermReader, WrittenOperator } from '../match/reader.ts';
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
import { type DeclaredSet, partsFor, type SetPart } from './set.ts';

/** Sets as a rule sees them. */
export interface SetsInReach {
  readonly find: (name: string) => DeclaredSet | undefined;
  readonly names: () => Iterable<string>;
  /** Notes that a rule refers to the set, and that its table needs the part. */
  readonly use: (set: DeclaredSet, part: SetPart | undefined) => void;
}

/** What reading depends on beside the terms. */
export interface ReadOptions {
  readonly family: TermReader['family'];
  readonly sets: SetsInReach;
  /** The key stands for several matches: values are written in its types. */
  readonly agnostic?: AgnosticKey;
}

/** A reader, and what it left out because it has no meaning in the family of an agnostic key. */
export interface RuleReader extends TermReader {
  readonly excluded: readonly Located[];
}

const operators = ['==', '!=', '<=', '>=', '<', '>', '!'] as const satisfies readonly WrittenOperator[];

/** A reader that moves the cursor. */
export function makeReader(cursor: Cursor, options: ReadOptions): RuleReader {
  const { family, sets, agnostic } = options;
  const excluded: Located[] = [];
  let operator: WrittenOperator = '==';

  const converted = (elements: readonly Element[], type: DataType): readonly Element[] => {
    if (!agnostic) return elements;
    const kept = elements.map((element) => agnostic.convert(element, type, operator));
    excluded.push(...elements.filter((_, index) => !kept[index]).map((element) => element.at));
    return kept.filter((element) => element !== undefined);
  };
  const written = (type: DataType): readonly DataType[] => agnostic?.types ?? [type];

  const value = (type: DataType): Value | undefined => {
    const next = peekValue(cursor);
    if (next !== 'broken' && next?.term.kind === 'set-reference') {
      cursor.at++;
      return setValue(next, next.term.name.text, type);
    }
    const list = readElements(cursor, written(type));
    const elements = list && converted(list.elements, type);
    if (!elements?.length) return undefined;
    return { ...toElements(elements, type), ...(list?.braces && { braces: true }) };
  };

  const setValue = (at: Located, name: string, type: DataType): Value | undefined => {
    const set = sets.find(name);
    if (!set) return unknownSet(at, name);
    const parts = partsFor(cursor, at, set, written(type));
    const part = parts?.find((one) => one.type === type);
    sets.use(set, part);
    if (parts && !part) excluded.push(at);
    return part && { kind: 'set', name: part.set.name };
  };

  const unknownSet = (at: Located, name: string): undefined => {
    const meant = suggest(name, sets.names());
    const help = meant === undefined ? undefined : `did you mean \`@${meant}\`?`;
    return complainAt(cursor, at, 'HK2008', `no set is called \`${name}\``, { help });
  };

  const single = (type: DataType): bigint | undefined => {
    const operand = readNumber(cursor, written(type));
    const [element] = operand ? converted([asElement(operand)], type) : [];
    return element?.kind === 'range' ? element.range.lo : undefined;
  };

  return {
    family,
    excluded,
    get span() {
      return place(cursor);
    },
    get atEnd() {
      return peek(cursor) === undefined;
    },
    word: (...texts) => takeWord(cursor, ...texts),
    mark: (text) => takeMark(cursor, text),
    operator: () => {
      const found = operators.find((one) => takeMark(cursor, one));
      if (found) operator = found;
      return found;
    },
    value,
    single,
    bits: (type) => readBits(cursor, type),
    name: () => readName(cursor),
    text: () => readText(cursor),
    rate: () => readRate(cursor),
    endpoint: () => readEndpoint(cursor, family),
    fail: (code, message, help) => complainAt(cursor, peek(cursor), code, message, { help }),
    refuse: (code, message, help) => cursor.report.complain(code, message, { span: takenSpan(cursor), help }),
  };
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
  if (next?.term.kind === 'word') cursor.at++;
  if (next?.term.kind === 'word') return next.term.text;
  const found = next ? `expected a name, found \`${textOf(next.term.span)}\`` : 'a name is missing';
  return complainAt(cursor, next, 'HK3009', found);
}

function readText(cursor: Cursor): string | undefined {
  const next = nextValue(cursor, 'a string');
  if (!next) return undefined;
  cursor.at++;
  return next.term.kind === 'string' ? next.term.value : mismatch(cursor, next, 'a string');
}
