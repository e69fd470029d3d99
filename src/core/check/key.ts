// Which words begin a match or statement: the longest key that fits the next words, and what was meant by one that
// is none.
import type { MatchDefinition } from '../match/define.ts';
import { findMatch, matchNames } from '../match/registry.ts';
import type { StatementDefinition } from '../statement/define.ts';
import { findStatement, statementNames } from '../statement/registry.ts';
import { suggest } from '../text/suggest.ts';
import { type AgnosticKey, agnosticKeys } from './agnostic.ts';
import { type Cursor, peek } from './cursor.ts';
import { type Expand, expansionKeys } from './expansion.ts';
import { laterKeys } from './later.ts';
import { isRawKey, type RawKey } from './raw.ts';

/** What a key stands for. */
type Meaning =
  | { readonly kind: 'match'; readonly definition: MatchDefinition<unknown> }
  | { readonly kind: 'statement'; readonly definition: StatementDefinition<unknown> }
  | { readonly kind: 'agnostic'; readonly key: AgnosticKey }
  | { readonly kind: 'expansion'; readonly expand: Expand }
  | { readonly kind: 'raw'; readonly key: RawKey }
  | { readonly kind: 'later' };

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
  const match = findMatch(text);
  if (match) return { kind: 'match', definition: match };
  const statement = findStatement(text);
  if (statement) return { kind: 'statement', definition: statement };
  if (isRawKey(text)) return { kind: 'raw', key: text };
  return laterKeys.has(text) ? { kind: 'later' } : undefined;
}

const names = [
  ...new Set([...agnosticKeys.keys(), ...expansionKeys.keys(), ...matchNames, ...statementNames]),
];
const wordCount = (text: string): number => text.split(' ').length;
const longest = Math.max(...[...names, ...laterKeys].map(wordCount));

/** The longest key that the next words are. */
export function findKey(cursor: Cursor): Key | undefined {
  const next = nextWords(cursor);
  for (let words = next.length; words > 0; words--) {
    const text = next.slice(0, words).join(' ');
    const meaning = meaningOf(text);
    if (meaning) return { text, words, meaning };
  }
  return undefined;
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
  readonly help?: string;
}

/** What was meant where the next words begin no key. */
export function explainUnknownKey(cursor: Cursor): MistypedKey {
  const next = nextWords(cursor);
  for (let words = next.length; words > 0; words--) {
    const candidates = names.filter((name) => wordCount(name) === words);
    const meant = suggest(next.slice(0, words).join(' '), candidates);
    if (meant !== undefined) return { words, help: `did you mean \`${meant}\`?` };
  }
  const further = names.filter((name) => name.startsWith(`${next[0]} `)).map((name) => `\`${name}\``);
  return further.length > 0
    ? { words: Math.min(2, next.length), help: `there is ${further.join(', ')}` }
    : { words: 1 };
}
