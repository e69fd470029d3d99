// One line of a source as a terminal shows it: tabs and invisible characters replaced, wide ones counted as two, and
// cut around the interesting part where it is long.

/** What is shown of a line, and where the interesting part is in it, in terminal columns from 0. */
export interface Excerpt {
  readonly text: string;
  readonly column: number;
  /** At least 1, so that an empty place can be pointed at. */
  readonly width: number;
}

/** What one character becomes, and how many columns it takes. */
interface Cell {
  readonly text: string;
  readonly width: number;
}

const maxWidth = 110;
/** How many UTF-16 units to each side of the beginning are looked at: a line may have millions. */
const reach = 160;
const cut: Cell = { text: '…', width: 1 };
/** How much of a long line is kept in front of the interesting part. */
const context = 40;

const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;
const invisible = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u;
const invisibles = new RegExp(invisible.source, 'gu');

/** A text without characters that move the cursor, change colours or turn the writing direction. */
export function printable(text: string): string {
  return text.replaceAll('\t', ' ').replace(invisibles, '\u{fffd}');
}

/** The part of `line` around the UTF-16 columns from `start` to `end` (from 0), at most 110 columns of it. */
export function excerpt(line: string, start: number, end: number): Excerpt {
  const limit = Math.min(line.length, start + reach);
  const before = cells(line.slice(Math.max(0, start - reach), start));
  const inside = cells(line.slice(start, Math.min(end, limit)));
  const all = [...before, ...inside, ...cells(line.slice(start, limit).slice(end - start))];
  if (line.length <= reach && widthOf(all) <= maxWidth) return place(all, before.length, inside.length);
  const from = Math.max(0, before.length - context);
  const shown = all.slice(from, from + maxWidth / 2);
  const head = from > 0 ? [cut] : [];
  const tail = from + shown.length < all.length || limit < line.length ? [cut] : [];
  return place([...head, ...shown, ...tail], before.length - from + head.length, inside.length);
}

function place(shown: readonly Cell[], first: number, count: number): Excerpt {
  const text = shown.map((cell) => cell.text).join('');
  const width = Math.max(1, widthOf(shown.slice(first, first + count)));
  return { text, column: widthOf(shown.slice(0, first)), width };
}

function widthOf(some: readonly Cell[]): number {
  return some.reduce((sum, cell) => sum + cell.width, 0);
}

function cells(text: string): readonly Cell[] {
  return Array.from(text, cellOf);
}

function cellOf(character: string): Cell {
  if (character >= ' ' && character <= '~') return { text: character, width: 1 };
  if (character === '\t') return { text: '    ', width: 4 };
  if (invisible.test(character)) return { text: '\u{fffd}', width: 1 };
  if (/\p{Mn}|\p{Me}/u.test(character)) return { text: character, width: 0 };
  return { text: character, width: wide.test(character) ? 2 : 1 };
}
