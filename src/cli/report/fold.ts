// Folding text into a column without losing a character of it; table libraries cut words that are too long.

/** Lines of at most `width` characters, broken between words, and inside of one only if it is wider than the column. */
export function fold(text: string, width: number): string {
  const lines: string[] = [];
  for (const piece of text.split(' ').flatMap((word) => slices(word, width))) {
    const longer = `${lines.at(-1)} ${piece}`;
    if (lines.length > 0 && longer.length <= width) lines.splice(-1, 1, longer);
    else lines.push(piece);
  }
  return lines.join('\n');
}

function slices(word: string, width: number): readonly string[] {
  return word.match(new RegExp(`.{1,${width}}`, 'g')) ?? [''];
}
