// The line `dhcp` of an interface: which addresses a server on it hands out.
import { ipv4Address } from '../datatype/types.ts';
import type { Statement } from '../syntax/ast.ts';
import type { DhcpFacts } from '../topology/facts.ts';
import { type Cursor, takeMark } from './cursor.ts';
import { readUpTo } from './element.ts';
import { readNumber } from './operand.ts';

/** Takes `192.168.56.101-192.168.56.254`, or one address. */
export function readDhcpRange(cursor: Cursor, { span }: Statement): DhcpFacts | undefined {
  const first = readNumber(cursor, [ipv4Address]);
  if (!first) return undefined;
  const range = takeMark(cursor, '-') ? readUpTo(cursor, first) : { lo: first.value, hi: first.value };
  return range && { first: range.lo, last: range.hi, span };
}
