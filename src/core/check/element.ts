// Values as a comparison takes them: single ones, ranges, prefixes, lists and anonymous sets.
import type { DataType } from '../datatype/define.ts';
import { prefixRange, type Range, single } from '../datatype/range.ts';
import type { Elements } from '../ir/ruleset.ts';
import type { ElementDetails } from '../ir/set.ts';
import type { Braces, Element as BracesElement } from '../syntax/term.ts';
import { type Span, textOf } from '../text/source.ts';
import {
  atMark,
  type Cursor,
  complainAt,
  inside,
  type Located,
  peek,
  peekValue,
  spanSince,
  takeMark,
} from './cursor.ts';
import {
  leftOverInElement,
  type NumberOperand,
  type Operand,
  readNumber,
  readOperand,
  reportMark,
} from './operand.ts';

/** One value or range of a type. */
export type Element = RangeElement | NameElement;

interface RangeElement {
  readonly kind: 'range';
  readonly type: DataType;
  readonly details?: ElementDetails;
  readonly range: Range;
  readonly at: Located;
  readonly span: Span;
}

interface NameElement {
  readonly kind: 'name';
  readonly type: DataType;
  readonly details?: ElementDetails;
  readonly name: string;
  readonly at: Located;
  readonly span: Span;
}

/** What was written where a value stands; `braces`: as an anonymous set. */
export interface ElementList {
  readonly elements: readonly Element[];
  readonly braces: boolean;
}

/** Takes a value, a comma list or braces; undefined, after a report, if any element is wrong. */
export function readElements(cursor: Cursor, types: readonly DataType[]): ElementList | undefined {
  const next = peekValue(cursor);
  if (next === 'broken' || next?.term.kind !== 'braces') return readList(cursor, types);
  cursor.at++;
  const elements = readBraces(cursor, next, next.term, types);
  if (elements?.length !== 0) return elements && { elements, braces: true };
  return complainAt(cursor, next, 'HK3013', 'a set without elements matches nothing');
}

function readList(cursor: Cursor, types: readonly DataType[]): ElementList | undefined {
  const elements: (Element | undefined)[] = [];
  do elements.push(readElement(cursor, types));
  while (takeMark(cursor, ','));
  const list = complete(elements);
  return list && { elements: list, braces: false };
}

function complete<T>(items: readonly (T | undefined)[]): readonly T[] | undefined {
  const known = items.filter((item) => item !== undefined);
  return known.length === items.length ? known : undefined;
}

/** Takes what stands beside an element, up to its end. */
export type BesideReader = (cursor: Cursor) => ElementDetails | undefined;

/**
 * The elements of braces, those of constants that hold braces among them; warns about overlaps. Without a reader nothing
 * may stand beside an element.
 */
export function readBraces(
  cursor: Cursor,
  at: Located,
  braces: Braces,
  types: readonly DataType[],
  beside?: BesideReader,
): readonly Element[] | undefined {
  const lists = complete(braces.elements.map((element) => readInBraces(cursor, at, element, types, beside)));
  const elements = lists?.flat();
  if (elements) warnOverlaps(cursor, elements);
  return elements;
}

function readInBraces(
  cursor: Cursor,
  at: Located,
  element: BracesElement,
  types: readonly DataType[],
  beside: BesideReader | undefined,
): readonly Element[] | undefined {
  const inner = inside(cursor, at, element.terms, element.span);
  if (element.mapped)
    return complainAt(inner, peek(inner), 'HK3009', 'this is a pair of a map, and a set holds only values');
  const list = readElements(inner, types);
  const rest = peek(inner);
  if (!list || !rest) return list?.elements;
  if (beside) {
    const details = beside(inner);
    return details && list.elements.map((one) => ({ ...one, details }));
  }
  return leftOverInElement(inner, rest);
}

function readElement(cursor: Cursor, types: readonly DataType[]): Element | undefined {
  const element = atMark(cursor, '.') ? undefined : readAtom(cursor, types);
  return atMark(cursor, '.') ? refuseConcatenation(cursor) : element;
}

function refuseConcatenation(cursor: Cursor): undefined {
  complainAt(cursor, peek(cursor), 'HK3009', 'one value is wanted here, and `.` joins several', {
    help: 'several fields are compared like this: `ip saddr . tcp dport { 10.0.0.1 . 22 }`',
  });
  cursor.at = cursor.terms.length;
}

/** Takes one value, range or prefix. */
export function readAtom(cursor: Cursor, types: readonly DataType[]): Element | undefined {
  const operand = readOperand(cursor, types);
  return operand && readTail(cursor, operand, cursor.at - 1);
}

/** What may follow a first value: the end of a range, a prefix length, further bits. */
function readTail(cursor: Cursor, operand: Operand, start: number): Element | undefined {
  const { type, at } = operand;
  if (operand.kind === 'name')
    return { kind: 'name', type, name: operand.value, at, span: spanSince(cursor, start) };
  const range = readRange(cursor, operand);
  return range && { kind: 'range', type, range, at, span: spanSince(cursor, start) };
}

function readRange(cursor: Cursor, operand: NumberOperand): Range | undefined {
  if (takeMark(cursor, '-')) return readUpTo(cursor, operand);
  if (operand.type.prefixes && takeMark(cursor, '/')) return readPrefix(cursor, operand);
  return operand.type.bitmask ? readFurtherBits(cursor, operand) : single(operand.value);
}

/** The end of a range whose beginning and `-` are taken. */
export function readUpTo(cursor: Cursor, from: NumberOperand): Range | undefined {
  const { type, value: lo } = from;
  const to = readNumber(cursor, [type]);
  if (!to || lo <= to.value) return to && { lo, hi: to.value };
  const written = `${type.format(lo)}-${type.format(to.value)}`;
  return complainAt(cursor, from.at, 'HK3003', `range \`${written}\` is reversed`, {
    help: `write \`${type.format(to.value)}-${type.format(lo)}\``,
  });
}

function readFurtherBits(cursor: Cursor, operand: NumberOperand): Range | undefined {
  let bits = operand.value;
  while (takeMark(cursor, '|')) {
    const further = readNumber(cursor, [operand.type]);
    if (!further) return undefined;
    bits |= further.value;
  }
  return single(bits);
}

function readPrefix(cursor: Cursor, address: NumberOperand): Range | undefined {
  const { type, value } = address;
  const length = readPrefixLength(cursor, address);
  if (length === undefined) return undefined;
  const range = prefixRange(value, length, type.width);
  if (range.lo !== value)
    cursor.report.complain('HK3004', `\`${type.format(value)}/${length}\` has bits behind the prefix`, {
      span: spanSince(cursor, cursor.at - 3),
      help: `it means \`${type.format(range.lo)}/${length}\``,
    });
  return range;
}

/** The length behind the slash of a prefix, within the address's width. */
export function readPrefixLength(cursor: Cursor, address: NumberOperand): number | undefined {
  const next = peekValue(cursor);
  const { type } = address;
  if (next === 'broken') return undefined;
  if (next?.term.kind === 'mark') return reportMark(cursor, next, 'a prefix length');
  if (next) cursor.at++;
  if (next?.term.kind === 'number' && next.term.value <= BigInt(type.width)) return Number(next.term.value);
  const found = next
    ? `\`/${textOf(next.term.span)}\` is not a prefix length`
    : 'the prefix length is missing';
  return complainAt(cursor, next, 'HK3002', `${found} of ${type.label}`, {
    help: `it goes from 0 to ${type.width}`,
  });
}

/** Elements of one type as the rule set holds them: in copies, because a list that grew has room for sixteen more. */
export function toElements(elements: readonly Element[], type: DataType): Elements {
  return type.text
    ? { kind: 'names', names: elements.flatMap((one) => (one.kind === 'name' ? one.name : [])).slice() }
    : { kind: 'ranges', ranges: elements.flatMap((one) => (one.kind === 'range' ? one.range : [])).slice() };
}

/** Warns about elements that are there already, each with a label at the one that has them; once for each place. */
function warnOverlaps(cursor: Cursor, elements: readonly Element[]): void {
  const found = new Map<string, Overlap>();
  for (const one of [...doubleNames(elements), ...overlappingRanges(elements)])
    found.set(`${one.element.span.source.name} ${one.element.span.start} ${isDouble(one)}`, one);
  for (const one of found.values()) warnOverlap(cursor, one);
}

/** An element, and the one that has it or some of it. */
interface Overlap {
  readonly element: Element;
  readonly earlier: Element;
}

function doubleNames(elements: readonly Element[]): readonly Overlap[] {
  const names = new Map<string, Element>();
  return elements.flatMap((element) => {
    if (element.kind !== 'name') return [];
    const earlier = names.get(element.name);
    if (earlier) return [{ element, earlier }];
    names.set(element.name, element);
    return [];
  });
}

function overlappingRanges(elements: readonly Element[]): readonly Overlap[] {
  const overlapping: Overlap[] = [];
  let reaching: RangeElement | undefined;
  for (const element of sortedRanges(elements)) {
    const overlaps = reaching?.type === element.type && element.range.lo <= reaching.range.hi;
    if (reaching && overlaps) overlapping.push({ element, earlier: reaching });
    if (!reaching || !overlaps || element.range.hi > reaching.range.hi) reaching = element;
  }
  return overlapping;
}

/** By type and beginning, the larger of two that begin together first. */
function sortedRanges(elements: readonly Element[]): readonly RangeElement[] {
  return elements
    .filter((element) => element.kind === 'range')
    .toSorted(
      (a, b) => a.type.width - b.type.width || order(a.range.lo, b.range.lo) || order(b.range.hi, a.range.hi),
    );
}

function order(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function isDouble({ element, earlier }: Overlap): boolean {
  return textOf(element.span) === textOf(earlier.span);
}

function warnOverlap(cursor: Cursor, overlap: Overlap): void {
  const { span } = overlap.element;
  const message = isDouble(overlap) ? 'is in the set twice' : 'overlaps another element';
  cursor.report.complain('HK3014', `\`${textOf(span)}\` ${message}`, {
    span,
    labels: [{ span: overlap.earlier.span, message: 'the other element' }],
  });
}
