// Reading addresses from bytes into words of 32 bits.
import { byteAt, type Cursor, noNumber, readHex, readSmall } from './cursor.ts';

const dot = 0x2e;
const colon = 0x3a;

/**
 * Reads an address into four words, the most significant first; of IPv4 the first is the address and the others are 0.
 * Answers its family, 0 for what is not read for sure: no address, or IPv6 with an IPv4 tail.
 */
export function readAddress(cursor: Cursor, words: Uint32Array, to: number): number {
  const from = cursor.at;
  if (readIpv4(cursor, words, to)) return 4;
  cursor.at = from;
  return readIpv6(cursor, words, to) ? 6 : 0;
}

function readIpv4(cursor: Cursor, words: Uint32Array, to: number): boolean {
  let value = 0;
  for (let part = 0; part < 4; part++) {
    if (part > 0 && !skipByte(cursor, dot)) return false;
    const from = cursor.at;
    const byte = readSmall(cursor, 255);
    if (byte === noNumber || cursor.at - from > 3) return false;
    value = (value << 8) | byte;
  }
  words[to] = value;
  words[to + 1] = 0;
  words[to + 2] = 0;
  words[to + 3] = 0;
  return true;
}

function skipByte(cursor: Cursor, byte: number): boolean {
  if (byteAt(cursor) !== byte) return false;
  cursor.at++;
  return true;
}

/** RFC 4291, 2.2: groups, and at most one `::` for those that are 0. */
function readIpv6(cursor: Cursor, words: Uint32Array, to: number): boolean {
  words.fill(0, to, to + 4);
  const before = readGroups(cursor, words, to, 0);
  if (before === noNumber) return false;
  if (!skipByte(cursor, colon)) return before === 8;
  if (!skipByte(cursor, colon)) return false;
  const all = readGroups(cursor, words, to, before);
  if (all === noNumber || all > 7) return false;
  moveToEnd(words, to, before, all);
  return true;
}

/** Reads groups from a place on, if there are any; answers the place behind the last. It stops before `::`. */
function readGroups(cursor: Cursor, words: Uint32Array, to: number, first: number): number {
  let place = first;
  let group = readHex(cursor, 4);
  if (group === noNumber) return place;
  for (;;) {
    if (place === 8) return noNumber;
    putGroup(words, to, place++, group);
    if (byteAt(cursor) !== colon || cursor.bytes[cursor.at + 1] === colon) return place;
    cursor.at++;
    group = readHex(cursor, 4);
    if (group === noNumber) return noNumber;
  }
}

function putGroup(words: Uint32Array, to: number, place: number, group: number): void {
  const word = to + (place >> 1);
  const shift = (place & 1) === 0 ? 16 : 0;
  words[word] = ((words[word] ?? 0) & ~(0xffff << shift)) | (group << shift);
}

function groupAt(words: Uint32Array, to: number, place: number): number {
  const word = words[to + (place >> 1)] ?? 0;
  return (place & 1) === 0 ? word >>> 16 : word & 0xffff;
}

/** What stands behind `::` are the last groups. */
function moveToEnd(words: Uint32Array, to: number, from: number, behind: number): void {
  const shift = 8 - behind;
  for (let place = 7; place >= from + shift; place--)
    putGroup(words, to, place, groupAt(words, to, place - shift));
  for (let place = from; place < from + shift; place++) putGroup(words, to, place, 0);
}
