// The words of a line, as iptables-restore and `conntrack -R` cut one: blanks part them, double quotes keep blanks
// (iptables 1.8.9, iptables/xshared.c: add_param_to_argv).

/** One word of a line, quotes resolved, and where it stands (offsets into the source). */
export interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** It was quoted, so it is never an option. */
  readonly quoted: boolean;
}

/** The words of a line; `open` is where a quote begins that the line does not close: the last word goes to its end. */
export interface SplitLine {
  readonly words: readonly Word[];
  readonly open?: number;
}

/** Cuts the text between two offsets. Only double quotes quote, and a closing quote ends the word. */
export function splitWords(text: string, start: number, end: number): SplitLine {
  const words: Word[] = [];
  let at = start;
  for (;;) {
    while (at < end && isBlank(text.charCodeAt(at))) at++;
    if (at >= end) return { words };
    const plain = endOfPlain(text, at, end);
    if (text.charCodeAt(plain) !== quote || plain === end) {
      words.push({ text: text.slice(at, plain), start: at, end: plain, quoted: false });
      at = plain;
      continue;
    }
    const quoted = readQuoted(text, plain + 1, end);
    words.push({ text: text.slice(at, plain) + quoted.text, start: at, end: quoted.end, quoted: true });
    if (quoted.isOpen) return { words, open: plain };
    at = quoted.end;
  }
}

const quote = 34;
const backslash = 92;

function isBlank(code: number): boolean {
  return code === 32 || code === 9;
}

function endOfPlain(text: string, start: number, end: number): number {
  let at = start;
  while (at < end) {
    const code = text.charCodeAt(at);
    if (code === quote || isBlank(code)) break;
    at++;
  }
  return at;
}

/** What is quoted, and the offset behind it. */
interface Quoted {
  readonly text: string;
  readonly end: number;
  /** There is no closing quote. */
  readonly isOpen: boolean;
}

/** Reads up to the closing quote; a backslash makes the next character ordinary. */
function readQuoted(text: string, start: number, end: number): Quoted {
  let value = '';
  let from = start;
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) return { text: value + text.slice(from, at), end: at + 1, isOpen: false };
    if (code !== backslash) continue;
    value += text.slice(from, at);
    from = ++at;
  }
  return { text: value + text.slice(from, end), end, isOpen: true };
}
