// What an import of iptables-save keeps word for word.
import type { OpaquePart } from '../ir/ruleset.ts';
import { splitWords } from '../text/words.ts';
import { hasControlCharacter } from './words.ts';

/** The words of an opaque part of a rule, each as it was written, quotes included. */
export type OpaqueWords = readonly string[];

/** The written words of an opaque part; undefined where they are not words that stay words. */
export function opaqueWords({ content }: OpaquePart): OpaqueWords | undefined {
  if (!Array.isArray(content)) return undefined;
  const words = content.filter((word) => typeof word === 'string');
  return words.length === content.length && words.every(isOneWord) ? words : undefined;
}

function isOneWord(written: string): boolean {
  const { words, open } = splitWords(written, 0, written.length);
  return words.length === 1 && open === undefined && !hasControlCharacter(written);
}
