// The words of a line of iptables-restore: how a line is cut into words, and how a word is written so that it stays
// one word (iptables 1.8.9, iptables/xshared.c: add_param_to_argv, libxtables/xtables.c: xtables_save_string).

/** One word of a line, quotes resolved, and where it stands (offsets into the source). */
export interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** It was quoted, so it is never an option or `!`. */
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

/** A word as it is written, quotes included. */
export function writtenWord({ text, quoted, start, end }: Word, all: string): string {
  return quoted ? all.slice(start, end) : text;
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

/** Options whose value iptables-save writes as a string, quoted unless it is plain. */
const stringOptions = new Set(['--comment', '--log-prefix', '--nflog-prefix', '--ulog-prefix', '--helper']);

/** Modules and targets with their options whose value iptables-save always quotes. */
const quotedOptions = new Set([
  'bpf --bytecode',
  'cgroup --path',
  'connlabel --label',
  'string --hex-string',
  'string --string',
  'u32 --u32',
  'LED --led-trigger-id',
]);

/** Writes words behind each other as iptables-save does. */
export function writeWords(words: readonly string[]): string {
  const module = words[words.findIndex((word) => word === '-m' || word === '-j') + 1] ?? '';
  return words.map((word, index) => writeWord(word, words[index - 1] ?? '', module)).join(' ');
}

function writeWord(word: string, option: string, module: string): string {
  const plain = stringOptions.has(option) ? /^[A-Za-z0-9_-]+$/ : /^[^\s"'\\]+$/;
  const quoted = quotedOptions.has(`${module} ${option}`);
  if (plain.test(word) && !quoted) return word;
  return `"${word.replace(quoted ? /["\\]/g : /["'\\]/g, '\\$&')}"`;
}

/** Whether a text holds a character that could end its line or be lost on the way. */
export function hasControlCharacter(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 32 || code === 127) return true;
  }
  return false;
}
