// The words of a key one after the other, for the families that read parameters from them.
import type { MatchDefinition } from './define.ts';
import type { TakenMatch } from './family.ts';
import type { Selectors } from './selectors.ts';

export interface WordReader {
  /** How many words were taken. */
  readonly taken: number;
  /** The next word without taking it; empty at the end. */
  readonly next: string;
  /** Takes the next word if it is one of these, and says which. */
  readonly word: <const Text extends string>(...texts: readonly Text[]) => Text | undefined;
  /** Takes a whole number, decimal or `0x`. */
  readonly number: () => number | undefined;
  /** Takes a whole number of any size. */
  readonly integer: () => bigint | undefined;
  /** Takes a whole number behind a word: `mod 10`. */
  readonly numberBehind: (word: string) => number | undefined;
  /** Takes the key of any match that compares something. */
  readonly selector: () => MatchDefinition<unknown> | undefined;
  /** The same without what combines others. */
  readonly field: () => MatchDefinition<unknown> | undefined;
}

/** Reads words from the first one on. */
export function makeWordReader(words: readonly string[], all: Selectors): WordReader {
  let at = 0;
  const take = (count = 1): void => {
    at += count;
  };
  const number = (): number | undefined => {
    const value = numberOf(words[at]);
    if (value !== undefined) take();
    return value;
  };
  const taken = (found: TakenMatch | undefined): MatchDefinition<unknown> | undefined => {
    if (found) take(found.words);
    return found?.definition;
  };
  return {
    get taken() {
      return at;
    },
    get next() {
      return words[at] ?? '';
    },
    word: (...texts) => {
      const found = texts.find((text) => text === words[at]);
      if (found !== undefined) take();
      return found;
    },
    number,
    numberBehind: (word) => {
      if (words[at] !== word || numberOf(words[at + 1]) === undefined) return undefined;
      take();
      return number();
    },
    integer: () => {
      const text = words[at] ?? '';
      if (!/^(?:\d{1,39}|0x[\da-fA-F]{1,32})$/.test(text)) return undefined;
      take();
      return BigInt(text);
    },
    selector: () => taken(all.take(words.slice(at))),
    field: () => taken(all.takeField(words.slice(at))),
  };
}

function numberOf(text: string | undefined): number | undefined {
  const value =
    text !== undefined && /^(?:\d{1,15}|0x[\da-fA-F]{1,13})$/.test(text) ? Number(text) : undefined;
  return Number.isSafeInteger(value) ? value : undefined;
}

/** Splits a key as the language splits it into terms. */
export function wordsOf(key: string): readonly string[] {
  return key.match(/@?[A-Za-z_][A-Za-z0-9_]*(?:[.-][A-Za-z0-9_]+)*|\d[A-Za-z0-9_.:]*|\S/g) ?? [];
}
