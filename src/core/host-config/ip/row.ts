// Rows of `ip -j` as words of `ip`, by tables that say what each key is.
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../../nft/json-value.ts';
import { writeJson } from '../../nft/json-writer.ts';
import type { Span } from '../../text/source.ts';
import { complain, type HostDraft } from '../draft.ts';
import type { Words } from '../words/option.ts';

/** The words that a key with its value stands for. */
export type KeyWords = (value: JsonValue, row: JsonObject) => readonly string[];

/** Keys by name; those that say nothing about packets have no words. */
export type RowKeys = Readonly<Record<string, KeyWords>>;

/** Keys that no packet depends on. */
export function silent(...names: readonly string[]): RowKeys {
  return Object.fromEntries(names.map((name) => [name, () => []]));
}

/** A key that is a word with its value behind it. */
export function named(word: string): KeyWords {
  return (value) => [word, scalarText(value)];
}

/** A key that is there, or true, or not: a word alone. */
export function flag(word: string): KeyWords {
  return (value) => (value === false ? [] : [word]);
}

/** An array of words. */
export function listed(value: JsonValue): readonly string[] {
  return isJsonArray(value) ? value.map(scalarText) : [];
}

/** A number or text as it would be typed. */
export function scalarText(value: JsonValue | undefined): string {
  if (typeof value === 'string') return value;
  return value === undefined ? '' : writeJson(value);
}

/** The words of a row in the order of the table; keys that are not in it are warned of. */
export function wordsOfRow(row: JsonObject, keys: RowKeys, draft: HostDraft, span: Span): readonly string[] {
  for (const key of Object.keys(row))
    if (!Object.hasOwn(keys, key)) complain(draft, 'HK8003', `\`${key}\` is not known here`, span);
  return Object.entries(keys).flatMap(([key, words]) => {
    const value = Object.hasOwn(row, key) ? row[key] : undefined;
    return value === undefined ? [] : words(value, row);
  });
}

/** Words at one place. */
export function wordsAt(texts: readonly string[], span: Span): Words {
  return { all: texts.map((text) => ({ text, span })), at: 0, span };
}

/** The rows in an array of a row. */
export function rowsIn(value: JsonValue | undefined): readonly JsonObject[] {
  return isJsonArray(value) ? value.filter((item): item is JsonObject => isJsonObject(item)) : [];
}
