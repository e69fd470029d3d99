// How a word is written so that it stays one word of a line of iptables-restore (iptables 1.8.9, libxtables/xtables.c:
// xtables_save_string).
import type { Word } from '../text/words.ts';

/** A word as it is written, quotes included. */
export function writtenWord({ text, quoted, start, end }: Word, all: string): string {
  return quoted ? all.slice(start, end) : text;
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
