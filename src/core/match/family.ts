// Matches with parameters: `numgen inc mod 10`, `@nh,8,16`. A family reads them from words and from nft JSON and makes a
// definition of its own for each choice, whose key is all the words. So they stand wherever a plain match does.
import type { JsonValue } from '../nft/json-value.ts';
import type { Knowledge, MatchDefinition } from './define.ts';
import type { Selectors } from './selectors.ts';
import { makeWordReader, type WordReader } from './word-reader.ts';

/** All matches that differ in their parameters only. */
export interface MatchFamily {
  /** Its name, by which its fixture and the reference page call it. */
  readonly key: string;
  /** The words, with what may be chosen in them: `numgen inc|random mod N [offset N]`. */
  readonly form: string;
  readonly summary: string;
  readonly knowledge?: Knowledge | undefined;
  /** It combines what others read. */
  readonly combines?: true;
  /** Whether the words may begin one of them: a quick look. */
  mayBegin(words: readonly string[]): boolean;
  /** The match that the words begin, and how many of them are its key; undefined if they begin another. */
  take(words: readonly string[], all: Selectors): TakenMatch | undefined;
  /** The matches that compare an expression of nft JSON; several where what it is compared with tells them apart. */
  ofJson(expression: JsonValue, all: Selectors): readonly MatchDefinition<unknown>[];
}

/** A match and the number of words of its key. */
export interface TakenMatch {
  readonly definition: MatchDefinition<unknown>;
  readonly words: number;
}

/** What is particular to one family. */
export interface FamilySpec<Parameters> {
  readonly key: string;
  readonly form: string;
  readonly summary: string;
  readonly knowledge?: Knowledge | undefined;
  readonly combines?: true;
  /** The first words, if not the key; or what tells otherwise that one of them may begin. */
  readonly begins?: readonly string[] | ((words: readonly string[]) => boolean);
  /** Reads the parameters; undefined if the words are something else. */
  readonly read: (reader: WordReader) => Parameters | undefined;
  readonly ofJson: (expression: JsonValue, all: Selectors) => readonly Parameters[];
  /** The words that `read` reads the same from. */
  readonly write: (parameters: Parameters) => string;
  /** The match of some parameters; the key is what `write` makes of them. */
  readonly define: (parameters: Parameters, key: string, all: Selectors) => MatchDefinition<unknown>;
}

/** Makes a family. The definition of a key is made once. */
export function defineFamily<Parameters>(spec: FamilySpec<Parameters>): MatchFamily {
  const { key, form, summary, begins = [key] } = spec;
  const mayBegin =
    typeof begins === 'function' ? begins : ([first = '']: readonly string[]) => begins.includes(first);
  const made = new Map<string, MatchDefinition<unknown>>();
  const definitionOf = (parameters: Parameters, all: Selectors): MatchDefinition<unknown> => {
    const name = spec.write(parameters);
    const definition = made.get(name) ?? spec.define(parameters, name, all);
    made.set(name, definition);
    return definition;
  };
  return {
    key,
    form,
    summary,
    knowledge: spec.knowledge,
    ...(spec.combines && { combines: true }),
    mayBegin,
    take: (words, all) => {
      if (!mayBegin(words)) return undefined;
      const reader = makeWordReader(words, all);
      const parameters = spec.read(reader);
      return parameters === undefined
        ? undefined
        : { definition: definitionOf(parameters, all), words: reader.taken };
    },
    ofJson: (expression, all) =>
      spec.ofJson(expression, all).map((parameters) => definitionOf(parameters, all)),
  };
}
