// Words of `ip`, one after the other: most of them are a name with a value behind it.
import { nearestName } from '../../diagnostic/meant.ts';
import type { Span } from '../../text/source.ts';
import { complain, type HostDraft } from '../draft.ts';
import type { Word } from '../word.ts';

/** A line of words that is gone through from left to right. */
export interface Words {
  readonly all: readonly Word[];
  at: number;
  /** The place of the whole, for what is missing. */
  readonly span: Span;
}

/** Takes the next word, if there is one. */
export function take(words: Words): Word | undefined {
  const word = words.all[words.at];
  if (word) words.at++;
  return word;
}

/** Takes the next word if it is one of these. */
export function takeAny(words: Words, ...texts: readonly string[]): Word | undefined {
  return texts.includes(words.all[words.at]?.text ?? '') ? take(words) : undefined;
}

/** Takes the value behind an option; a line that ends there is wrong. */
export function takeValue(words: Words, draft: HostDraft): Word | undefined {
  return take(words) ?? complain(draft, 'HK8002', 'the line ends where a value must be', words.span);
}

/** What an option adds to the facts so far; undefined, after a report, if it is wrong. */
export type WordOption<Facts> = (
  words: Words,
  draft: HostDraft,
  facts: Partial<Facts>,
  name: Word,
) => Partial<Facts> | undefined;

/** Options by their names. */
export type WordOptions<Facts> = Readonly<Record<string, WordOption<Facts>>>;

/** An option with one value. */
export function valued<Facts, Value>(
  read: (word: Word, draft: HostDraft, facts: Partial<Facts>) => Value | undefined,
  add: (value: Value) => Partial<Facts>,
): WordOption<Facts> {
  return (words, draft, facts) => {
    const word = takeValue(words, draft);
    const value = word && read(word, draft, facts);
    return value === undefined ? undefined : add(value);
  };
}

/** Options that no packet depends on, each with some words behind it. */
export function passedOver(count: number, ...names: readonly string[]): WordOptions<object> {
  const pass: WordOption<object> = (words) => {
    words.at += count;
    return {};
  };
  return Object.fromEntries(names.map((name) => [name, pass]));
}

/** Options that packets depend on, and that no host has here. */
export function leftOut(count: number, ...names: readonly string[]): WordOptions<object> {
  const leave: WordOption<object> = (words, draft, _facts, name) => {
    words.at += count;
    complain(draft, 'HK8004', `\`${name.text}\` is left out: a host can't say it`, name.span);
    return {};
  };
  return Object.fromEntries(names.map((name) => [name, leave]));
}

/** Reads options up to the end, or to a word of which `stops` says so; unknown ones are warned of. */
export function readOptions<Facts>(
  words: Words,
  draft: HostDraft,
  start: Partial<Facts>,
  options: WordOptions<Facts>,
  stops: (word: Word) => boolean = () => false,
): Partial<Facts> | undefined {
  let facts = start;
  for (;;) {
    const next = words.all[words.at];
    if (!next || stops(next)) return facts;
    words.at++;
    const read = Object.hasOwn(options, next.text) ? options[next.text] : undefined;
    const added = read ? read(words, draft, facts, next) : unknownWord(draft, next, Object.keys(options));
    if (!added) return undefined;
    facts = { ...facts, ...added };
  }
}

function unknownWord(draft: HostDraft, { text, span }: Word, known: readonly string[]): object {
  complain(draft, 'HK8003', `\`${text}\` is not known here`, span, nearestName(text, known));
  return {};
}
