// A statement that is a target of iptables with plain options, defined by a table of them: its spelling in the language
// (`IDLETIMER timeout 42 label "lan"`) and in iptables (`-j IDLETIMER --timeout 42 --label lan`) follow from that.
import type { DataType } from '../datatype/define.ts';
import type { Hook } from '../hook/hook.ts';
import type { EvaluationContext, Knowledge, NftMatchSpelling } from '../match/define.ts';
import { type GivenOption, isRefusal, type Refusal, refuse } from '../match/iptables-spelling.ts';
import { byteLength, quote } from '../match/quote.ts';
import type { TermReader } from '../match/reader.ts';
import {
  defineStatement,
  type Effect,
  type Outcome,
  type StatementDefinition,
  type TargetSpelling,
} from './define.ts';
import { negation, numberWord } from './option-words.ts';

/** What stands behind an option; an option without a value is `true`. */
export type OptionData = bigint | string | true;

/** The options that are given, by their word in the language. */
export type TargetArgs = Readonly<Record<string, OptionData>>;

/** How the value of an option is spelled. */
export interface OptionValue {
  /** What iptables makes of a word. */
  readonly parse: (text: string, option: string, family: 'ip' | 'ip6') => OptionData | Refusal;
  /** How iptables-save prints it. */
  readonly format: (data: OptionData) => string;
  readonly read: (reader: TermReader) => OptionData | undefined;
  readonly write: (data: OptionData) => string;
}

export interface TargetOption {
  /** In iptables: `--led-delay`. */
  readonly option: string;
  readonly aliases?: readonly string[];
  /** In the language. */
  readonly word: string;
  readonly value?: OptionValue;
  readonly required?: true;
  /** Taken where it is not given, and not printed by iptables-save. */
  readonly initial?: OptionData;
}

export interface TargetSpec {
  readonly key: string;
  /** Its name in iptables, by which the language knows it too; the key if absent. */
  readonly target?: string;
  readonly summary: string;
  /** In the order in which iptables-save prints them. */
  readonly options: readonly TargetOption[];
  /** Options of which one rule can have one only. */
  readonly exclusive?: readonly (readonly string[])[];
  /** At least one of these is needed. */
  readonly oneOf?: readonly string[];
  readonly family?: 'ip' | 'ip6';
  /** The only family that it can mean with these options. */
  readonly familyOf?: (args: TargetArgs) => 'ip' | 'ip6';
  /** The rule must name it. */
  readonly protocol?: number;
  readonly terminal?: true;
  readonly hooks?: readonly Hook[];
  readonly knowledge?: Knowledge;
  readonly usesConntrack?: true;
  readonly changesPacket?: true;
  /** The options that those given stand for. */
  readonly expand?: (given: readonly GivenOption[], family: 'ip' | 'ip6') => readonly GivenOption[] | Refusal;
  /** What else is wrong with options that are fine one by one. */
  readonly check?: (args: TargetArgs) => string | undefined;
  /** What the kernel makes of the options. */
  readonly round?: (args: TargetArgs) => TargetArgs;
  readonly nft: NftMatchSpelling<TargetArgs>;
  readonly outcome?: Outcome;
  readonly execute: (args: TargetArgs, context: EvaluationContext) => Effect;
  readonly symbolic?: StatementDefinition<TargetArgs>['symbolic'];
}

/** Defines the statement. */
export function defineTarget(spec: TargetSpec): StatementDefinition<unknown> {
  const { key, target, summary, options, hooks } = spec;
  return defineStatement<TargetArgs>({
    key,
    ...(target && { aliases: [target] }),
    summary,
    terminal: spec.terminal ?? false,
    ...(hooks && { hooks }),
    knowledge: spec.knowledge,
    ...(spec.usesConntrack && { usesConntrack: true }),
    ...(spec.changesPacket && { changesPacket: true }),
    read: (reader) => readLanguage(spec, reader),
    write: (args) => writeLanguage(spec, args),
    nft: spec.nft,
    iptables: {
      write: (args, { family }) => writeTarget(spec, args, family),
      readers: [
        {
          module: nameOf(spec),
          options: Object.fromEntries(options.map(({ option, value }) => [option, value ? 1 : 0])),
          aliases: Object.fromEntries(
            options.flatMap(({ option, aliases = [] }) => aliases.map((alias) => [alias, option])),
          ),
          takes: 'together',
          complete: true,
          read: (given, { family }) => readTarget(spec, given, family),
        },
      ],
    },
    ...(spec.outcome && { outcome: () => spec.outcome }),
    execute: spec.execute,
    ...(spec.symbolic && { symbolic: spec.symbolic }),
  });
}

function nameOf({ key, target }: TargetSpec): string {
  return target ?? key;
}

/** For a target that nft has nothing like. */
export function unknownToNft(why: string): NftMatchSpelling<TargetArgs> {
  return { write: () => ({ unsupported: why }), read: () => undefined };
}

function readLanguage(spec: TargetSpec, reader: TermReader): TargetArgs | undefined {
  const args: Record<string, OptionData> = initialArgs(spec);
  for (let word = nextWord(spec, reader); word !== undefined; word = nextWord(spec, reader)) {
    const value = spec.options.find((option) => option.word === word)?.value;
    const data = value ? value.read(reader) : true;
    if (data === undefined) return undefined;
    args[word] = data;
  }
  const problem = problemOf(spec, args);
  return problem === undefined ? (spec.round?.(args) ?? args) : reader.refuse('HK3017', problem);
}

function nextWord({ options }: TargetSpec, reader: TermReader): string | undefined {
  return reader.word(...options.map(({ word }) => word));
}

function initialArgs({ options }: TargetSpec): Record<string, OptionData> {
  return Object.fromEntries(
    options.flatMap(({ word, initial }) => (initial === undefined ? [] : [[word, initial]])),
  );
}

/** Why these options do not make a target, the same in every spelling. */
function problemOf(spec: TargetSpec, args: TargetArgs): string | undefined {
  const missing = spec.options.find(({ word, required }) => required && args[word] === undefined);
  if (missing) return `\`${spec.key}\` needs \`${missing.word}\``;
  if (spec.oneOf && !spec.oneOf.some((word) => args[word] !== undefined))
    return `\`${spec.key}\` needs one of ${spec.oneOf.join(', ')}`;
  for (const group of spec.exclusive ?? []) {
    const [one, other] = group.filter((word) => args[word] !== undefined);
    if (other) return `\`${one}\` and \`${other}\` exclude each other`;
  }
  return spec.check?.(args);
}

function writeLanguage({ key, options }: TargetSpec, args: TargetArgs): string {
  const words = options.flatMap(({ word, value, initial }) => {
    const data = args[word];
    if (data === undefined || data === initial) return [];
    return value ? [`${word} ${value.write(data)}`] : [word];
  });
  return [key, ...words].join(' ');
}

function writeTarget(spec: TargetSpec, args: TargetArgs, family: 'ip' | 'ip6'): TargetSpelling {
  const only = spec.familyOf?.(args) ?? spec.family;
  if (only && only !== family) return { kind: 'never' };
  const words = spec.options.flatMap(({ word, option, value, initial }) => {
    const data = args[word];
    if (data === undefined || data === initial) return [];
    return value ? [option, value.format(data)] : [option];
  });
  return {
    kind: 'target',
    words: [nameOf(spec), ...words],
    ...(spec.protocol !== undefined && { protocol: spec.protocol }),
  };
}

function readTarget(
  spec: TargetSpec,
  given: readonly GivenOption[],
  family: 'ip' | 'ip6',
): TargetArgs | Refusal {
  if (spec.family && spec.family !== family)
    return refuse(`\`${nameOf(spec)}\` is a target of IPv${spec.family === 'ip' ? 4 : 6} only`);
  const all = negation(given) ?? spec.expand?.(given, family) ?? given;
  if (isRefusal(all)) return all;
  const args = initialArgs(spec);
  for (const { option, words } of all) {
    const known = spec.options.find((one) => one.option === option);
    const data = known?.value ? known.value.parse(words[0] ?? '', option, family) : true;
    if (isRefusal(data)) return data;
    if (known) args[known.word] = data;
  }
  const problem = problemOf(spec, args);
  return problem === undefined ? (spec.round?.(args) ?? args) : refuse(problem);
}

/** A number of `width` bits; `digits`: printed in hexadecimal with at least so many digits. */
export function numberValue(
  type: DataType,
  limits: { readonly min?: bigint; readonly max?: bigint; readonly digits?: number } = {},
): OptionValue {
  const { min = 0n, max = (1n << BigInt(type.width)) - 1n, digits } = limits;
  const format = (data: OptionData): string =>
    digits === undefined ? `${data}` : `0x${BigInt(data).toString(16).padStart(digits, '0')}`;
  return {
    parse: (text, option) => numberWord(option, text, max, min),
    format,
    read: (reader) => {
      const value = reader.single(type);
      if (value === undefined || (value >= min && value <= max)) return value;
      return reader.refuse('HK3017', `${value} is not from ${min} to ${max}`);
    },
    write: format,
  };
}

/** A text of 1 to `limit` bytes; iptables cuts longer ones off. */
export function textValue(limit: number): OptionValue {
  return {
    parse: (text, option) =>
      text === '' ? refuse(`\`${option}\` takes a text that is not empty`) : cutText(text, limit),
    format: String,
    read: (reader) => {
      const text = reader.text();
      if (text === undefined || (text !== '' && byteLength(text) <= limit)) return text;
      return reader.refuse('HK3011', `the text is empty or has more than ${limit} bytes`);
    },
    write: (data) => quote(String(data)),
  };
}

/** The longest beginning of a text that has no more bytes than the limit. */
export function cutText(text: string, limit: number): string {
  let cut = '';
  for (const character of text) {
    if (byteLength(cut + character) > limit) break;
    cut += character;
  }
  return cut;
}

/** One of a few words. */
export function choiceValue(choices: readonly string[]): OptionValue {
  return {
    parse: (text, option) => {
      const found = choices.find((choice) => choice === text.toLowerCase());
      return found ?? refuse(`\`${option}\` takes one of ${choices.join(', ')}, not \`${text}\``);
    },
    format: String,
    read: (reader) => {
      const found = reader.word(...choices);
      return found ?? reader.fail('HK3006', 'none of the choices', `one of ${choices.join(', ')}`);
    },
    write: String,
  };
}
