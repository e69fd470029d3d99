// The names that a field may have, as far as rules can tell them apart: each that somebody mentions, a stand-in for what
// only patterns match, and one that nothing matches.
import { inputInterface, outputInterface } from '../field/meta.ts';
import type { RuleSet } from '../ir/ruleset.ts';
import { lookupsOf } from '../match/define.ts';
import type { Distinction } from '../match/distinction.ts';
import { interfaceMatches } from '../match/interface-pattern.ts';
import { findMatch } from '../match/registry.ts';
import { findStatement } from '../statement/registry.ts';

/** What is mentioned, by the name of the field: names, and patterns that end in `*`. */
export type Mentioned = ReadonlyMap<string, ReadonlySet<string>>;

/** The names and patterns that rules compare fields with; `interfaces` are more names of interfaces. */
export function mentionedNames(ruleSets: readonly RuleSet[], interfaces: Iterable<string> = []): Mentioned {
  const found = new Map<string, Set<string>>();
  const add = (field: string, name: string) => found.set(field, (found.get(field) ?? new Set()).add(name));
  for (const { tables } of ruleSets)
    for (const table of tables) {
      const lookups = lookupsOf(table);
      for (const { rules } of table.chains)
        for (const { parts } of rules)
          for (const part of parts) {
            if (part.kind === 'opaque') continue;
            const definition = part.kind === 'match' ? findMatch(part.key) : findStatement(part.key);
            for (const [field, name] of namesOf(definition?.distinguishes?.(part.args, lookups) ?? []))
              add(field, name);
          }
    }
  // What comes in and goes out by the same interface has the same name in both fields.
  const both = [inputInterface.name, outputInterface.name];
  const all = ['lo', ...interfaces, ...both.flatMap((field) => [...(found.get(field) ?? [])])];
  for (const field of both) for (const name of all) add(field, name);
  return found;
}

function namesOf(distinctions: readonly Distinction[]): readonly (readonly [string, string])[] {
  return distinctions.flatMap(({ field, values }) =>
    field.type.text
      ? values.flatMap((value) => (typeof value === 'string' ? [[field.name, value] as const] : []))
      : [],
  );
}

/** Names that stand for all there are. */
export interface Names {
  /** The first is none at all. */
  readonly list: readonly string[];
  /** Where the list has it, or what is matched by the same patterns; nothing where the patterns leave no such name. */
  readonly indexOf: (name: string) => number | undefined;
}

/** Which names of so many characters at the most there are, where these names and patterns tell them apart. */
export function namesToldApart(mentioned: Iterable<string>, most: number): Names {
  const all = [...new Set(mentioned)].toSorted();
  const exact = ['', ...all.filter((name) => name !== '' && !name.endsWith('*'))];
  const patterns = all.filter((name) => name.endsWith('*'));
  const matchedBy = (name: string) => patterns.filter((one) => interfaceMatches(one, name)).join(' ');
  const list = [...exact];
  const places = new Map(exact.map((name, at) => [name, at]));
  const kinds = new Map<string, number>();
  // The longest patterns first: what they take is not left for a shorter one.
  for (const start of [...patterns.toReversed().map((pattern) => pattern.slice(0, -1)), 'other', '']) {
    const name = endings
      .map((ending) => start + ending)
      .find((one) => one.length <= most && !places.has(one) && !kinds.has(matchedBy(one)));
    if (name === undefined) continue;
    kinds.set(matchedBy(name), list.length);
    list.push(name);
  }
  return { list, indexOf: (name) => places.get(name) ?? kinds.get(matchedBy(name)) };
}

const characters = Array.from('0123456789abcdefghijklmnopqrstuvwxyz-_.');

/** Tried one after the other, until one makes a name that is not taken. */
const endings = [
  ...characters,
  '',
  'other',
  ...characters.flatMap((one) => characters.map((other) => one + other)),
];
