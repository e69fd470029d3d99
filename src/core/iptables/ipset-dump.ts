// The text of `ipset save`, and of what `ipset restore` reads, as the sets that it leaves behind (ipset(8)).
import { type Diagnostic, diagnostic } from '../diagnostic/diagnostic.ts';
import type { Source, Span } from '../text/source.ts';
import { splitWords, type Word } from '../text/words.ts';

/** A set as it stands in a dump. */
export interface DumpedSet {
  readonly name: string;
  /** Type and options: `hash:ip family inet hashsize 1024 maxelem 65536`. */
  readonly words: string;
  readonly entries: DumpedEntry[];
  readonly span: Span;
}

/** An element, and what stands behind it. */
export interface DumpedEntry {
  readonly value: string;
  readonly words: readonly string[];
  /** All of it as written. */
  readonly text: string;
}

type Sets = Map<string, DumpedSet>;
type Report = (problem: Diagnostic) => void;

/** All sets, in the order in which they were created. */
export function readIpsets(
  source: Source,
  lines: readonly Span[],
  report: Report,
): ReadonlyMap<string, DumpedSet> {
  const sets: Sets = new Map();
  for (const span of lines) {
    const problem = takeLine(source, span, sets);
    if (problem !== undefined) report(diagnostic('HK5001', problem, { span }));
  }
  return sets;
}

/** Carries out one command; a text is what is wrong with it. */
function takeLine(source: Source, span: Span, sets: Sets): string | undefined {
  const { words: found, open } = splitWords(source.text, span.start, span.end);
  if (open !== undefined) return 'a quote is not closed';
  const words = found.map(({ text }) => text).filter((word) => word !== '-exist' && word !== '-!');
  const [command = '', name = '', ...rest] = words;
  if (command === '' || command.startsWith('#') || command === 'COMMIT') return undefined;
  if (command === 'create' || command === '-N') {
    if (!sets.has(name)) sets.set(name, { name, words: rest.join(' '), entries: [], span });
    return rest.length === 0 ? `set \`${name}\` has no type` : undefined;
  }
  const set = sets.get(name);
  if (!set) return `there is no set \`${name}\``;
  const [value = ''] = rest;
  return change(command, set, { value, words: rest.slice(1), text: entryText(source, span, found) }, sets);
}

/** As it is written, from the element on. */
function entryText({ text }: Source, { end }: Span, words: readonly Word[]): string {
  const start = words.filter(({ text: word }) => word !== '-exist' && word !== '-!')[2]?.start ?? end;
  return text
    .slice(start, end)
    .trimEnd()
    .replace(/ -exist$/, '');
}

function change(command: string, set: DumpedSet, entry: DumpedEntry, sets: Sets): string | undefined {
  switch (command) {
    case 'add':
    case '-A':
      set.entries.push(entry);
      return undefined;
    case 'del':
    case '-D':
      set.entries.splice(0, set.entries.length, ...set.entries.filter(({ value }) => value !== entry.value));
      return undefined;
    case 'flush':
    case '-F':
      set.entries.length = 0;
      return undefined;
    case 'destroy':
    case '-X':
      sets.delete(set.name);
      return undefined;
    case 'swap':
    case '-W':
      return swap(set, sets.get(entry.value), sets);
    default:
      return `\`${command}\` is no command that fills a set`;
  }
}

/** Names go over, the order of creation stays with the sets. */
function swap(one: DumpedSet, other: DumpedSet | undefined, sets: Sets): string | undefined {
  if (!other) return 'the other set is not there';
  sets.set(one.name, { ...other, name: one.name });
  sets.set(other.name, { ...one, name: other.name });
  return undefined;
}

/** The lines that create a set and fill it. */
export function linesOfSet({ name, words, entries }: DumpedSet): readonly string[] {
  return [`create ${name} ${words}`, ...entries.map(({ text }) => `add ${name} ${text}`)];
}
