// Text in a picture: how wide it is, without anybody who could measure it, and where it is broken.

/** Heights of letters in pixels. */
export const fontSize = { name: 13, text: 12 } as const;

/** From one line to the next. */
export const lineHeight = 17;

/** Longer lines are broken. */
const mostLetters = 40;

/**
 * The width of a line in pixels, rather too much than too little: letters of equal width are 0.61 of their height, wide
 * ones of East Asia and pictures all of it; bold names are taken by groups of letters.
 */
export function textWidth(text: string, look: keyof typeof fontSize): number {
  const widths = Array.from(text, (letter) => (look === 'name' ? nameLetter(letter) : evenLetter(letter)));
  return Math.ceil(widths.reduce((sum, each) => sum + each, 0) * fontSize[look]);
}

function evenLetter(letter: string): number {
  return isWide(letter) ? 1.1 : 0.61;
}

function nameLetter(letter: string): number {
  if (isWide(letter)) return 1.1;
  if (/[mwMW@%]/.test(letter)) return 1.1;
  return /[ijl.,:;|'! ]/.test(letter) ? 0.45 : /[\p{Lu}\d_]/u.test(letter) ? 0.8 : 0.72;
}

/** Hangul, CJK and all behind them. */
function isWide(letter: string): boolean {
  return (letter.codePointAt(0) ?? 0) >= 0x1100;
}

/** Broken between words; what is one long word is broken anywhere. */
export function wrapped(text: string, most = mostLetters): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ').flatMap((one) => cut(one, most))) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= most)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function cut(word: string, most: number): readonly string[] {
  const letters = Array.from(word);
  if (letters.length <= most) return [word];
  return [letters.slice(0, most).join(''), ...cut(letters.slice(most).join(''), most)];
}
