// The options of a line, as getopt_long finds them: letters together or apart, long names that may be cut short, values in
// the same word or the next. What is no option is passed over.
import { protocol as protocolType } from '../datatype/types.ts';
import type { Word } from '../text/words.ts';
import { actions, allOptions, type Option, type OptionName, optionsOf } from './options.ts';
import { readNumber } from './values.ts';

/** An action of a line, with the word behind it that may name the table. */
export interface GivenAction {
  readonly kind: 'action';
  readonly word: Word;
  readonly action: (typeof actions)[number]['action'];
  /** The table, or the file of `restore`. */
  readonly value?: Word;
}

/** An option of a line. */
export interface GivenOption {
  readonly kind: 'option';
  readonly word: Word;
  readonly name: OptionName;
  readonly value?: { readonly text: string; readonly word: Word };
}

/** A word that means nothing, or what is wrong with one. */
export interface GivenOther {
  readonly kind: 'stray' | 'problem';
  readonly word: Word;
  readonly problem: string;
  /** Names that it may have been meant for. */
  readonly known?: readonly string[];
}

export type Given = GivenAction | GivenOption | GivenOther;

/** The place in the words. */
interface Cursor {
  readonly words: readonly Word[];
  at: number;
  /** The protocol that has been named so far: its options are known from there on. */
  protocol: number | undefined;
}

/** Everything that the words say, in order; it ends with the first problem. */
export function* givenIn(words: readonly Word[]): Generator<Given> {
  const cursor: Cursor = { words, at: 0, protocol: undefined };
  for (let word = words[0]; word; word = words[cursor.at]) {
    cursor.at++;
    for (const given of readWord(cursor, word)) {
      if (given.kind === 'option' && given.name === 'protonum')
        cursor.protocol = protocolNamed(given.value?.text ?? '');
      yield given;
      if (given.kind === 'problem') return;
    }
  }
}

function readWord(cursor: Cursor, word: Word): Iterable<Given> {
  const { text } = word;
  if (text.startsWith('--') && text.length > 2) return [readLong(cursor, word)];
  if (text.startsWith('-') && text.length > 1) return readLetters(cursor, word);
  return [{ kind: 'stray', word, problem: `\`${text}\` belongs to no option` }];
}

function readLong(cursor: Cursor, word: Word): Given {
  const equals = word.text.indexOf('=');
  const name = word.text.slice(2, equals === -1 ? undefined : equals);
  const attached = equals === -1 ? undefined : word.text.slice(equals + 1);
  const action = actions.find((one) => one.names.some((long) => long === name));
  if (action) return actionAt(cursor, word, action.action);
  const option = longOption(name, optionsOf(cursor.protocol));
  if (!option) return unknown(word, `--${name}`, cursor.protocol);
  return optionAt(cursor, word, option, attached);
}

function namesOf({ name, aliases }: Option): readonly string[] {
  return [name, ...aliases];
}

/** The option of that name, or the only one that begins so. */
function longOption(name: string, options: readonly Option<OptionName>[]): Option<OptionName> | undefined {
  const exact = options.find((one) => namesOf(one).includes(name));
  if (exact) return exact;
  const begun = options.filter((one) => namesOf(one).some((long) => long.startsWith(name)));
  return begun.length === 1 ? begun[0] : undefined;
}

/** `-s 10.0.0.1`, `-s10.0.0.1`, `-Lz`. */
function* readLetters(cursor: Cursor, word: Word): Generator<Given> {
  for (let at = 1; at < word.text.length; at++) {
    const letter = word.text.charAt(at);
    const rest = word.text.slice(at + 1);
    const action = actions.find((one) => one.letter === letter);
    if (action) {
      yield rest === ''
        ? actionAt(cursor, word, action.action)
        : { kind: 'action', word, action: action.action };
      continue;
    }
    const option = optionsOf(cursor.protocol).find((one) => one.letter === letter);
    if (!option) return yield unknown(word, `-${letter}`, cursor.protocol);
    yield optionAt(cursor, word, option, rest === '' || option.takes === 'nothing' ? undefined : rest);
    if (option.takes !== 'nothing') return;
  }
}

function actionAt(cursor: Cursor, word: Word, action: GivenAction['action']): Given {
  const value = action === 'restore' ? cursor.words[cursor.at] : ownWord(cursor);
  if (value) cursor.at++;
  return { kind: 'action', word, action, ...(value && { value }) };
}

/** The next word unless it is an option (conntrack.c: get_optional_arg). */
function ownWord({ words, at }: Cursor): Word | undefined {
  const next = words[at];
  return next && !/^[-!]/.test(next.text) ? next : undefined;
}

function optionAt(
  cursor: Cursor,
  word: Word,
  { name, takes }: Option<OptionName>,
  attached: string | undefined,
): Given {
  if (takes === 'nothing') {
    return attached === undefined
      ? { kind: 'option', word, name }
      : { kind: 'problem', word, problem: `\`--${name}\` takes no value` };
  }
  // conntrack itself would forget the value here without a word.
  if (takes === 'perhaps' && attached !== undefined)
    return { kind: 'problem', word, problem: `the value of \`--${name}\` has to be a word of its own` };
  if (attached !== undefined) return { kind: 'option', word, name, value: { text: attached, word } };
  const next = takes === 'perhaps' ? ownWord(cursor) : cursor.words[cursor.at];
  if (!next)
    return takes === 'perhaps'
      ? { kind: 'option', word, name }
      : { kind: 'problem', word, problem: `\`${word.text}\` has no value` };
  cursor.at++;
  return { kind: 'option', word, name, value: { text: next.text, word: next } };
}

function unknown(word: Word, written: string, protocol: number | undefined): Given {
  const elsewhere = allOptions.find((one) => namesOf(one).includes(written.slice(2)));
  const problem = elsewhere
    ? `\`${written}\` is known only behind \`-p\` and a protocol that has it`
    : `\`${written}\` is no option`;
  const known = optionsOf(protocol).map(({ name }) => `--${name}`);
  return { kind: 'problem', word, problem, ...(!elsewhere && { known }) };
}

/** A protocol's number by its name or itself (conntrack.c: findproto). */
export function protocolNamed(word: string): number | undefined {
  const named = protocolType.parse(word.toLowerCase());
  const number = named === undefined ? readNumber(word, 0xff) : { value: Number(named) };
  return 'problem' in number || ('rest' in number && number.rest !== undefined) ? undefined : number.value;
}
