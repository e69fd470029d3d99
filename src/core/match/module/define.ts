// Matches that are one module of iptables under its own name: everything but the meaning of its options is derived
// from a list of them. `recent update seconds 60 name "ssh"` is `-m recent --update --seconds 60 --name ssh`.
import type { Node } from '../../bdd/bdd.ts';
import type { Hook } from '../../hook/hook.ts';
import {
  type ConnectionLimit,
  defineMatch,
  type EvaluationContext,
  type Knowledge,
  type MatchDefinition,
  type NftAround,
  type SymbolicContext,
  type Truth,
} from '../define.ts';
import {
  type Condition,
  type GivenOption,
  type IptablesReader,
  isRefusal,
  type ReadContext,
  type Refusal,
  refuse,
  type Words,
} from '../iptables-spelling.ts';
import { protocolWord } from '../protocol-name.ts';
import { readSettings, writeSettings } from './language.ts';
import { acrossFamilies, type NftPlace, type NftSaid, never, spelledOf } from './nft.ts';
import { has, type Setting, type Settings } from './settings.ts';

type Family = 'ip' | 'ip6';

/** What the words behind an option must be. */
export interface ValueKind {
  /** How messages speak of it: `a number up to 63`. */
  readonly label: string;
  /** How many words it is. */
  readonly words: number;
  /** The words as iptables-save writes them; undefined where iptables refuses them. */
  readonly parse: (words: readonly string[], family: Family) => readonly string[] | undefined;
  /** Its words come from a closed list, so the language needs no quotes around them. */
  readonly names?: true;
}

/** One option of a module. */
export interface ModuleOption {
  /** As iptables writes it: `--seconds`. */
  readonly option: string;
  /** In the language: `seconds`; empty for the only option of a module, whose value follows the key. */
  readonly word: string;
  readonly aliases?: readonly string[];
  /** Absent for an option that stands alone. */
  readonly value?: ValueKind;
  readonly negatable?: true;
  readonly family?: Family;
  /** A rule may state it several times, one behind the other. */
  readonly repeats?: true;
}

/** A module of iptables. */
export interface ModuleMatch {
  /** The module, and the key in the language. */
  readonly module: string;
  readonly key?: string;
  readonly summary: string;
  readonly family?: Family;
  /** In the order in which iptables-save prints them. */
  readonly options: readonly ModuleOption[];
  /** Of each group at least one must be there. */
  readonly needs?: readonly (readonly string[])[];
  /** Of each group at most one may be there. */
  readonly excludes?: readonly (readonly string[])[];
  /** The protocol that the rule must name. */
  readonly protocol?: (settings: Settings, family: Family) => number | undefined;
  /** One of these protocols must be named by the rule. */
  readonly protocols?: readonly number[];
  /** A match of its own says the same, so that nothing is left to say under the module's name. */
  readonly elsewhere?: (given: readonly GivenOption[]) => boolean;
  /** The hooks whose chains the kernel lets it stand in. */
  readonly hooks?: readonly Hook[];
  /** The tables of iptables in which the kernel lets it stand. */
  readonly tables?: readonly string[];
  /** What of it the kernel refuses in the chains at a hook. */
  readonly misplaced?: (settings: Settings, hook: Hook) => string | undefined;
  /** What else iptables refuses; else the settings without those that say nothing. */
  readonly check?: (settings: Settings, family: Family) => Settings | Refusal;
  /** The settings with those that iptables-save prints without having been told. */
  readonly complete?: (settings: Settings, family: Family) => Settings;
  /** The same in nft, or why it can't be said. */
  readonly nft: string | ((settings: Settings, place: NftPlace) => NftSaid);
  /** The truth, or why it is not known. */
  readonly truth: ((settings: Settings, context: EvaluationContext) => Truth) | string;
  /** For which of all packets it holds; absent, or undefined, where nobody can tell. */
  readonly symbolic?: (settings: Settings, context: SymbolicContext) => Node | undefined;
  /** What a truth that is worked out depends on beside the packet. */
  readonly knowledge?: Knowledge;
  readonly stateful?: true;
  readonly usesConntrack?: true;
  readonly needsBridgeFilter?: true;
  /** The connections that it counts. */
  readonly counts?: (settings: Settings) => ConnectionLimit | undefined;
  /** Each option is a condition of its own that may share its `-m` with those of other matches. */
  readonly shares?: true;
  /** Options that mean together what they do not mean apart, so that they keep one `-m` of their own. */
  readonly claims?: (given: readonly GivenOption[]) => boolean;
}

/** Makes the definition of a match from a module. */
export function defineModuleMatch(spec: ModuleMatch): MatchDefinition<unknown> {
  const { key = spec.module, summary, family, stateful, usesConntrack } = spec;
  return defineMatch<Settings>({
    key,
    summary,
    ...(family && { family }),
    knowledge: typeof spec.truth === 'string' ? { unknown: spec.truth } : spec.knowledge,
    ...(stateful && { stateful }),
    ...(usesConntrack && { usesConntrack }),
    ...(spec.needsBridgeFilter && { needsBridgeFilter: true }),
    ...(spec.counts && { counts: spec.counts }),
    read: (reader) => {
      const settings = readSettings(reader, key, spec.options);
      const checked = settings && normalizeForAny(spec, settings, family ?? reader.family);
      if (!isRefusal(checked)) return checked;
      return reader.refuse('HK3010', `\`${key}\`: ${inLanguage(checked.refused, spec.options)}`);
    },
    write: (settings) => writeSettings(key, settings, spec.options),
    nft: {
      write: (settings, only, around = {}) => spelledOf(inNft(spec, settings, only, around)),
      read: () => undefined,
    },
    iptables: {
      write: (settings, target) => writeCondition(spec, settings, target.family),
      readers: [moduleReader(spec)],
    },
    evaluate: (settings, context) =>
      typeof spec.truth === 'string' ? { result: 'unknown', why: spec.truth } : spec.truth(settings, context),
    ...(spec.symbolic && { symbolic: spec.symbolic }),
    sets: () => [],
  });
}

function inNft(
  spec: ModuleMatch,
  settings: Settings,
  only: Family | undefined,
  { protocol, uniqueName = () => 'rule' }: NftAround,
): NftSaid {
  const sayFor = (family: Family): NftSaid | undefined => {
    if (typeof spec.nft === 'string') return spec.nft;
    const isForeign = spec.family !== undefined && spec.family !== family;
    if (isForeign || isRefusal(normalize(spec, settings, family))) return undefined;
    return spec.nft(settings, { family, isInet: only === undefined, protocol, uniqueName: uniqueName() });
  };
  return only ? (sayFor(only) ?? never) : acrossFamilies(sayFor('ip'), sayFor('ip6'));
}

/** The message with options as the language writes them. */
function inLanguage(message: string, options: readonly ModuleOption[]): string {
  return options.reduce(
    (text, { option, word }) => text.replaceAll(`\`${option}\``, word === '' ? 'its value' : `\`${word}\``),
    message,
  );
}

function writeCondition(spec: ModuleMatch, settings: Settings, family: Family): Condition {
  if (spec.family && spec.family !== family) return { kind: 'never' };
  const complete = spec.complete?.(settings, family) ?? settings;
  const protocol = spec.protocol?.(settings, family);
  const foreign = normalize(spec, settings, family);
  if (isRefusal(foreign)) return { kind: 'unsupported', why: foreign.refused };
  const isOne = !spec.shares || spec.claims?.(complete.map((one) => ({ ...one, words: one.value })));
  const pieces = isOne ? [complete] : complete.map((one) => [one]);
  const words = pieces.map((some) => ({ words: ['-m', spec.module, ...some.flatMap(wordsOf)] }));
  const alternatives = spec.protocols?.map((one) => [protocolWords(one), ...words]) ?? [words];
  return { kind: 'any', alternatives, ...(protocol !== undefined && { protocol }) };
}

function protocolWords(number: number): Words {
  return { own: 'p', words: ['-p', protocolWord(number)] };
}

function wordsOf({ option, negated, value }: Setting): readonly string[] {
  return [...(negated ? ['!'] : []), option, ...value];
}

function moduleReader(spec: ModuleMatch): IptablesReader<Settings> {
  return {
    module: spec.module,
    options: Object.fromEntries(spec.options.map(({ option, value }) => [option, value?.words ?? 0])),
    aliases: Object.fromEntries(
      spec.options.flatMap(({ option, aliases = [] }) => aliases.map((alias) => [alias, option])),
    ),
    takes: 'together',
    complete: true,
    ...(spec.claims && { claims: spec.claims }),
    places: { ...(spec.hooks && { hooks: spec.hooks }), ...(spec.tables && { tables: spec.tables }) },
    ...(spec.excludes && { excludes: spec.excludes }),
    repeats: spec.options.filter(({ repeats }) => repeats).map(({ option }) => option),
    read: (given, context) => readGiven(spec, given, context),
  };
}

function readGiven(
  spec: ModuleMatch,
  given: readonly GivenOption[],
  context: ReadContext,
): Settings | Refusal | undefined {
  const { hook } = context;
  if (hook && spec.hooks && !spec.hooks.includes(hook))
    return refuse(`\`${spec.module}\` can't stand in a chain at ${hook}`);
  if (spec.elsewhere?.(given)) return undefined;
  if (spec.protocols && !spec.protocols.includes(context.protocol ?? 0))
    return refuse(
      `\`${spec.module}\` needs ${spec.protocols.map((one) => `\`-p ${protocolWord(one)}\``).join(' or ')}`,
    );
  const settings = given.map(({ option, negated, words }) => ({ option, negated, value: words }));
  const problem = hook && spec.misplaced?.(settings, hook);
  return problem === undefined ? normalize(spec, settings, context.family) : refuse(problem);
}

/** Why an option asks for an interface that packets at a hook do not have yet, or any more. */
export function lacksInterface(
  settings: Settings,
  hook: Hook,
  options: { in?: string; out?: string },
): string | undefined {
  const wrong = hook === 'output' || hook === 'postrouting' ? options.in : options.out;
  const fits = hook === 'forward' || wrong === undefined || !has(settings, wrong);
  return fits ? undefined : `\`${wrong}\` can't stand in a chain at ${hook}`;
}

/** The settings in order and in canonical words, or what is wrong with them. */
function normalize(spec: ModuleMatch, settings: Settings, family: Family): Settings | Refusal {
  const parsed: Setting[] = [];
  for (const setting of settings) {
    const one = parseSetting(spec, setting, family);
    if (isRefusal(one)) return one;
    parsed.push(one);
  }
  const rank = (setting: Setting): number =>
    spec.options.findIndex(({ option }) => option === setting.option);
  const isFree = spec.options.some(({ repeats }) => repeats);
  const sorted = isFree ? parsed : parsed.toSorted((a, b) => rank(a) - rank(b));
  return groupProblem(spec, sorted) ?? spec.check?.(sorted, family) ?? sorted;
}

/** Where either family may come, what one of them takes will do. */
function normalizeForAny(
  spec: ModuleMatch,
  settings: Settings,
  family: Family | undefined,
): Settings | Refusal {
  const first = normalize(spec, settings, family ?? 'ip');
  if (family || !isRefusal(first)) return first;
  const second = normalize(spec, settings, 'ip6');
  return isRefusal(second) ? first : second;
}

function parseSetting(spec: ModuleMatch, setting: Setting, family: Family): Setting | Refusal {
  const known = spec.options.find(({ option }) => option === setting.option);
  if (!known || (known.family && known.family !== family))
    return refuse(`\`${setting.option}\` is no option of \`${spec.module}\` here`);
  if (setting.negated && !known.negatable) return refuse(`\`${setting.option}\` can't be negated`);
  const value = known.value ? known.value.parse(setting.value, family) : [];
  if (value) return { ...setting, value };
  return refuse(`\`${setting.value.join(' ')}\` behind \`${setting.option}\` is not ${known.value?.label}`);
}

function groupProblem({ needs = [], excludes = [] }: ModuleMatch, settings: Settings): Refusal | undefined {
  const lacking = needs.find((group) => !settings.some(({ option }) => group.includes(option)));
  if (lacking) return refuse(`${quoted(lacking, ' or ')} is missing`);
  const double = excludes
    .map((group) => group.filter((name) => has(settings, name)))
    .find((found) => found.length > 1);
  return double && refuse(`${quoted(double, ' and ')} exclude each other`);
}

function quoted(options: readonly string[], word: string): string {
  return options.map((option) => `\`${option}\``).join(word);
}
