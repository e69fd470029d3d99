// How a comparison of a field is written in the language: `key [op] value`, `key & mask op value`, `key value / mask`.
import type { DataType } from '../datatype/define.ts';
import { prefixLength, type Range, single } from '../datatype/range.ts';
import type { Value } from '../ir/ruleset.ts';
import type { FieldTest, Operator } from './field-match.ts';
import { simplify, singleValue } from './field-simplify.ts';
import { quote, writeName } from './quote.ts';
import type { TermReader, WrittenOperator } from './reader.ts';

/**
 * Reads what follows a field's key. Operators mean what they mean to nft (`nft --debug=netlink`):
 *
 *     ct state a,b         any of the bits             bitwise & (a|b), cmp neq 0
 *     ct state ! a,b       none of the bits            bitwise & (a|b), cmp eq 0
 *     ct state == a|b      exactly these bits          cmp eq a|b
 *     ct state != a,b      not exactly these bits      cmp neq a|b  (always true for `ct state`, which has one bit)
 *     ct state { a, b }    exactly one of the elements lookup
 *     tcp flags a / a,b    of a and b only a           bitwise & (a|b), cmp eq a
 */
export function readFieldTest(reader: TermReader, type: DataType): FieldTest | undefined {
  const masked = reader.mark('&') || reader.word('and') !== undefined;
  const mask = masked ? readBits(reader, type) : undefined;
  if (masked && mask === undefined) return undefined;
  const written = reader.operator();
  const value = readValue(reader, type);
  if (!value) return undefined;
  if (!masked && reader.mark('/')) return readSlashMask(reader, type, { written, value });
  return finish(reader, type, { written, value, ...(mask !== undefined && { mask }) });
}

interface WrittenTest {
  readonly written: WrittenOperator | undefined;
  readonly value: Value;
  readonly mask?: bigint;
}

function readBits(reader: TermReader, type: DataType): bigint | undefined {
  return type.bitmask ? reader.bits(type) : reader.single(type);
}

/** A list of bits without braces is one value. */
function readValue(reader: TermReader, type: DataType): Value | undefined {
  if (type.bitmask && reader.mark('(')) return readGroup(reader, type);
  const value = reader.value(type);
  if (!type.bitmask || value?.kind !== 'ranges' || value.braces) return value;
  return { kind: 'ranges', ranges: [single(value.ranges.reduce((bits, range) => bits | range.lo, 0n))] };
}

/** `(syn | ack)`, whose parenthesis is taken. */
function readGroup(reader: TermReader, type: DataType): Value | undefined {
  const bits = reader.bits(type);
  if (bits === undefined) return undefined;
  if (!reader.mark(')')) return reader.fail('HK3009', '`)` is missing behind the list');
  return { kind: 'ranges', ranges: [single(bits)] };
}

function readSlashMask(reader: TermReader, type: DataType, test: WrittenTest): FieldTest | undefined {
  const mask = readBits(reader, type);
  return mask === undefined ? undefined : finish(reader, type, { ...test, mask });
}

function finish(
  reader: TermReader,
  type: DataType,
  { written, value, mask }: WrittenTest,
): FieldTest | undefined {
  const op = meaningOf(type, written, { value, masked: mask !== undefined });
  const test: FieldTest = { op, value, ...(mask !== undefined && { mask }) };
  const misfit = misfitOf(type, written, test);
  if (misfit) return reader.refuse('HK3010', misfit, 'compare with `==` or `!=`, or with one value');
  return simplify(type, test);
}

function meaningOf(
  type: DataType,
  written: WrittenOperator | undefined,
  { value, masked }: { value: Value; masked: boolean },
): Operator {
  if (written === '!') return type.bitmask ? 'none' : '!=';
  if (written) return written;
  return type.bitmask && !masked && value.kind === 'ranges' && !value.braces ? 'any' : '==';
}

function misfitOf(type: DataType, written: WrittenOperator | undefined, test: FieldTest): string | undefined {
  if (written === '!' && (!type.bitmask || test.mask !== undefined || singleValue(test) === undefined))
    return `\`!\` asks for none of some bits, and this compares with ${type.label}`;
  const ordered = written === '<' || written === '>' || written === '<=' || written === '>=';
  if (ordered && (type.text || singleValue(test) === undefined))
    return `\`${written}\` compares with one number`;
  if (test.mask !== undefined && type.text) return `${type.label} has no bits to mask`;
  return undefined;
}

/** Writes a comparison so that readFieldTest reads the same; `explicit`: with `==` in every case. */
export function writeFieldTest(key: string, type: DataType, test: FieldTest, explicit = false): string {
  const { op, mask } = test;
  const value = writeValue(type, test.value);
  if (op === 'any') return `${key} ${value}`;
  if (op === 'none') return `${key} ! ${value}`;
  if (mask !== undefined && !type.bitmask) return `${key} & ${writeMask(type, mask)} ${op} ${value}`;
  const slash = mask === undefined ? '' : ` / ${writeBits(type, mask)}`;
  const implied = op === '==' && !explicit && (!type.bitmask || slash !== '' || isBraced(test.value));
  return `${key}${implied ? '' : ` ${op}`} ${value}${slash}`;
}

/** Bits of plain numbers are seen in hexadecimal. */
function writeMask(type: DataType, mask: bigint): string {
  return type.prefixes || type.constants ? writeOne(type, mask) : `0x${mask.toString(16)}`;
}

function isBraced(value: Value): boolean {
  return (
    value.kind === 'set' || value.braces === true || (value.kind === 'ranges' && value.ranges.length !== 1)
  );
}

/** Writes what a comparison is made with, or in braces what a set holds. */
function writeValue(type: DataType, value: Value): string {
  if (value.kind === 'set') return `@${writeName(value.name)}`;
  const items =
    value.kind === 'names'
      ? value.names.map(quote)
      : value.ranges.map((range) => writeRange(type, range, isBraced(value)));
  return items.length === 1 && !value.braces ? items.join('') : `{ ${items.join(', ')} }`;
}

/** Writes a value, range or prefix; `inSet`: where a comma would begin the next element. */
export function writeRange(type: DataType, { lo, hi }: Range, inSet: boolean): string {
  if (lo === hi) return type.bitmask ? writeBits(type, lo, inSet ? '|' : ',') : writeOne(type, lo);
  const length = type.prefixes ? prefixLength({ lo, hi }, type.width) : undefined;
  if (length !== undefined) return `${type.format(lo)}/${length}`;
  // A name of a value would become one word with the hyphen.
  const end = (bound: bigint): string => (type.constants ? String(bound) : writeOne(type, bound));
  return `${end(lo)}-${end(hi)}`;
}

/** Names that begin with a digit, as nft has some, are no words of the language. */
function writeOne(type: DataType, value: bigint): string {
  const text = type.format(value);
  if (type.quoted && !/^(?:[a-z]+|\d+)$/.test(text)) return quote(text);
  if (!type.constants || !/^\d+[a-z]/.test(text)) return text;
  const [other] = [...type.constants].find(([name, same]) => same === value && /^[a-z]/.test(name)) ?? [];
  return other ?? `${value}`;
}

function writeBits(type: DataType, bits: bigint, separator: ',' | '|' = ','): string {
  return (
    bitsOf(bits)
      .map((bit) => writeOne(type, bit))
      .join(separator) || type.format(0n)
  );
}

/** The bits that are set, lowest first. */
export function bitsOf(value: bigint): readonly bigint[] {
  const bits: bigint[] = [];
  for (let bit = 1n; bit <= value; bit <<= 1n) if ((value & bit) !== 0n) bits.push(bit);
  return bits;
}
