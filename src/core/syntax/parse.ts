// Text to syntax tree. Never throws, whatever the text; what could not be read is left out and reported.
import { EOF, type IToken } from 'chevrotain';
import { readPolicy } from '../../../grammar/parser.ts';
import type { Mistake } from '../../../grammar/recovery.ts';
import { spanOf } from '../../../grammar/term.ts';
import {
  Assert,
  Chain,
  Device,
  Hook,
  Host,
  isBad,
  Newline,
  Policy,
  Priority,
  Table,
  Test,
  Type,
} from '../../../grammar/tokens.ts';
import { type Diagnostic, diagnostic } from '../diagnostic/diagnostic.ts';
import { type Help, nearestWord } from '../diagnostic/meant.ts';
import type { Source, Span } from '../text/source.ts';
import type { Comment, PolicyFile } from './ast.ts';
import { balance, braceDepth } from './braces.ts';
import { firstOf, maxProblems } from './problems.ts';
import { quoted, tokensOf } from './tokens.ts';

/** What was read, and what was wrong with it. */
export interface Parsed {
  readonly file: PolicyFile;
  readonly diagnostics: readonly Diagnostic[];
}

const maxLength = 16_000_000;

/** Reads a policy. Where something is wrong, that statement is missing from the tree and all others are there. */
export function parsePolicy(source: Source): Parsed {
  if (source.text.length > maxLength) return unread(source, tooLarge(source));
  const lexed = tokensOf(source);
  if (lexed.diagnostics.length > 0 && isBinary(source)) return unread(source, noText(source));
  const { balanced, tooDeep } = braceDepth(lexed.tokens);
  if (tooDeep) return unread(source, nestedTooDeeply(source, tooDeep));
  const { tokens, diagnostics } = balanced
    ? { tokens: lexed.tokens, diagnostics: [] }
    : balance(source, lexed.tokens);
  const { items, mistakes } = readPolicy(source, [...tokens], maxProblems);
  const found = [...lexed.diagnostics, ...diagnostics, ...mistakes.flatMap((one) => explain(source, one))];
  const comments = lexed.comments.map((one) => commentOf(source, one));
  const file: PolicyFile = { kind: 'file', items, comments, span: whole(source) };
  return { file, diagnostics: firstOf(found) };
}

function commentOf(source: Source, one: IToken): Comment {
  return { text: one.image.trimEnd(), span: spanOf(source, one) };
}

function unread(source: Source, problem: Diagnostic): Parsed {
  return { file: { kind: 'file', items: [], comments: [], span: whole(source) }, diagnostics: [problem] };
}

function whole(source: Source): Span {
  return { source, start: 0, end: source.text.length };
}

/** Whether every tenth character is none of a text. In comments they do no harm. */
function isBinary({ text }: Source): boolean {
  const beginning = text.slice(0, 8192);
  const odd = beginning.match(/[^\t\n\r -~\xa0-\ufffc]/g)?.length ?? 0;
  return odd > beginning.length / 10;
}

function noText(source: Source): Diagnostic {
  const span = { source, start: 0, end: 0 };
  return diagnostic('HK1011', `\`${source.name}\` is not a text file`, { span });
}

function tooLarge(source: Source): Diagnostic {
  const message = `\`${source.name}\` is larger than ${maxLength / 1e6} million characters`;
  return diagnostic('HK1012', message, { span: { source, start: 0, end: 0 } });
}

function nestedTooDeeply(source: Source, brace: IToken): Diagnostic {
  return diagnostic('HK1013', 'braces are nested too deeply here', { span: spanOf(source, brace) });
}

/** A mistake in words; none where its token is reported already, being no part of the language or not in the text. */
function explain(source: Source, { found, expected }: Mistake): readonly Diagnostic[] {
  const putIn = found.image === '' && found.tokenType !== EOF;
  if (isBad(found) || putIn) return [];
  const span = placeOf(source, found);
  return [
    diagnostic('HK1001', `expected ${expected}, found ${foundIn(found)}`, {
      span,
      help: helpFor(source, found, expected),
    }),
  ];
}

function placeOf(source: Source, found: IToken): Span {
  if (found.tokenType === EOF) return { source, start: source.text.length, end: source.text.length };
  return found.tokenType === Newline ? spanOf(source, { ...found, image: '' }) : spanOf(source, found);
}

function foundIn(found: IToken): string {
  if (found.tokenType === EOF) return 'the end of the file';
  return found.tokenType === Newline ? 'the end of the line' : quoted(found.image);
}

const headOrder = 'the order is `type`, `hook`, `device`, `priority`, `policy`';
const headHelp =
  'these stand in the head of the chain: `chain input hook input priority filter policy drop {`';

const topLevelHelp =
  'rules stand in a chain of a table: `table inet filter { chain input hook input priority filter { … } }`; a constant is declared with `let NAME = VALUE`';

/** Where a keyword belongs that was found elsewhere. */
const places = new Map([
  [Chain, 'a chain stands inside a table'],
  [Hook, headOrder],
  [Device, headOrder],
  [Priority, headOrder],
  [Type, headHelp],
  [Policy, headHelp],
  [Table, 'a table stands at the top level'],
  [Host, 'a host stands at the top level'],
  [Test, 'a test stands at the top level'],
  [Assert, 'an assertion stands at the top level'],
]);

/** The way out: where the word belongs, the keyword that was meant, or the line that the brace belongs to. */
function helpFor(source: Source, found: IToken, expected: string): Help | undefined {
  const meant = nearestWord(
    found.image,
    Array.from(expected.matchAll(/`([a-z]+)`/g), ([, word = '']) => word),
  );
  if (meant) return meant;
  const nextLineOpens =
    found.tokenType === Newline &&
    /^\s*\{/.test(source.text.slice(found.startOffset, found.startOffset + 200));
  if (nextLineOpens) return 'the `{` of a block stands on the line of its header';
  return places.get(found.tokenType) ?? (expected.startsWith('`table`') ? topLevelHelp : undefined);
}
