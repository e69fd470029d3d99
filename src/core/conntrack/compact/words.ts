// What stands behind the tuples of a line: flags in brackets, and words with a value.
import { ctStatus } from '../entry.ts';
import type { CompactEntry } from './compact-entry.ts';
import { ascii, byteAt, type Cursor, noNumber, readLarge, readSmall, skip, skipWord } from './cursor.ts';

/** Where {@link readWords} stopped. */
export const stopped = { notSure: 0, beforeTuple: 1, atEnd: 2 } as const;

const word = {
  src: ascii('src='),
  mark: ascii('mark='),
  use: ascii('use='),
  id: ascii('id='),
  zone: ascii('zone='),
  zoneOrig: ascii('zone-orig='),
  zoneReply: ascii('zone-reply='),
  age: ascii('delta-time='),
  labels: ascii('labels='),
  secctx: ascii('secctx='),
  start: ascii('[start='),
} as const;

const flags = [
  { text: ascii('[ASSURED]'), set: ctStatus.assured, unset: 0 },
  { text: ascii('[UNREPLIED]'), set: 0, unset: ctStatus['seen-reply'] },
  { text: ascii('[OFFLOAD]'), set: ctStatus.offload, unset: 0 },
  { text: ascii('[HW_OFFLOAD]'), set: ctStatus.offload | ctStatus['hw-offload'], unset: 0 },
] as const;

const space = 0x20;

/** Goes over the words behind a tuple, each with a space before it, and keeps what they say. */
export function readWords(cursor: Cursor, into: CompactEntry): number {
  while (byteAt(cursor) === space) {
    cursor.at++;
    const { at } = cursor;
    if (skip(cursor, word.src)) {
      cursor.at = at;
      return stopped.beforeTuple;
    }
    if (isEnd(cursor)) return stopped.atEnd;
    if (!readWord(cursor, into)) return stopped.notSure;
  }
  return isEnd(cursor) ? stopped.atEnd : stopped.notSure;
}

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

function isEnd({ bytes, at }: Cursor): boolean {
  return bytes[at] === lineFeed || (bytes[at] === carriageReturn && bytes[at + 1] === lineFeed);
}

const letter = { bracket: 0x5b, d: 0x64, i: 0x69, l: 0x6c, m: 0x6d, s: 0x73, u: 0x75, z: 0x7a } as const;

/** One word; false for those that are not known, and for helpers, which a compact entry has no place for. */
function readWord(cursor: Cursor, into: CompactEntry): boolean {
  switch (byteAt(cursor)) {
    case letter.bracket:
      return readFlag(cursor, into);
    case letter.m:
      into.mark = skip(cursor, word.mark) ? readLarge(cursor) : noNumber;
      return into.mark !== noNumber && into.mark <= 0xffff_ffff;
    case letter.u:
      into.use = skip(cursor, word.use) ? readLarge(cursor) : noNumber;
      return into.use !== noNumber;
    case letter.i:
      into.id = skip(cursor, word.id) ? readLarge(cursor) : noNumber;
      return into.id !== noNumber;
    case letter.d:
      into.age = skip(cursor, word.age) ? readLarge(cursor) : noNumber;
      return into.age !== noNumber;
    case letter.z:
      return readZone(cursor, into);
    case letter.l:
      return skipText(cursor, word.labels);
    case letter.s:
      return skipText(cursor, word.secctx);
    default:
      return false;
  }
}

/** Texts are no part of a compact entry: who wants them reads the line. */
function skipText(cursor: Cursor, key: Uint8Array): boolean {
  if (!skip(cursor, key)) return false;
  skipWord(cursor);
  return true;
}

function readZone(cursor: Cursor, into: CompactEntry): boolean {
  const both = skip(cursor, word.zone);
  const original = both || skip(cursor, word.zoneOrig);
  if (!original && !skip(cursor, word.zoneReply)) return false;
  const zone = readSmall(cursor, 0xffff);
  if (original) into.zoneOriginal = zone;
  if (both || !original) into.zoneReply = zone;
  return zone !== noNumber;
}

function readFlag(cursor: Cursor, into: CompactEntry): boolean {
  for (const { text, set, unset } of flags) {
    if (!skip(cursor, text)) continue;
    into.status = (into.status | set) & ~unset;
    return true;
  }
  return skip(cursor, word.start) && skipToBracket(cursor);
}

const closing = 0x5d;

/** `Fri Nov 21 03:08:55 2025]` */
function skipToBracket(cursor: Cursor): boolean {
  const { bytes } = cursor;
  let { at } = cursor;
  while ((bytes[at] ?? 0) >= space && bytes[at] !== closing) at++;
  cursor.at = at + 1;
  return bytes[at] === closing;
}
