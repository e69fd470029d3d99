// What the registries can read, by module, target and option.
import type { Match, Statement } from '../ir/ruleset.ts';
import {
  type GivenOption,
  type IptablesReader,
  isRefusal,
  type ReadContext,
  type Refusal,
  refuse,
} from '../match/iptables-spelling.ts';
import { matches } from '../match/registry.ts';
import { statements } from '../statement/registry.ts';

/** An option under its canonical name and the number of words behind it. */
export interface KnownOption {
  readonly option: string;
  readonly words: number;
  /** Those that take it. */
  readonly readers: readonly Reader[];
}

/** One reader with the match or statement that it reads. */
interface Reader {
  readonly kind: 'match' | 'statement';
  readonly key: string;
  /** The only family whose dumps it reads. */
  readonly family?: 'ip' | 'ip6' | undefined;
  readonly reader: IptablesReader<unknown>;
}

/** All that is known of one module or target. */
export interface KnownModule {
  readonly readers: readonly Reader[];
  /** By every name that the option has. */
  readonly options: ReadonlyMap<string, KnownOption>;
}

/** A match or statement, still without its place. */
export type Understood = Omit<Match, 'span'> | Omit<Statement, 'span'>;

type Registry = readonly {
  readonly key: string;
  readonly family?: 'ip' | 'ip6';
  readonly iptables: { readonly readers: readonly IptablesReader<unknown>[] };
}[];

function index(kind: Reader['kind'], registry: Registry): ReadonlyMap<string, KnownModule> {
  const all = registry.flatMap(({ key, family, iptables }) =>
    iptables.readers.map((reader) => ({ kind, key, family, reader })),
  );
  const groups = new Map<string, Reader[]>();
  for (const one of all) groups.set(one.reader.module, [...(groups.get(one.reader.module) ?? []), one]);
  return new Map(
    [...groups].map(([module, found]) => {
      const readers = found.toSorted(
        (a, b) => Number(b.reader.first ?? false) - Number(a.reader.first ?? false),
      );
      return [module, { readers, options: optionsOf(readers) }] as const;
    }),
  );
}

function optionsOf(all: readonly Reader[]): ReadonlyMap<string, KnownOption> {
  const options = new Map<string, KnownOption>();
  for (const { reader } of all) {
    for (const [option, words] of Object.entries(reader.options)) {
      const readers = all.filter((one) => Object.hasOwn(one.reader.options, option));
      options.set(option, { option, words, readers });
    }
    for (const [alias, option] of Object.entries(reader.aliases ?? {})) {
      const known = options.get(option);
      if (known) options.set(alias, known);
    }
  }
  return options;
}

/** The modules of `-m`; the options of iptables itself have the empty name. */
export const knownModules = index('match', matches);

/** The targets of `-j`; jumps to chains have the empty name. */
export const knownTargets = index('statement', statements);

const nothing: KnownModule = { readers: [], options: new Map() };

/** The options of iptables itself. */
export const ownOptions = knownModules.get('') ?? nothing;

/** Jumps to chains. */
export const jumps = knownTargets.get('') ?? nothing;

/** What a module's options mean, or why iptables refuses them; undefined if not all of them are understood. */
export function readOptions(
  module: KnownModule,
  given: readonly GivenOption[],
  context: ReadContext,
): readonly Understood[] | Refusal | undefined {
  const parts: { readonly part: Understood; readonly at: number }[] = [];
  let left = given;
  let refusal: Refusal | undefined;
  const readers = readersFor(module, given).filter(({ family }) => !family || family === context.family);
  const clash = clashOf(module, given);
  if (clash) return clash;
  if (readers.length === 0) return refuse(`there is no such module for ${ipVersion[context.family]}`);
  const claiming = given.length > 1 ? readers.filter(({ reader }) => reader.claims?.(given)) : [];
  for (const { kind, key, reader } of claiming.length > 0 ? claiming : readers) {
    for (const group of groupsFor(reader, left, given.length === 0)) {
      const args = reader.read(group, context);
      if (isRefusal(args)) refusal ??= args;
      if (args === undefined || isRefusal(args)) continue;
      parts.push({ part: { kind, key, args }, at: group[0] ? given.indexOf(group[0]) : 0 });
      left = left.filter((one) => !group.includes(one));
    }
    if (left.length === 0 && parts.length > 0) return inOrder(parts);
  }
  return refusal ?? refusalOf(module, left);
}

/** Options that exclude each other may be those of different readers. */
function clashOf({ readers }: KnownModule, given: readonly GivenOption[]): Refusal | undefined {
  if (given.length < 2) return undefined;
  const [first, second] =
    readers
      .flatMap(({ reader }) => reader.excludes ?? [])
      .map((group) => given.filter(({ option }) => group.includes(option)))
      .find((found) => found.length > 1) ?? [];
  return first && second && refuse(`\`${first.option}\` and \`${second.option}\` exclude each other`);
}

/** What nobody understands of a module that is known completely, iptables refuses. */
function refusalOf({ readers }: KnownModule, [first]: readonly GivenOption[]): Refusal | undefined {
  if (!first) return refuse('an option is missing');
  if (!readers.some(({ reader }) => reader.complete)) return undefined;
  const words = [...(first.negated ? ['!'] : []), first.option, ...first.words];
  return refuse(`\`${words.join(' ')}\` is not valid here`);
}

const ipVersion = { ip: 'IPv4', ip6: 'IPv6' } as const;

function readersFor({ readers, options }: KnownModule, given: readonly GivenOption[]): readonly Reader[] {
  const [only, ...others] = given;
  return (only && others.length === 0 && options.get(only.option)?.readers) || readers;
}

function inOrder(
  parts: readonly { readonly part: Understood; readonly at: number }[],
): readonly Understood[] {
  const sorted = parts.length > 1 ? parts.toSorted((a, b) => a.at - b.at) : parts;
  return sorted.map(({ part }) => part);
}

/** What of the options a reader takes at a time; `bare`: the module was given without options. */
function groupsFor(
  { options, takes }: IptablesReader<unknown>,
  left: readonly GivenOption[],
  bare: boolean,
): readonly (readonly GivenOption[])[] {
  const mine = left.filter(({ option }) => Object.hasOwn(options, option));
  if (takes === 'each') return mine.map((one) => [one]);
  return mine.length > 0 || bare ? [mine] : [];
}
