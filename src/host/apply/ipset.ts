// Sets of ipset from one state to another: sets stay and elements come and go, so that what is in both keeps its counters.
import { ApplyError } from './error.ts';

/** A set as `ipset save` prints it. */
interface SavedSet {
  /** Behind its name: the type and its options. */
  readonly header: string;
  /** What is added, with the options of each element, by the element. */
  readonly elements: ReadonlyMap<string, string>;
}

/** Lines for `ipset restore`: before the rules that look into the sets are loaded, and after. */
export interface SetChanges {
  readonly first: string;
  readonly late: string;
}

/** The sets that lines for `ipset restore` lead to, such as those that `ipset save` prints. */
export function setsIn(text: string): ReadonlyMap<string, SavedSet> {
  const sets = new Map<string, Filled>();
  for (const line of text.split('\n')) {
    const [, command = '', name = '', element = '', options = ''] =
      /^(create|add|swap|destroy) (\S+) ?(\S*)(.*)$/.exec(line) ?? [];
    commands[command]?.(sets, { name, element, options });
  }
  return sets;
}

interface Filled extends SavedSet {
  readonly elements: Map<string, string>;
}

interface Line {
  readonly name: string;
  readonly element: string;
  readonly options: string;
}

/** What a line does; what is there is not made again. */
const commands: Readonly<Record<string, (sets: Map<string, Filled>, line: Line) => void>> = {
  create: (sets, { name, element, options }) => {
    const header = `${element}${options}`.replace(/ -exist$/, '');
    if (!sets.has(name)) sets.set(name, { header, elements: new Map() });
  },
  add: (sets, { name, element, options }) => void sets.get(name)?.elements.set(element, options),
  swap: (sets, { name, element }) => {
    const [one, other] = [sets.get(name), sets.get(element)];
    if (one) sets.set(element, one);
    if (other) sets.set(name, other);
  },
  destroy: (sets, { name }) => void sets.delete(name),
};

/** As `ipset save` prints them. */
export function setLines(sets: ReadonlyMap<string, SavedSet>): string {
  return setChanges(new Map(), sets).first;
}

/** What leads from the sets of one state to those of another. Throws an {@link ApplyError} where a type would change. */
export function setChanges(
  from: ReadonlyMap<string, SavedSet>,
  to: ReadonlyMap<string, SavedSet>,
): SetChanges {
  const first = [...to].flatMap(([name, set]) => [
    ...(from.has(name) ? [] : [`create ${name} ${set.header}`]),
    ...added(name, from.get(name), set),
  ]);
  const late = [...from].flatMap(([name, set]) => {
    const after = to.get(name);
    return after ? removed(name, set, after) : [`destroy ${name}`];
  });
  return { first: lines(first), late: lines(late) };
}

function added(
  name: string,
  before: SavedSet | undefined,
  { header, elements }: SavedSet,
): readonly string[] {
  if (before && typeOf(before.header) !== typeOf(header))
    throw new ApplyError(
      'refused',
      `set \`${name}\` of ipset is of type \`${typeOf(before.header)}\` and would be of \`${typeOf(header)}\``,
      'give the set another name: rules look into it while it changes',
    );
  return [...elements].flatMap(([element, options]) =>
    before?.elements.has(element) ? [] : [`add ${name} ${element}${options}`],
  );
}

function removed(name: string, { elements }: SavedSet, after: SavedSet): readonly string[] {
  return [...elements.keys()].flatMap((element) =>
    after.elements.has(element) ? [] : [`del ${name} ${element}`],
  );
}

/** `hash:net family inet`. */
function typeOf(header: string): string {
  const [type = ''] = header.split(' ');
  const family = /\bfamily (\S+)/.exec(header)?.[1];
  return family === undefined ? type : `${type} family ${family}`;
}

function lines(all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join('');
}
