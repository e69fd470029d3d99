// Text that is too long for its place: in a picture, or in a cell of a table.
import { textWidth } from '../picture/text.ts';
import { countText } from './number.ts';

/** The text, or its beginning with an ellipsis, so that it is not wider than so many pixels. */
export function shortened(text: string, width: number): string {
  if (textWidth(text, 'text') <= width) return text;
  const letters = Array.from(text);
  while (letters.length > 0 && textWidth(`${letters.join('')}…`, 'text') > width) letters.pop();
  return `${letters.join('').trimEnd()}…`;
}

/** A rule may name thousands of addresses: so many letters are enough to know it. */
const most = 400;

/** The text, or its beginning and how much there is behind it. */
export function cutShort(text: string): string {
  if (text.length <= most + 40) return text;
  const letters = Array.from(text);
  return `${letters.slice(0, most).join('')}… and ${countText(letters.length - most)} more letters`;
}
