// Text to tokens: what the lexer found, without the newlines that end no statement, and what is wrong with it.
import { type IToken, type TokenType, tokenMatcher } from 'chevrotain';
import { spanOf } from '../../../grammar/term.ts';
import * as token from '../../../grammar/tokens.ts';
import { type Diagnostic, diagnostic } from '../diagnostic/diagnostic.ts';
import type { Source } from '../text/source.ts';
import { report } from './problems.ts';

/** The tokens of a text; a newline among them ends a statement, or separates elements in braces. */
export interface Tokens {
  readonly tokens: readonly IToken[];
  readonly comments: readonly IToken[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads any text without failing. */
export function tokensOf(source: Source): Tokens {
  const { tokens, groups } = token.tokenize(source.text);
  const pairing = pairParentheses(tokens);
  const diagnostics: Diagnostic[] = [];
  for (const [at, one] of tokens.entries()) {
    if (token.isBad(one)) report(diagnostics, () => badToken(source, one));
    else if (pairing[at] === lonely) report(diagnostics, () => lonelyParenthesis(source, one));
  }
  return { tokens: significant(tokens, pairing), comments: groups.comments ?? [], diagnostics };
}

/** What a parenthesis is, by the index of its token; a small number for each, since junk may have millions. */
const [paired, lonely] = [1, 2];

/**
 * Leaves out the newlines behind a binary operator and those between parentheses that have a partner; one without
 * becomes a bad token, so that its statement is left out of the tree.
 */
function significant(tokens: readonly IToken[], pairing: Uint8Array): readonly IToken[] {
  const kept: IToken[] = [];
  let depth = 0;
  let goesOn = false;
  for (const [at, one] of tokens.entries()) {
    if (one.tokenType === token.Newline && (depth > 0 || goesOn)) continue;
    goesOn = tokenMatcher(one, token.Infix);
    if (pairing[at] === paired) depth += one.tokenType === token.LeftParenthesis ? 1 : -1;
    if (pairing[at] === lonely) spoil(one);
    kept.push(one);
  }
  return kept;
}

/** Finds which parentheses have a partner in their statement; those around braces have it behind them. */
function pairParentheses(tokens: readonly IToken[]): Uint8Array {
  const pairing = new Uint8Array(tokens.length);
  let open: number[] = [];
  const around: number[][] = [];
  for (const [at, { tokenType }] of tokens.entries()) {
    if (tokenType === token.LeftParenthesis) {
      pairing[at] = lonely;
      open.push(at);
    } else if (tokenType === token.RightParenthesis) {
      const partner = open.pop();
      pairing[at] = partner === undefined ? lonely : paired;
      if (partner !== undefined) pairing[partner] = paired;
    } else if (tokenType === token.LeftBrace) {
      around.push(open);
      open = [];
    } else if (tokenType === token.RightBrace) open = around.pop() ?? [];
    else if (tokenType === token.Semicolon) open = [];
  }
  return pairing;
}

function lonelyParenthesis(source: Source, one: IToken): Diagnostic {
  const problem = one.tokenType === token.LeftParenthesis ? 'is never closed' : 'closes nothing';
  return diagnostic('HK1014', `this \`${one.image}\` ${problem}`, { span: spanOf(source, one) });
}

/** Changes the token in place: it is ours, and there may be millions. */
function spoil(one: IToken): void {
  one.tokenType = token.BadCharacter;
  one.tokenTypeIdx = token.BadCharacter.tokenTypeIdx ?? one.tokenTypeIdx;
}

const complaints = new Map<TokenType, (source: Source, one: IToken) => Diagnostic>([
  [token.BadString, badString],
  [
    token.MultilineString,
    (source, one) => {
      return diagnostic('HK1005', 'this string goes over the end of its line', {
        span: firstLine(source, one),
      });
    },
  ],
  [
    token.UnclosedString,
    (source, one) => {
      return diagnostic('HK1004', 'this string is never closed', {
        span: spanOf(source, one),
        help: 'add the closing `"`',
      });
    },
  ],
  [
    token.BadNumber,
    (source, one) => {
      const message = `${quoted(one.image)} is neither a number, an address, a duration nor a name`;
      return diagnostic('HK1008', message, { span: spanOf(source, one) });
    },
  ],
  [
    token.ControlCharacter,
    (source, one) => {
      return diagnostic('HK1010', `${controlName(one.image)} between the words`, {
        span: spanOf(source, one),
      });
    },
  ],
]);

/** What is wrong with a token of the category Bad. */
function badToken(source: Source, one: IToken): Diagnostic {
  return complaints.get(one.tokenType)?.(source, one) ?? badCharacter(source, one);
}

const notPrintable = /[^ -~\xa0-\u2027\u202a-\uffff]/;

function badString(source: Source, one: IToken): Diagnostic {
  const control = notPrintable.exec(one.image);
  if (control) {
    const start = one.startOffset + control.index;
    const span = { source, start, end: start + 1 };
    return diagnostic('HK1006', `${controlName(control[0])} in a string`, { span });
  }
  const unknown = /\\[^"\\]/.exec(one.image.replace(/\\["\\]/g, '--'));
  const start = one.startOffset + (unknown?.index ?? 0);
  const span = { source, start, end: start + 2 };
  const help = 'a backslash is written `\\\\`, a double quote `\\"`';
  return diagnostic('HK1007', `unknown escape \`${unknown?.[0]}\` in a string`, { span, help });
}

const hints: readonly (readonly [RegExp, string])[] = [
  [/['“”‘’`]/, 'strings are written in straight double quotes'],
  [/[*?]/, 'wildcards are written in double quotes: `"eth*"`'],
  [/\$/, 'a constant is used by its bare name'],
  [/@/, 'a set is used as `@name`'],
  [/\\/, 'a `\\` that continues a line is its last character'],
];

function badCharacter(source: Source, one: IToken): Diagnostic {
  const help = hints.find(([shape]) => shape.test(one.image))?.[1];
  return diagnostic('HK1009', `unexpected ${quoted(one.image)}`, { span: spanOf(source, one), help });
}

/** A user's text in backticks, cut where it is long. */
export function quoted(text: string): string {
  return `\`${text.length > 40 ? `${text.slice(0, 40)}…` : text}\``;
}

function controlName(text: string): string {
  const code = text.charCodeAt(0);
  return code === 0
    ? 'a NUL character'
    : `the control character U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}

function firstLine(source: Source, one: IToken): { source: Source; start: number; end: number } {
  const length = one.image.search(/\r?\n/);
  return { source, start: one.startOffset, end: one.startOffset + length };
}
