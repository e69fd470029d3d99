// Reading a line word by word without splitting it: dumps have hundreds of thousands of lines.

/** A line, and the word last read of it: `text` from `start` to `end`. */
export interface Scanner {
  readonly text: string;
  start: number;
  end: number;
}

const space = 0x20;

/** A scanner before the line's first word. */
export function scanner(text: string): Scanner {
  return { text, start: 0, end: 0 };
}

/** Goes on to the next word; false at the end of the line. */
export function nextWord(line: Scanner): boolean {
  const { text } = line;
  let at = line.end;
  while (at < text.length && isBlank(text.charCodeAt(at))) at++;
  line.start = at;
  while (at < text.length && !isBlank(text.charCodeAt(at))) at++;
  line.end = at;
  return at > line.start;
}

/** Line ends are blank, too. */
function isBlank(code: number): boolean {
  return code <= space;
}

/** The word last read. */
export function wordOf({ text, start, end }: Scanner): string {
  return text.slice(start, end);
}

/** Decimal digits as a number; undefined for anything else, and beyond what counters of 64 bits may hold. */
export function parseDecimal(text: string, start = 0, end = text.length): number | undefined {
  if (start === end || end - start > 20) return undefined;
  let value = 0;
  for (let at = start; at < end; at++) {
    const digit = text.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  return value;
}

/** A dotted IPv4 address; undefined for anything else. */
export function parseDotted(text: string, start: number, end: number): bigint | undefined {
  let value = 0;
  let from = start;
  for (let part = 0; part < 4; part++) {
    const dot = part < 3 ? text.indexOf('.', from) : end;
    const byte = dot < from || dot > end || dot - from > 3 ? undefined : parseDecimal(text, from, dot);
    if (byte === undefined || byte > 255) return undefined;
    value = value * 256 + byte;
    from = dot + 1;
  }
  return BigInt(value);
}
