// What stays in the words of another tool: `iptables match "-m string …"`, `nft { … }` in a rule and in a table.

import type { OpaqueObject, OpaquePart } from '../ir/ruleset.ts';
import { readJson } from '../nft/json-reader.ts';
import { isJsonObject, type JsonObject } from '../nft/json-value.ts';
import { opaquePart } from '../nft/read-part.ts';
import type { RawObject } from '../syntax/ast.ts';
import { type Span, textOf } from '../text/source.ts';
import { splitWords } from '../text/words.ts';
import { type Cursor, complainAt, peek, takeWord } from './cursor.ts';
import type { Report } from './report.ts';

/** The words before a part that is kept, which name the back end that understands it. */
export type RawKey = OpaquePart['origin'];

/** All of them. */
export const rawKeys = ['iptables', 'nft'] as const satisfies readonly RawKey[];

/** Whether a word begins such a part. */
export function isRawKey(text: string): text is RawKey {
  return rawKeys.some((key) => key === text);
}

/** The roles of a part by the word that says them: a target may end the rule, a statement does not. */
export const rawRoles = { match: 'match', statement: 'statement', target: 'unknown' } as const;

/** Reads what follows the key; complains and returns undefined where it can't. */
export function readRaw(key: RawKey, cursor: Cursor): OpaquePart | undefined {
  return key === 'nft' ? readNft(cursor) : readIptables(cursor);
}

function readNft(cursor: Cursor): OpaquePart | undefined {
  const next = peek(cursor);
  if (next?.term.kind !== 'braces')
    return complainAt(cursor, next, 'HK2040', 'a statement of nft in JSON is missing', { help });
  cursor.at++;
  const json = readObject(next.term.span, cursor.report);
  return json && opaquePart(json, undefined);
}

const help = 'write it as in `nft { "log": null }`';

/** A JSON object with a key that says what it is; a later nft may have more beside it. */
function readObject(span: Span, report: Report): JsonObject | undefined {
  const { value, diagnostics } = readJson({ name: span.source.name, text: textOf(span) });
  const json = value?.value;
  if (isJsonObject(json) && Object.keys(json).length > 0) return json;
  const message = diagnostics[0]?.message ?? 'this is not an object with a key';
  return report.complain('HK2040', message, { span, help });
}

function readIptables(cursor: Cursor): OpaquePart | undefined {
  const role = takeWord(cursor, 'match', 'statement', 'target');
  const next = peek(cursor);
  if (!role || next?.term.kind !== 'string')
    return complainAt(
      cursor,
      next,
      'HK2040',
      '`match`, `statement` or `target` and words of iptables are missing',
      {
        help: 'write it as in `iptables match "-m string --algo bm --string x"`',
      },
    );
  const text = next.term.value;
  const { words, open } = splitWords(text, 0, text.length);
  if (open !== undefined || words.length === 0)
    return complainAt(cursor, next, 'HK2040', 'these are no words of iptables', {
      help: open === undefined ? undefined : 'close the quote in it',
    });
  cursor.at++;
  const content = words.map(({ start, end }) => text.slice(start, end));
  return { kind: 'opaque', origin: 'iptables', role: rawRoles[role], content, text: content.join(' ') };
}

/** Reads an object of a table. */
export function readRawObject({ content }: RawObject, report: Report): OpaqueObject | undefined {
  const json = readObject(content.span, report);
  const [kind, body] = Object.entries(json ?? {})[0] ?? [];
  if (!json || kind === undefined) return undefined;
  const name = isJsonObject(body) && typeof body.name === 'string' ? body.name : undefined;
  if (name !== undefined) return { origin: 'nft', content: json, text: `${kind} ${name}` };
  return report.complain('HK2040', `the \`name\` of this ${kind} is missing`, {
    span: content.span,
    help: undefined,
  });
}
