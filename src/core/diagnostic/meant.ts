// Did you mean: what somebody probably meant, as the help of a diagnostic and, where that is safe, as its fix.
import { isSolelyNearest, suggest } from '../text/suggest.ts';

/** A word that was written, and the one that was probably meant by it. */
export interface Meant {
  readonly written: string;
  readonly meant: string;
  /** Whether a tool may put the one in the place of the other. */
  readonly sure: boolean;
}

/** The way out of a problem: in words, or what was probably meant. */
export type Help = string | Meant;

/** The nearest of the names that somebody gave. Never sure: another thing may have been forgotten. */
export function nearestName(written: string, names: Iterable<string>): Meant | undefined {
  const meant = suggest(written, names);
  return meant === undefined ? undefined : { written, meant, sure: false };
}

/**
 * The nearest of the words of the language that can stand here, or of names beside them; sure if it is a word, no other
 * one is as near, and no digit differs.
 */
export function nearestWord(
  written: string,
  words: Iterable<string>,
  names: readonly string[] = [],
): Meant | undefined {
  const known = [...words];
  const all = [...known, ...names];
  const meant = suggest(written, all);
  if (meant === undefined) return undefined;
  const isWord = known.includes(meant) && digitsOf(written) === digitsOf(meant);
  return { written, meant, sure: isWord && isSolelyNearest(meant, written, all) };
}

/** `did you mean …` */
export function didYouMean(meant: string): string {
  return `did you mean \`${meant}\`?`;
}

function digitsOf(text: string): string {
  return text.replaceAll(/\D/g, '');
}
