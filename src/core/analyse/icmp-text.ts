// Types and codes of ICMP, which stand where other protocols have the source port.
import type { Range } from '../datatype/range.ts';
import { icmpCodes, icmpTypes } from '../packet/icmp-kind.ts';
import { writeRange } from './range-text.ts';

/** Numbers of two bytes: whole types, and codes of one type. */
export function writeMessages({ lo, hi }: Range, protocol: number): readonly string[] {
  const [first, last] = [lo >> 8n, hi >> 8n];
  const [begin, end] = [lo & 0xffn, hi & 0xffn];
  const types = icmpTypes(protocol);
  if (begin === 0n && end === 0xffn) return writeRange({ lo: first, hi: last }, types.format);
  if (first === last) {
    const codes = icmpCodes(protocol, Number(first));
    return [`${types.format(first)} code ${writeRange({ lo: begin, hi: end }, codes.format).join('')}`];
  }
  const [from, to] = [begin === 0n ? first : first + 1n, end === 0xffn ? last : last - 1n];
  const parts = [
    ...(begin === 0n ? [] : [{ lo, hi: wholeType(first).hi }]),
    ...(from > to ? [] : [{ lo: wholeType(from).lo, hi: wholeType(to).hi }]),
    ...(end === 0xffn ? [] : [{ lo: wholeType(last).lo, hi }]),
  ];
  return parts.flatMap((part) => writeMessages(part, protocol));
}

/** All codes of a type. */
function wholeType(type: bigint): Range {
  return { lo: type << 8n, hi: (type << 8n) | 0xffn };
}
