// Whatever reads something that may be compared, by its key and by its expression in nft JSON: plain matches and
// families of them alike.
import { equalJson, type JsonValue } from '../nft/json-value.ts';
import { writeJson } from '../nft/json-writer.ts';
import { makeWordTree } from '../text/word-tree.ts';
import type { MatchDefinition } from './define.ts';
import type { MatchFamily, TakenMatch } from './family.ts';
import { wordsOf } from './word-reader.ts';

export interface Selectors {
  /** The match of a key, parameters included. */
  readonly find: (key: string) => MatchDefinition<unknown> | undefined;
  /** The match with the longest key that the words begin with. */
  readonly take: (words: readonly string[]) => TakenMatch | undefined;
  /** The same without what combines others. */
  readonly takeField: (words: readonly string[]) => TakenMatch | undefined;
  readonly fieldsOfJson: (expression: JsonValue) => readonly MatchDefinition<unknown>[];
  /** The family that a key with parameters belongs to. */
  readonly familyOf: (key: string) => MatchFamily | undefined;
  /** The matches that compare an expression of nft JSON; where they are several, the first is the plain one. */
  readonly ofJson: (expression: JsonValue) => readonly MatchDefinition<unknown>[];
}

/** Looks up plain matches first, then in the families. */
export function makeSelectors(
  plain: readonly MatchDefinition<unknown>[],
  families: readonly MatchFamily[],
): Selectors {
  const byKey = new Map(
    plain.flatMap((match) => [match.key, ...(match.aliases ?? [])].map((key) => [key, match] as const)),
  );
  const byJson = plain.filter(({ selector }) => selector);
  const byText = new Map(byJson.map((match) => [writeJson(match.selector?.nft ?? null), match] as const));
  const takenPlain = makeWordTree<TakenMatch>(
    [...byKey].map(([key, definition]) => [key, { definition, words: key.split(' ').length }]),
  );

  const takeOf = (some: readonly MatchFamily[], words: readonly string[]): TakenMatch | undefined => {
    const taken = [takenPlain.longest(words), ...some.map((family) => family.take(words, all))];
    return taken.reduce((best, one) => (one && one.words > (best?.words ?? 0) ? one : best), undefined);
  };
  const ofJson = (some: readonly MatchFamily[], expression: JsonValue) => {
    const match =
      byText.get(writeJson(expression)) ??
      byJson.find(({ selector }) => equalJson(selector?.nft ?? null, expression));
    return [...(match ? [match] : []), ...some.flatMap((family) => family.ofJson(expression, all))];
  };
  const simple = families.filter(({ combines }) => !combines);
  const all: Selectors = {
    find: (key) => byKey.get(key) ?? wholeOf(key),
    take: (words) => takeOf(families, words),
    takeField: (words) => takeOf(simple, words),
    fieldsOfJson: (expression) => ofJson(simple, expression),
    familyOf: (key) => {
      const words = wordsOf(key);
      if (byKey.has(key)) return undefined;
      return families.find((family) => family.take(words, all)?.words === words.length);
    },
    ofJson: (expression) => ofJson(families, expression),
  };
  const wholes = new Map<string, MatchDefinition<unknown>>();
  const wholeOf = (key: string): MatchDefinition<unknown> | undefined => {
    const known = wholes.get(key);
    if (known) return known;
    const words = wordsOf(key);
    const taken = words.length > 1 ? all.take(words) : undefined;
    if (taken?.words !== words.length) return undefined;
    wholes.set(key, taken.definition);
    return taken.definition;
  };
  return all;
}
