// What stands beside an element of a set or map, or for all of them in its block: counters, limits, times, comments.
import { duration } from '../datatype/duration.ts';
import type { Part } from '../ir/ruleset.ts';
import type { ElementDetails } from '../ir/set.ts';
import type { TermReader } from '../match/reader.ts';
import { type Cursor, takeWord, untilEnd } from './cursor.ts';
import { argumentReader } from './reader.ts';
import type { SetsInReach } from './reader-state.ts';

/** Where nothing refers to a set or map. */
export const noSets: SetsInReach = {
  find: () => undefined,
  names: () => [],
  isKept: () => false,
  findMap: () => undefined,
  useMap: () => {},
  use: () => {},
};

/** Has a reader read from the cursor. */
export function readWith<Read>(cursor: Cursor, read: (reader: TermReader) => Read): Read | undefined {
  const options = { cursor, family: undefined };
  let found: Read | undefined;
  argumentReader(noSets)((reader) => {
    found = read(reader);
  }, options);
  return found;
}

/** Takes a number of seconds, written as a duration. */
export function readSeconds(cursor: Cursor): number | undefined {
  const seconds = readWith(cursor, (reader) => reader.single(duration));
  return seconds === undefined ? undefined : Number(seconds);
}

/** Takes `timeout 30s`, `expires 5s`, `comment "…"` and statements with a state, in any order, up to the end. */
export function readBeside(cursor: Cursor): ElementDetails | undefined {
  let details: ElementDetails = {};
  const isRead = untilEnd(cursor, () => {
    const next = readDetail(cursor, details);
    details = next ?? details;
    return next !== undefined;
  });
  return isRead ? details : undefined;
}

function readDetail(cursor: Cursor, details: ElementDetails): ElementDetails | undefined {
  const word = takeWord(cursor, 'timeout', 'expires', 'comment');
  if (word === 'comment') {
    const comment = readWith(cursor, (reader) => reader.text());
    return comment === undefined ? undefined : { ...details, comment };
  }
  if (word) {
    const seconds = readSeconds(cursor);
    return seconds === undefined ? undefined : { ...details, [word]: seconds };
  }
  const part = readStateful(cursor);
  return part && { ...details, statements: [...(details.statements ?? []), part] };
}

/** Takes a statement that keeps a state for each element. */
export function readStateful(cursor: Cursor): Part | undefined {
  return readWith(cursor, (reader) => reader.stateful());
}
