// Values in `host` blocks: addresses with their prefix length, interface names, numbers, and options by keyword.
import type { AddressFamily } from '../datatype/address.ts';
import { type DataType, numberType } from '../datatype/define.ts';
import { interfaceName, ipv4Address, ipv6Address } from '../datatype/types.ts';
import type { NumberRange } from '../topology/host.ts';
import { table } from '../topology/inventory.ts';
import { type Cursor, takeMark, takeWord } from './cursor.ts';
import { readPrefixLength, readUpTo } from './element.ts';
import { readNumber, readOperand } from './operand.ts';

/** An address with the length behind its slash; all bits where none is given. Host bits are kept. */
export interface Network {
  readonly family: AddressFamily;
  readonly value: bigint;
  readonly length: number;
}

/** Any 32-bit number, such as a metric or a priority. */
const count = numberType('integer', 'a number', 32);

/** A routing table, by number or by the names that every machine has. */
export const routingTable = numberType('table', 'a routing table', 32, table);

/** Takes an address of one family, or of either. */
export function readNetwork(cursor: Cursor, family?: AddressFamily): Network | undefined {
  const address = readNumber(cursor, addressTypes(family));
  if (!address) return undefined;
  const { type, value } = address;
  const length = takeMark(cursor, '/') ? readPrefixLength(cursor, address) : type.width;
  return length === undefined ? undefined : { family: type === ipv4Address ? 4 : 6, value, length };
}

/** Takes an address without a length. */
export function readAddress(cursor: Cursor, family?: AddressFamily): Omit<Network, 'length'> | undefined {
  const address = readNumber(cursor, addressTypes(family));
  return address && { family: address.type === ipv4Address ? 4 : 6, value: address.value };
}

function addressTypes(family: AddressFamily | undefined): readonly DataType[] {
  return [...(family === 6 ? [] : [ipv4Address]), ...(family === 4 ? [] : [ipv6Address])];
}

/** Takes the name of an interface, quoted or bare. */
export function readDevice(cursor: Cursor): string | undefined {
  const operand = readOperand(cursor, [interfaceName]);
  return operand?.kind === 'name' ? operand.value : undefined;
}

/** Takes a number of a type. */
export function readCount(cursor: Cursor, type: DataType = count): number | undefined {
  const operand = readNumber(cursor, [type]);
  return operand && Number(operand.value);
}

/** Takes a number of a type, or two with a `-` between them. */
export function readSpan(cursor: Cursor, type: DataType): NumberRange | undefined {
  const first = readNumber(cursor, [type]);
  if (!first) return undefined;
  const range = takeMark(cursor, '-') ? readUpTo(cursor, first) : { lo: first.value, hi: first.value };
  return range && { first: Number(range.lo), last: Number(range.hi) };
}

/** What an option adds to the facts so far; undefined, after a report, if it is wrong. */
export type Option<Facts> = (cursor: Cursor, facts: Partial<Facts>) => Partial<Facts> | undefined;

/** Takes options in any order, as far as there are; undefined if one is wrong. */
export function readOptions<Facts>(
  cursor: Cursor,
  start: Partial<Facts>,
  options: ReadonlyMap<string, Option<Facts>>,
): Partial<Facts> | undefined {
  let facts = start;
  for (;;) {
    const word = takeWord(cursor, ...options.keys());
    const read = word === undefined ? undefined : options.get(word);
    if (!read) return facts;
    const added = read(cursor, facts);
    if (!added) return undefined;
    facts = { ...facts, ...added };
  }
}

/** An option of one value. */
export function option<Facts, Value>(
  read: (cursor: Cursor, facts: Partial<Facts>) => Value | undefined,
  add: (value: Value) => Partial<Facts>,
): Option<Facts> {
  return (cursor, facts) => {
    const value = read(cursor, facts);
    return value === undefined ? undefined : add(value);
  };
}
