// Sets of names as a person writes them: names, patterns, and what is left over.
import { interfaceMatches } from '../match/interface-pattern.ts';
import { allBut } from './range-text.ts';

/** Names that have a name together: those of a zone. */
export interface NamedNames {
  readonly name: string;
  /** Patterns may end in `*`. */
  readonly patterns: readonly string[];
}

/** What stands for all names there are. */
export interface NameStyle {
  readonly list: readonly string[];
  readonly mentioned: ReadonlySet<string>;
  readonly named: readonly NamedNames[];
}

/** The set, or what it lacks where that is shorter. */
export function writeNames(names: ReadonlySet<string>, style: NameStyle): string {
  const others = new Set(style.list.filter((name) => !names.has(name)));
  const [has, lacks] = [partsOf(names, style), partsOf(others, style)];
  const isOpen = names.has(restOf(style) ?? '');
  return isOpen && lacks.length > 0 ? `${allBut}${lacks.join(', ')}` : has.join(', ');
}

/** The stand-in of names that nothing mentions. */
function restOf({ list, mentioned }: NameStyle): string | undefined {
  return list.find((name) => name !== '' && ![...mentioned].some((one) => interfaceMatches(one, name)));
}

function partsOf(names: ReadonlySet<string>, style: NameStyle): readonly string[] {
  const { list, mentioned, named } = style;
  const patterns = [...mentioned].filter((one) => one.endsWith('*') && one !== '*').toSorted();
  const groups = [...named, ...patterns.map((one) => ({ name: one, patterns: [one] }))];
  const texts: string[] = [];
  let left = [...names];
  for (const group of groups) {
    const inside = list.filter((name) => group.patterns.some((one) => interfaceMatches(one, name)));
    if (inside.length === 0 || !inside.every((name) => names.has(name))) continue;
    if (!inside.some((name) => left.includes(name))) continue;
    texts.push(group.name);
    left = left.filter((name) => !inside.includes(name));
  }
  return [...texts, ...left.map((name) => nameText(name, style, patterns))];
}

function nameText(name: string, { mentioned }: NameStyle, patterns: readonly string[]): string {
  if (name === '') return 'none';
  if (mentioned.has(name)) return name;
  const longest = patterns.findLast((one) => interfaceMatches(one, name));
  return longest ? `other ${longest}` : 'any other';
}
