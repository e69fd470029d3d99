// Tokens in a few bytes each, and the terms of a rule made from them. A large policy has millions of terms, and nobody
// needs those of more than one rule at a time. The parser has read every rule before, so that nothing is wrong here.
import type { IToken, TokenType } from 'chevrotain';
import type * as Ast from '../src/core/syntax/ast.ts';
import type { Braces, Element, Term } from '../src/core/syntax/term.ts';
import { type Source, type Span, textOf } from '../src/core/text/source.ts';
import { termFrom } from './term.ts';
import * as token from './tokens.ts';

/** The tokens of a source in order: their types, by the place in `allTokens`, and their offsets. */
export interface PackedTokens {
  readonly source: Source;
  readonly types: Uint8Array;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
}

const typeNumbers = new Map(token.allTokens.map((type, number) => [type, number]));

/** Packs the tokens that stand in the text; those that were put in have no width. */
export function packTokens(source: Source, tokens: readonly IToken[]): PackedTokens {
  const written = tokens.filter(({ image }) => image !== '');
  const types = new Uint8Array(written.length);
  const starts = new Uint32Array(written.length);
  const ends = new Uint32Array(written.length);
  // Not `from`, which makes a list of numbers first: a large policy has millions.
  for (const [at, { tokenType, startOffset, image }] of written.entries()) {
    types[at] = typeNumbers.get(tokenType) ?? 0;
    starts[at] = startOffset;
    ends[at] = startOffset + image.length;
  }
  return { source, types, starts, ends };
}

/** A rule that the parser has read at a place. A class, because each object with a getter of its own costs far more. */
export class PackedRule implements Ast.Rule {
  readonly kind = 'rule';
  readonly span: Span;
  readonly #tokens: PackedTokens;

  /** `span` covers whole tokens. */
  constructor(tokens: PackedTokens, span: Span) {
    this.#tokens = tokens;
    this.span = span;
  }

  /** Made anew each time. */
  get terms(): readonly Term[] {
    return termsIn(this.#tokens, this.span);
  }
}

/** A place among the tokens, which moves. */
interface Walk {
  readonly tokens: PackedTokens;
  at: number;
}

/** The terms that the parser has read at a place. */
export function termsIn(tokens: PackedTokens, { start, end }: Span): readonly Term[] {
  const walk: Walk = { tokens, at: indexOf(tokens.starts, start) };
  const terms: Term[] = [];
  while ((tokens.starts[walk.at] ?? end) < end) terms.push(readTerm(walk));
  return terms;
}

/** Where an offset is among ascending ones. */
function indexOf(starts: Uint32Array, offset: number): number {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? offset) < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

function readTerm(walk: Walk): Term {
  const type = typeAt(walk);
  if (type === token.LeftBrace) return readBraces(walk);
  const span = spanFrom(walk, walk.at++);
  return termFrom(type, textOf(span), span);
}

function readBraces(walk: Walk): Braces {
  const first = walk.at++;
  const elements: Element[] = [];
  for (let type = typeAt(walk); type !== token.RightBrace; type = typeAt(walk)) {
    if (type === token.Comma || type === token.Newline) walk.at++;
    else elements.push(readElement(walk));
  }
  walk.at++;
  return { kind: 'braces', elements, span: spanFrom(walk, first) };
}

function readElement(walk: Walk): Element {
  const first = walk.at;
  const terms = readElementTerms(walk);
  if (typeAt(walk) !== token.Colon) return { terms, span: spanFrom(walk, first) };
  walk.at++;
  const mapped = readElementTerms(walk);
  return { terms, mapped, span: spanFrom(walk, first) };
}

const elementEnds: ReadonlySet<TokenType> = new Set([
  token.Comma,
  token.Newline,
  token.Colon,
  token.RightBrace,
]);

function readElementTerms(walk: Walk): readonly Term[] {
  const terms: Term[] = [];
  while (!elementEnds.has(typeAt(walk))) terms.push(readTerm(walk));
  return terms;
}

/** Behind the last token stands what would end anything. */
function typeAt({ tokens, at }: Walk): TokenType {
  return token.allTokens[tokens.types[at] ?? -1] ?? token.RightBrace;
}

/** From one token to the last that was taken, or to its own end. */
function spanFrom({ tokens, at }: Walk, first: number): Span {
  const { source, starts, ends } = tokens;
  const last = Math.max(first, at - 1);
  return { source, start: starts[first] ?? 0, end: ends[last] ?? 0 };
}
