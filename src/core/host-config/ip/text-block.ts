// Listings of `ip` for people, cut into what they list: a line, and the indented ones behind it. With `-o` these stand in the
// same line, behind backslashes.
import { lineSpans, type Source } from '../../text/source.ts';
import { trimmed } from '../ini.ts';
import type { Word } from '../word.ts';

/** A line with those that belong to it, without the blanks around them. */
export interface Block {
  readonly head: Word;
  readonly rest: readonly Word[];
}

/** The blocks of a file; empty lines, comments and prompts with a command are none. */
export function blocksIn(source: Source): readonly Block[] {
  const blocks: { readonly head: Word; readonly rest: Word[] }[] = [];
  for (const line of lineSpans(source).flatMap(piecesOf)) {
    const word = trimmed(line);
    if (word.text === '' || /^[#$]/.test(word.text)) continue;
    const open = /^\s/.test(line.text) ? blocks.at(-1) : undefined;
    if (open) open.rest.push(word);
    else blocks.push({ head: word, rest: [] });
  }
  return blocks;
}

/** A line cut at its backslashes. */
function piecesOf(line: Word['span']): readonly Word[] {
  const text = line.source.text.slice(line.start, line.end);
  let start = line.start;
  return text.split('\\').map((piece) => {
    const span = { ...line, start, end: start + piece.length };
    start = span.end + 1;
    return { text: piece, span };
  });
}

/** The word behind another one. */
export function wordBehind(words: readonly Word[], name: string): Word | undefined {
  const at = words.findIndex(({ text }) => text === name);
  return at === -1 ? undefined : words[at + 1];
}
