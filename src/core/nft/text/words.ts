// The smallest pieces of nft text. Nothing that came from outside gets into it but through these functions, which
// refuse what could end a word or a string early.
import { isTextName, isTextString } from '../limits.ts';
import { isReserved } from '../reserved.ts';

/** Thrown where nft text cannot say something; `spoken` catches it. */
class Unspeakable extends Error {}

/** Ends the writing of the present statement or object. */
export function refuse(): never {
  throw new Unspeakable();
}

/** What `write` gives, or undefined if it came to something that nft text cannot say. */
export function spoken<Said>(write: () => Said): Said | undefined {
  try {
    return write();
  } catch (problem) {
    if (problem instanceof Unspeakable) return undefined;
    throw problem;
  }
}

/** A keyword, constant, address or number as it is. */
export function word(text: string | number | bigint): string {
  return isWord(String(text)) ? String(text) : refuse();
}

/** Whether nft reads a text as one word without quotes. */
export function isWord(text: string): boolean {
  return /^[\w:-][\w.:/+-]*$/.test(text);
}

/** Several words with blanks between, as some keys of nft JSON are (`daddr ether`). */
export function words(text: string): string {
  return text.split(' ').map(word).join(' ');
}

/** A string in quotes; nft has no escapes. */
export function quoted(text: string): string {
  return isTextString(text) ? `"${text}"` : refuse();
}

/** The name of a table, chain, set or other object. */
export function name(text: string): string {
  return isTextName(text) && !isReserved(text) ? text : refuse();
}

/** The words that are there, with blanks between. */
export function phrase(...parts: readonly (string | undefined | false)[]): string {
  return parts.filter((part) => part !== undefined && part !== false && part !== '').join(' ');
}

/** A keyword with its argument, if it has one. */
export function option(keyword: string, value: string | number | bigint | undefined): string | undefined {
  return value === undefined ? undefined : `${keyword} ${word(value)}`;
}

/** A duration in seconds. */
export function seconds(keyword: string, value: number | bigint | undefined): string | undefined {
  return value === undefined ? undefined : `${keyword} ${word(value)}s`;
}

/** One flag or several as a list. */
export function listOf(flags: string | readonly string[] | undefined): readonly string[] {
  if (flags === undefined) return [];
  return typeof flags === 'string' ? [flags] : flags;
}
