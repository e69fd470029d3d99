// The words of a rule, taken one after the other: options, their values, and the `!` before an option.
import type { GivenOption } from '../match/iptables-spelling.ts';
import type { Source } from '../text/source.ts';
import type { Word } from '../text/words.ts';
import type { Complain } from './given-rule.ts';

/** How far a rule has been read. */
export interface WordCursor {
  readonly source: Source;
  readonly words: readonly Word[];
  readonly complain: Complain;
  at: number;
  /** A `!` that waits for its option. */
  negation: Word | undefined;
  /** What stands behind the `=` of the option that was taken last. */
  attached: Word | undefined;
}

/** The next word; undefined at the end. */
export function take(cursor: WordCursor): Word | undefined {
  const { attached } = cursor;
  if (!attached) return cursor.words[cursor.at++];
  cursor.attached = undefined;
  return attached;
}

/**
 * `--dport=80` is the option `--dport`; what is behind the `=` becomes the next word. Only options of modules may be
 * written so: iptables looks for the values of its own in the word behind (libxtables: xtables_option_mpcall).
 */
export function detachValue(cursor: WordCursor, word: Word): Word {
  const at = word.text.indexOf('=');
  if (at === -1 || !word.text.startsWith('--')) return word;
  const middle = word.start + at;
  cursor.attached = { ...word, text: word.text.slice(at + 1), start: middle + 1 };
  return { ...word, text: word.text.slice(0, at), end: middle };
}

/** Refuses a value behind an option that takes none. */
export function endOption(cursor: WordCursor, option: Word): void {
  const { attached } = cursor;
  if (attached) cursor.complain('HK5010', `\`${option.text}\` takes no value`, attached);
  cursor.attached = undefined;
}

/** Whether the word is a `!`. */
export function isNegation({ text, quoted }: Word): boolean {
  return text === '!' && !quoted;
}

/** Whether the word is an option: `-s`, `--source`. */
export function isOption({ text, quoted }: Word): boolean {
  return !quoted && text.length > 1 && text.startsWith('-');
}

/** The `!` before the option that is being read, if there is one; it is used up. */
export function takeNegation(cursor: WordCursor): Word | undefined {
  const { negation } = cursor;
  cursor.negation = undefined;
  return negation;
}

/** Refuses a `!` before what has no opposite. */
export function refuseNegation(cursor: WordCursor, word: Word): void {
  const negation = takeNegation(cursor);
  if (negation) cursor.complain('HK5010', `\`${word.text}\` can't be negated`, negation);
}

/** The words behind an option; none if there are too few. */
export function takeValues(cursor: WordCursor, option: Word, count: number): readonly Word[] {
  const values: Word[] = [];
  while (values.length < count) {
    const word = take(cursor);
    if (!word) {
      cursor.complain('HK5010', `\`${option.text}\` needs a value`, option);
      return [];
    }
    if (isNegation(word)) complainOfNegation(cursor, option, word);
    else values.push(word);
  }
  return values;
}

function complainOfNegation({ complain }: WordCursor, option: Word, word: Word): void {
  const help = `write \`! ${option.text}\`, as iptables has wanted since 1.4.3`;
  complain('HK5010', `\`!\` stands behind \`${option.text}\``, word, help);
}

/** The words behind an option of which nothing is known: all up to the next option. */
export function takeLoose(cursor: WordCursor): readonly Word[] {
  const values: Word[] = [];
  const { attached } = cursor;
  if (attached) values.push(attached);
  cursor.attached = undefined;
  for (
    let word = cursor.words[cursor.at];
    word && !isOption(word) && !isNegation(word);
    word = cursor.words[cursor.at]
  ) {
    values.push(word);
    cursor.at++;
  }
  return values;
}

/** An option with the texts of its values. */
export function givenOption(
  option: string,
  negation: Word | undefined,
  values: readonly Word[],
): GivenOption {
  return { option, negated: negation !== undefined, words: values.map(({ text }) => text) };
}
