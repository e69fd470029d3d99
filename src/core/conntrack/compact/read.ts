// Listings from bytes as they come: lines of which all is known for sure fill one compact entry after the other, all others
// are read as text by the plain reader (../dump.ts). Both give the same entries. Of a listing no more is kept than the
// line that has begun.
import { type ListingReader, listingReader, malformed } from '../dump.ts';
import type { DumpItem } from '../dumped.ts';
import { type CompactEntry, newCompactEntry } from './compact-entry.ts';
import type { Cursor } from './cursor.ts';
import { readLine } from './line.ts';

/** Who is told what a listing holds, in its order. */
export interface CompactVisitor {
  /** An entry, to be read at once. */
  readonly entry: (entry: CompactEntry) => void;
  /**
   * What the plain reader makes of other lines: entries of other forms or with what a compact entry has no place for,
   * expectations, broken lines.
   */
  readonly other: (item: DumpItem) => void;
  /** The text of bytes in UTF-8. */
  readonly decode: (bytes: Uint8Array) => string;
}

/** Takes the bytes of a listing, in parts of any size. */
export interface CompactReader {
  readonly push: (bytes: Uint8Array) => void;
  /** There are no more: a last line may have no end. */
  readonly end: () => void;
}

/** No line that any tool prints is longer. */
export const maximumLine = 2 ** 20;

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

interface Reading extends CompactVisitor {
  readonly text: ListingReader;
  readonly into: CompactEntry;
  readonly cursor: Cursor;
  /** The number of the line last read. */
  line: number;
  /** The line that has begun, up to `kept`; grows with it. */
  rest: Uint8Array;
  kept: number;
  /** The line that has begun is too long: nothing of it is kept. */
  overlong: boolean;
}

/** A reader at the beginning of a listing. */
export function compactReader(visitor: CompactVisitor): CompactReader {
  const reading: Reading = {
    ...visitor,
    text: listingReader(),
    into: newCompactEntry(),
    cursor: { bytes: new Uint8Array(), at: 0 },
    line: 0,
    rest: new Uint8Array(4096),
    kept: 0,
    overlong: false,
  };
  return { push: (bytes) => push(reading, bytes), end: () => end(reading) };
}

function push(reading: Reading, bytes: Uint8Array): void {
  const last = bytes.lastIndexOf(lineFeed);
  let from = 0;
  if (last !== -1 && (reading.kept > 0 || reading.overlong)) {
    from = bytes.indexOf(lineFeed) + 1;
    keep(reading, bytes.subarray(0, from));
    readRest(reading);
  }
  readLines(reading, bytes, from, last + 1);
  keep(reading, bytes.subarray(last + 1));
}

function end(reading: Reading): void {
  if (reading.kept > 0 || reading.overlong) {
    keep(reading, Uint8Array.of(lineFeed));
    readRest(reading);
  }
  for (const item of reading.text.end()) reading.other(item);
}

/** The line's end is kept, too. */
function keep(reading: Reading, part: Uint8Array): void {
  const size = reading.kept + part.length;
  reading.overlong ||= size > maximumLine + 1;
  if (reading.overlong) return;
  if (size > reading.rest.length) {
    const longer = new Uint8Array(2 * size);
    longer.set(reading.rest.subarray(0, reading.kept));
    reading.rest = longer;
  }
  reading.rest.set(part, reading.kept);
  reading.kept = size;
}

/** The line that was kept, which is whole now. */
function readRest(reading: Reading): void {
  const { kept, overlong } = reading;
  reading.kept = 0;
  reading.overlong = false;
  if (overlong) refuse({ ...reading, line: ++reading.line });
  else readLines(reading, reading.rest, 0, kept);
}

/** Whole lines, from a place to another one. */
function readLines(reading: Reading, bytes: Uint8Array, from: number, to: number): void {
  const { cursor, into } = reading;
  cursor.bytes = bytes;
  cursor.at = from;
  into.bytes = bytes;
  while (cursor.at < to) {
    into.start = cursor.at;
    into.line = ++reading.line;
    const isRead = readLine(cursor, into);
    into.end = isRead ? cursor.at : bytes.indexOf(lineFeed, into.start);
    cursor.at = into.end + (bytes[into.end] === carriageReturn ? 2 : 1);
    if (cursor.at - into.start > maximumLine + 1) refuse(reading);
    else if (isRead) reading.entry(into);
    else readText(reading);
  }
}

function readText({ into, decode, other, text }: Reading): void {
  const { bytes, start, end: to, line } = into;
  for (const item of text.line(decode(bytes.subarray(start, to)), line)) other(item);
}

function refuse({ line, other }: Reading): void {
  other({ kind: 'broken', diagnostic: malformed('it is longer than 1 MiB', line) });
}
