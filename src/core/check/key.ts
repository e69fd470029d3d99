// Which words begin a match or statement: the longest key that fits the next words, and what was meant by one that
// is none.

import { type Help, nearestWord } from '../diagnostic/meant.ts';
import type { MatchDefinition } from '../match/define.ts';
import type { TakenMatch } from '../match/family.ts';
import { findMatch, matchFamilies, matchNames, selectors, takeMatch } from '../match/registry.ts';
import type { StatementDefinition } from '../statement/define.ts';
import { findStatement, statementNames } from '../statement/registry.ts';
import { textOf } from '../text/source.ts';
import { makeWordTree } from '../text/word-tree.ts';
import { type AgnosticKey, agnosticKeys } from './agnostic.ts';
import { type Cursor, peek } from './cursor.ts';
import { type Expand, expansionKeys } from './expansion.ts';
import { foreignWords } from './foreign-words.ts';
import { isRawKey, type RawKey, rawKeys } from './raw.ts';
import { iptablesWords } from './short-forms.ts';

/** What a key stands for. */
type Meaning =
  | { readonly kind: 'match'; readonly definition: MatchDefinition<unknown> }
  | { readonly kind: 'statement'; readonly definition: StatementDefinition<unknown> }
  | { readonly kind: 'agnostic'; readonly key: AgnosticKey }
  | { readonly kind: 'expansion'; readonly expand: Expand }
  | { readonly kind: 'raw'; readonly key: RawKey }
  | { readonly kind: 'iptables'; readonly ours: string };

/** A key as it stands in a rule, and how many words it is. */
export interface Key {
  readonly text: string;
  readonly words: number;
  readonly meaning: Meaning;
}

function meaningOf(text: string): Meaning | undefined {
  const key = agnosticKeys.get(text);
  if (key) return { kind: 'agnostic', key };
  const expand = expansionKeys.get(text);
  if (expand) return { kind: 'expansion', expand };
  const statement = findStatement(text);
  if (statement) return { kind: 'statement', definition: statement };
  if (isRawKey(text)) return { kind: 'raw', key: text };
  const ours = iptablesWords.get(text);
  return ours === undefined ? undefined : { kind: 'iptables', ours };
}

const plainNames: ReadonlySet<string> = new Set(matchNames);
const names = [
  ...new Set([...agnosticKeys.keys(), ...expansionKeys.keys(), ...matchNames, ...statementNames]),
];
const wordCount = (text: string): number => text.split(' ').length;
const longest = Math.max(...names.map(wordCount));
/** No key with parameters is longer. */
const mostTerms = 40;

/** The keys without parameters; where a word has two meanings, the match is meant. */
const plainKeys = makeWordTree<Key>([
  ...matchNames.flatMap((name) => {
    const definition = findMatch(name);
    return definition ? [[name, keyOf({ definition, words: wordCount(name) }, name)] as const] : [];
  }),
  ...[...names, ...rawKeys, ...iptablesWords.keys()].flatMap((text) => {
    const meaning = meaningOf(text);
    return meaning ? [[text, { text, words: wordCount(text), meaning }] as const] : [];
  }),
]);

/** Whether words are a key, one without parameters. */
export function isKey(text: string): boolean {
  return plainKeys.longest(text.split(' '))?.words === wordCount(text);
}

/** The longest key that the next terms are. */
export function findKey(cursor: Cursor): Key | undefined {
  const start = nextTexts(cursor, longest);
  if (start.length === 0) return undefined;
  const plain = plainKeys.longest(start);
  if (!matchFamilies.some((family) => family.mayBegin(start))) return plain;
  const texts = nextTexts(cursor, mostTerms);
  const match = takeMatch(texts);
  if (!match || (plain && plain.words > match.words)) return plain;
  return keyOf(match, texts.slice(0, match.words).join(' '));
}

/** The field that the next terms name, without operations behind it. */
export function findField(cursor: Cursor): TakenMatch | undefined {
  return selectors.takeField(nextTexts(cursor, mostTerms));
}

/** A key is quoted as it was written, aliases too; one with parameters in its own form. */
function keyOf({ definition, words }: TakenMatch, written: string): Key {
  const agnostic = agnosticKeys.get(written);
  if (agnostic) return { text: written, words, meaning: { kind: 'agnostic', key: agnostic } };
  const text = plainNames.has(written) ? written : definition.key;
  return { text, words, meaning: { kind: 'match', definition } };
}

/** The next terms as they are written, up to the first that can be no part of a key: it never comes from a constant. */
function nextTexts(cursor: Cursor, most: number): readonly string[] {
  const texts: string[] = [];
  for (let at = cursor.at; texts.length < most; at++) {
    const { term, uses } = cursor.terms[at] ?? {};
    if (!term || (uses?.length ?? 0) > 0 || term.kind === 'braces' || term.kind === 'string') break;
    texts.push('text' in term ? term.text : textOf(term.span));
  }
  return texts;
}

/** The next words, as many as a key may have; a key never comes from a constant. */
function nextWords(cursor: Cursor): readonly string[] {
  const words: string[] = [];
  for (let at = cursor.at; words.length < longest; at++) {
    const located = cursor.terms[at];
    if (located?.term.kind !== 'word' || located.uses.length > 0) break;
    words.push(located.term.text);
  }
  return words;
}

/** Goes on to the next key, or to the end. */
export function skipToKey(cursor: Cursor): void {
  while (peek(cursor) && !findKey(cursor)) cursor.at++;
}

/** How many of the next words were probably meant as a key, and what may help. */
export interface MistypedKey {
  readonly words: number;
  readonly help?: Help;
}

/** What was meant where the next words begin no key. */
export function explainUnknownKey(cursor: Cursor): MistypedKey {
  const next = nextWords(cursor);
  for (const words of next.length > 1 ? [2, 1] : [1]) {
    const help = foreignWords.get(next.slice(0, words).join(' '));
    if (help !== undefined) return { words, help };
  }
  const forms = matchFamilies.filter((family) => family.mayBegin(next)).map(({ form }) => form);
  if (forms.length > 0)
    return { words: 1, help: `write it as in ${forms.map((form) => `\`${form}\``).join(', ')}` };
  const between = namesAround(next.slice(0, 3));
  if (between.length > 0) return { words: 3, help: `there is ${between.join(', ')}` };
  for (let words = next.length; words > 0; words--) {
    const candidates = names.filter((name) => wordCount(name) === words);
    const meant = nearestWord(next.slice(0, words).join(' '), candidates);
    if (meant) return { words, help: meant };
  }
  const further = names.filter((name) => name.startsWith(`${next[0]} `)).map((name) => `\`${name}\``);
  return further.length > 0
    ? { words: Math.min(2, next.length), help: `there is ${further.join(', ')}` }
    : { words: 1 };
}

/** The keys that begin and end like these words, and say more in the middle: `ct original ip daddr`. */
function namesAround([first, second, last]: readonly string[]): readonly string[] {
  if (second === undefined || last === undefined) return [];
  const around = names.filter((name) => name.startsWith(`${first} ${second} `) && name.endsWith(` ${last}`));
  return around.map((name) => `\`${name}\``);
}
