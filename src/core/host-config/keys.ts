// What the keys of a configuration file do: by tables, so that a key nobody knows is told from one that does not matter.
import { nearestName } from '../diagnostic/meant.ts';
import { complain, type HostDraft } from './draft.ts';
import type { Entry } from './ini.ts';
import { partOf, type Word } from './word.ts';

/** What a key does to something that is being read. */
export type KeyEffect<Target, Value extends Word = Word> = (
  value: Value,
  target: Target,
  draft: HostDraft,
  key: Word,
) => void;

/** Keys by their names. */
export type KeyTable<Target, Value extends Word = Word> = Readonly<Record<string, KeyEffect<Target, Value>>>;

/** Keys that no packet depends on. */
export function ignored(...names: readonly string[]): KeyTable<unknown> {
  return Object.fromEntries(names.map((name) => [name, () => {}]));
}

/** Keys that packets may depend on, and that no host has here; what is off is fine. */
export function unsaid(...names: readonly string[]): KeyTable<unknown> {
  return Object.fromEntries(names.map((name) => [name, leaveUnlessOff]));
}

function leaveUnlessOff({ text }: Word, _target: unknown, draft: HostDraft, key: Word): void {
  if (!/^(?:no|false|off|0|none)?$/i.test(text)) leave(draft, key);
}

/** Applies every entry; unknown keys are warned of. */
export function applyKeys<Target, Value extends Word = Word>(
  entries: readonly { readonly key: Word; readonly value: Value }[],
  table: KeyTable<Target, Value>,
  target: Target,
  draft: HostDraft,
): void {
  for (const { key, value } of entries) {
    const effect = Object.hasOwn(table, key.text) ? table[key.text] : undefined;
    if (effect) effect(value, target, draft, key);
    else unknownKey(key, Object.keys(table), draft);
  }
}

/** Warns of a key. */
function unknownKey({ text, span }: Word, known: readonly string[], draft: HostDraft): void {
  complain(draft, 'HK8003', `\`${text}\` is not known here`, span, nearestName(text, known));
}

/** A key as words of `ip`: a word before the value, words that a function makes of it, or nothing. */
export type WordKey = string | null | ((value: Word, draft: HostDraft, key: Word) => readonly Word[]);

/** The words of the entries, in the order of the table; empty values say nothing. */
export function wordsOfEntries(
  entries: readonly Entry[],
  table: Readonly<Record<string, WordKey>>,
  draft: HostDraft,
): readonly Word[] {
  for (const { key } of entries)
    if (!Object.hasOwn(table, key.text)) unknownKey(key, Object.keys(table), draft);
  return Object.entries(table).flatMap(([name, spelt]) =>
    entries
      .filter(({ key, value }) => key.text === name && value.text !== '')
      .flatMap(({ key, value }) => wordsOfEntry(key, value, spelt, draft)),
  );
}

function wordsOfEntry(key: Word, value: Word, spelt: WordKey, draft: HostDraft): readonly Word[] {
  if (spelt === null) return [];
  return typeof spelt === 'string' ? [partOf(value, spelt), value] : spelt(value, draft, key);
}

/** Reports a setting that a host has no place for. */
export function leave(draft: HostDraft, { text, span }: Word): readonly Word[] {
  complain(draft, 'HK8004', `\`${text}\` is left out: a host can't say it`, span);
  return [];
}

/** Reports that something is known at run time only. */
export function atRunTime(draft: HostDraft, what: string, { span }: Word): void {
  complain(draft, 'HK8005', `${what} known at run time only`, span);
}
