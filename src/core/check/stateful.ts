// A statement that keeps a state for each element of a set.
import type { Part } from '../ir/ruleset.ts';
import type { TermReader } from '../match/reader.ts';
import { isStateful } from '../nft/spell-stateful.ts';
import { textOf } from '../text/source.ts';
import { type Cursor, complainAt, peek, spanSince, takenSpan, takerSince } from './cursor.ts';
import { findKey, type Key } from './key.ts';
import { readRaw } from './raw.ts';

/** Takes one by its key; `begin` makes the reader of its arguments. */
export function readStatefulPart(cursor: Cursor, begin: () => TermReader): Part | undefined {
  const key = findKey(cursor);
  const start = cursor.at;
  if (
    !key ||
    (key.meaning.kind !== 'match' && key.meaning.kind !== 'statement' && key.meaning.kind !== 'raw')
  )
    return complainOfBeside(cursor);
  cursor.at += key.words;
  cursor.taker = takerSince(cursor, start, key.text);
  const { meaning } = key;
  const part = meaning.kind === 'raw' ? readRaw(meaning.key, cursor) : readPart(cursor, begin(), meaning);
  if (!part || isStateful(part)) return part;
  const span = spanSince(cursor, start);
  return cursor.report.complain('HK2001', `\`${textOf(span)}\` keeps nothing for an element`, {
    span,
    help: 'an element may have a `counter`, a `limit`, a quota or a count of connections',
  });
}

function readPart(
  cursor: Cursor,
  reader: TermReader,
  meaning: Extract<Key['meaning'], { kind: 'match' | 'statement' }>,
): Part | undefined {
  const { definition, kind } = meaning;
  const args = definition.read(reader);
  return args === undefined ? undefined : { kind, key: definition.key, args, span: takenSpan(cursor) };
}

function complainOfBeside(cursor: Cursor): undefined {
  const next = peek(cursor);
  const text = next ? textOf(next.term.span) : '';
  return complainAt(cursor, next, 'HK2024', `\`${text}\` is left over in this element`, {
    help: 'beside an element stand `timeout`, `comment`, `counter` and limits',
  });
}
