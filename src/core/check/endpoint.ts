// Where something is sent: `10.0.0.2`, `10.0.0.2-10.0.0.9:80-90`, `[2001:db8::1]:80`, `:80`.

import type { DataType } from '../datatype/define.ts';
import { type Range, single } from '../datatype/range.ts';
import { ipv4Address, ipv6Address, port } from '../datatype/types.ts';
import type { Endpoint } from '../match/reader.ts';
import { type Cursor, complainAt, peek, peekValue, takeMark } from './cursor.ts';
import { readUpTo } from './element.ts';
import { type NumberOperand, readNumber } from './operand.ts';
import { isAtField } from './tuple.ts';

/** Takes addresses of one of the families, ports, or both; reports what else is there. */
export function readEndpoint(cursor: Cursor, family: 'ip' | 'ip6' | undefined): Endpoint | undefined {
  peekValue(cursor);
  if (takeMark(cursor, ':')) return readPort(cursor, {});
  const types = [...(family === 'ip6' ? [] : [ipv4Address]), ...(family === 'ip' ? [] : [ipv6Address])];
  const addresses = readAddresses(cursor, types);
  if (!addresses) return undefined;
  return takesPort(cursor) ? readPort(cursor, addresses) : addresses;
}

/** A port that is worked out is read by whoever knows how. */
function takesPort(cursor: Cursor): boolean {
  const ahead = { ...cursor };
  return takeMark(ahead, ':') && !isAtField(ahead) && takeMark(cursor, ':');
}

function readAddresses(cursor: Cursor, types: readonly DataType[]): Endpoint | undefined {
  const first = readAddress(cursor, types);
  const address = first && (takeMark(cursor, '-') ? readUpToAddress(cursor, first) : single(first.value));
  return address && { family: first.type === ipv4Address ? 4 : 6, address };
}

function readUpToAddress(cursor: Cursor, first: NumberOperand): Range | undefined {
  const bracket = takeMark(cursor, '[');
  const range = readUpTo(cursor, first);
  return range && bracket && !closeBracket(cursor) ? undefined : range;
}

function readAddress(cursor: Cursor, types: readonly DataType[]): NumberOperand | undefined {
  const bracket = takeMark(cursor, '[');
  const address = readNumber(cursor, types);
  return address && bracket && !closeBracket(cursor) ? undefined : address;
}

function closeBracket(cursor: Cursor): boolean {
  const closed = takeMark(cursor, ']');
  if (!closed) complainAt(cursor, peek(cursor), 'HK3009', '`]` is missing behind the address');
  return closed;
}

function readPort(cursor: Cursor, endpoint: Endpoint): Endpoint | undefined {
  const first = readNumber(cursor, [port]);
  const range = first && (takeMark(cursor, '-') ? readUpTo(cursor, first) : single(first.value));
  return range && { ...endpoint, port: range };
}
