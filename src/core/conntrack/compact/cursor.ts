// Reading numbers and words from bytes without making anything of them. Every line is followed by a line feed, which is
// neither digit nor letter: so nothing here needs to ask for the end.

/** Where in the bytes the reading is. Nothing below goes on where it finds something else than what it looks for. */
export interface Cursor {
  bytes: Uint8Array;
  at: number;
}

/** What a number function answers where there is none that it knows for sure. */
export const noNumber = -1;

/** The byte that the cursor is at. */
export function byteAt({ bytes, at }: Cursor): number {
  return bytes[at] ?? 0;
}

/** The bytes of a word of ASCII. */
export function ascii(word: string): Uint8Array {
  return Uint8Array.from(word, (character) => character.charCodeAt(0));
}

/** Goes over a word, if it is there. */
export function skip(cursor: Cursor, word: Uint8Array): boolean {
  const { bytes, at } = cursor;
  for (let index = 0; index < word.length; index++) if (bytes[at + index] !== word[index]) return false;
  cursor.at = at + word.length;
  return true;
}

const zero = 0x30;
const space = 0x20;

/** Goes over at least one space. */
export function skipSpaces(cursor: Cursor): boolean {
  const { bytes, at } = cursor;
  let to = at;
  while (bytes[to] === space) to++;
  cursor.at = to;
  return to > at;
}

/** Goes over a word of any bytes, up to a blank or a control character. */
export function skipWord(cursor: Cursor): void {
  const { bytes } = cursor;
  let { at } = cursor;
  while ((bytes[at] ?? 0) > space) at++;
  cursor.at = at;
}

/** A number of at most nine digits, not above `most`. */
export function readSmall(cursor: Cursor, most: number): number {
  const { bytes, at } = cursor;
  let to = at;
  let value = 0;
  for (let digit = (bytes[to] ?? 0) - zero; digit >= 0 && digit <= 9; digit = (bytes[to] ?? 0) - zero) {
    if (to - at === 9) return noNumber;
    value = value * 10 + digit;
    to++;
  }
  cursor.at = to;
  return to === at || value > most ? noNumber : value;
}

/** A number of at most 15 digits, which floating-point numbers hold exactly. */
export function readLarge(cursor: Cursor): number {
  const { bytes, at } = cursor;
  let to = at;
  // It is a floating-point number from the first digit on: the loop is then compiled once.
  let value = -0.0;
  for (let digit = (bytes[to] ?? 0) - zero; digit >= 0 && digit <= 9; digit = (bytes[to] ?? 0) - zero) {
    if (to - at === 15) return noNumber;
    value = value * 10 + digit;
    to++;
  }
  cursor.at = to;
  return to === at ? noNumber : value;
}

/** The value of a hexadecimal digit in lower case, which is what all of them print, or {@link noNumber}. */
function hexDigit(byte: number): number {
  if (byte >= zero && byte <= 0x39) return byte - zero;
  return byte >= 0x61 && byte <= 0x66 ? byte - 0x57 : noNumber;
}

/** A hexadecimal number of at most `most` digits, at most eight. */
export function readHex(cursor: Cursor, most: number): number {
  const { bytes, at } = cursor;
  let to = at;
  let value = 0;
  for (let digit = hexDigit(bytes[to] ?? 0); digit >= 0; digit = hexDigit(bytes[to] ?? 0)) {
    if (to - at === most) return noNumber;
    value = (value << 4) | digit;
    to++;
  }
  cursor.at = to;
  return to === at ? noNumber : value >>> 0;
}
