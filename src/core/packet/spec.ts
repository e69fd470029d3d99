// Reads packet specs: `in wan0 tcp 198.51.100.9:40000 -> 203.0.113.1:80 syn`. format.ts writes them.

import type { Outcome } from '../diagnostic/diagnostic.ts';
import { nearestWord } from '../diagnostic/meant.ts';
import type { Source, Span } from '../text/source.ts';
import { interfaceNameProblem } from '../topology/interface-name.ts';
import type { Injection } from './packet.ts';
import { metadataOf } from './spec-beside.ts';
import { type Cursor, complain, missing, openCursor, peek, take, takeIf } from './spec-cursor.ts';
import { isProtocolWord, parsePacketBody } from './spec-packet.ts';

/** Reads a packet spec: all of `source`, or the part that `span` covers. */
export function parsePacketSpec(source: Source, span?: Span): Outcome<Injection> {
  const cursor = openCursor(source, span);
  const value = parseInjection(cursor);
  const rest = peek(cursor);
  if (value && rest) complain(cursor, 'HK6001', `\`${rest.text}\` is left over`, rest.span);
  return { value: cursor.found.length === 0 ? value : undefined, diagnostics: cursor.found };
}

type Way = Pick<Injection, 'direction' | 'iif' | 'oif' | 'local'>;

function parseInjection(cursor: Cursor): Injection | undefined {
  const way = parseWay(cursor);
  const body = way && parsePacketBody(cursor, way.direction);
  return body && { ...way, packet: body.packet, ...metadataOf(body.details) };
}

/** `in A`, `in A out B`, `in A local`, `out`, `out B`. */
function parseWay(cursor: Cursor): Way | undefined {
  if (takeIf(cursor, 'out')) return parseSent(cursor);
  if (!takeIf(cursor, 'in')) return unknownWay(cursor);
  const iif = parseInterface(cursor);
  if (iif === undefined) return undefined;
  if (takeIf(cursor, 'local')) return { direction: 'in', iif, local: true };
  if (!takeIf(cursor, 'out')) return { direction: 'in', iif };
  const oif = parseInterface(cursor);
  return oif === undefined ? undefined : { direction: 'in', iif, oif };
}

/** An interface may be left out, so that routing decides. */
function parseSent(cursor: Cursor): Way | undefined {
  const word = peek(cursor);
  if (!word || (!word.quoted && isProtocolWord(word.text))) return { direction: 'out' };
  const oif = parseInterface(cursor);
  return oif === undefined ? undefined : { direction: 'out', oif };
}

function unknownWay(cursor: Cursor): undefined {
  const word = peek(cursor);
  const help = 'begin with `in INTERFACE` for a received packet, `out` for one that this host sends';
  return missing(cursor, '`in` or `out`', nearestWord(word?.text ?? '', ['in', 'out']) ?? help);
}

function parseInterface(cursor: Cursor): string | undefined {
  const word = take(cursor);
  if (!word) return missing(cursor, 'an interface', 'for example `in wan0`');
  const problem = interfaceNameProblem(word.text);
  if (problem !== undefined) return complain(cursor, 'HK6008', `\`${word.text}\` ${problem}`, word.span);
  if (word.quoted || !isProtocolWord(word.text)) return word.text;
  const help = `say which one: \`in wan0 ${word.text} …\`; an interface of that name is written "${word.text}"`;
  return complain(
    cursor,
    'HK6001',
    `\`${word.text}\` stands where an interface is expected`,
    word.span,
    help,
  );
}
