// Text in cells of a screen: exactly as wide as it should be, whatever is in it.

/** A text without what a terminal would take for a command, or would write backwards (Unicode, categories Cc and Cf). */
export function harmless(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\u{FFFD}');
}

/** So many columns: cut with an ellipsis, or filled up with blanks. */
export function cell(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const cut = cutTo(harmless(text), width);
  const blanks = ' '.repeat(Math.max(0, width - columnsOf(cut)));
  return align === 'left' ? `${cut}${blanks}` : `${blanks}${cut}`;
}

function cutTo(text: string, width: number): string {
  if (columnsOf(text) <= width) return text;
  let [kept, columns] = ['', 0];
  for (const letter of text) {
    columns += columnsOfLetter(letter);
    if (columns > width - 1) break;
    kept += letter;
  }
  return width > 0 ? `${kept}…` : '';
}

/** Columns that a terminal needs for a text. */
export function columnsOf(text: string): number {
  // Most texts have nothing but ASCII.
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let columns = 0;
  for (const letter of text) columns += columnsOfLetter(letter);
  return columns;
}

/** Unicode, UAX #11: wide letters take two columns; those that are put upon others take none. */
function columnsOfLetter(letter: string): number {
  if (/\p{M}/u.test(letter)) return 0;
  return /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Emoji_Presentation}\u{3000}-\u{303F}\u{FF01}-\u{FF60}]/u.test(
    letter,
  )
    ? 2
    : 1;
}
