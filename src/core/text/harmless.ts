// Text on its way to a terminal, a file or another program: names and comments come from anywhere, and none of them may
// move a cursor, change a title, hide a word or turn the direction of writing.

/** Where a text goes. */
export interface Destination {
  /** Colours that we put there ourselves stay. */
  readonly color: boolean;
  /** Somebody looks at it. */
  readonly interactive: boolean;
}

const escapeCharacter = String.fromCodePoint(0x1b);

/** What sets a colour or a weight, and nothing else (ECMA-48, SGR). */
const colours = String.raw`${escapeCharacter}\[(?:\d{1,2}(?:;\d{1,2})?)?m`;

/** Characters that no output of ours holds but in a name. */
const controls = String.raw`[\p{Cc}\u2028\u2029]`;

/** Those that turn the direction of writing may stand in a comment, and are to stay there in a file. */
const turning = String.raw`[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]`;

const patterns = {
  plain: new RegExp(controls, 'gu'),
  coloured: new RegExp(`${colours}|${controls}`, 'gu'),
  seen: new RegExp(`${controls}|${turning}`, 'gu'),
  'seen, coloured': new RegExp(`${colours}|${controls}|${turning}`, 'gu'),
} as const;

/** The text with each of them as JSON would write it, `\u001b`: in JSON it stands for the same character. */
export function harmless(text: string, { color, interactive }: Destination): string {
  const pattern = interactive ? (color ? 'seen, coloured' : 'seen') : color ? 'coloured' : 'plain';
  return text.replaceAll(patterns[pattern], (one) =>
    one === '\n' || one === '\t' || one.length > 1 ? one : escaped(one),
  );
}

function escaped(character: string): string {
  return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
}
