// Words of configuration files: a text with its place. What is made of several has the place of what it came from.
import type { Span } from '../text/source.ts';

/** A piece of a file. */
export interface Word {
  readonly text: string;
  readonly span: Span;
}

/** The words of a line, between blanks. */
export function wordsIn(line: Span): readonly Word[] {
  return piecesOf(line, /\S+/g);
}

/** The parts of a span that match an expression with the flag `g`. */
function piecesOf({ source, start, end }: Span, pattern: RegExp): readonly Word[] {
  return [...source.text.slice(start, end).matchAll(pattern)].map(({ 0: text, index }) => ({
    text,
    span: { source, start: start + index, end: start + index + text.length },
  }));
}

/** A word that says part of another one, at its place. */
export function partOf({ span }: Word, text: string): Word {
  return { text, span };
}

/** The part of a word behind its first `skipped` characters. */
export function behind({ text, span }: Word, skipped: number): Word {
  return { text: text.slice(skipped), span: { ...span, start: Math.min(span.start + skipped, span.end) } };
}

/** A word cut at the first of a character; the second part is absent where there is none. */
export function cutAt(word: Word, character: string): readonly [Word, Word?] {
  const at = word.text.indexOf(character);
  if (at === -1) return [word];
  const { source, start } = word.span;
  const before = { text: word.text.slice(0, at), span: { source, start, end: start + at } };
  return [before, behind(word, at + character.length)];
}
