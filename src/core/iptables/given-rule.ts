// A rule as it was given: which words belong to which module or target. What they mean is read from that later.

import type { Code } from '../diagnostic/catalogue.ts';
import type { GivenOption } from '../match/iptables-spelling.ts';
import { parseProtocolWord, protocolWord } from '../match/protocol-name.ts';
import type { Source, Span } from '../text/source.ts';
import { type KnownModule, knownModules, knownTargets } from './readers.ts';
import type { Word } from './words.ts';

/** A `-m` or a target with its options. */
export interface GivenModule {
  readonly name: string;
  /** Undefined where the registries do not know it. */
  readonly known: KnownModule | undefined;
  readonly options: GivenOption[];
  /** All its words as they are written, `-m name` included. */
  readonly written: string[];
  readonly start: number;
  end: number;
  /** It has options that are not known. */
  hasUnknown: boolean;
}

export interface GivenTarget extends GivenModule {
  readonly isGoto: boolean;
}

/** An option of iptables itself, under its short name. */
export interface GivenOwn extends GivenOption {
  readonly written: readonly string[];
  readonly span: Span;
}

export interface GivenRule {
  readonly own: readonly GivenOwn[];
  readonly modules: readonly GivenModule[];
  readonly target: GivenTarget | undefined;
  /** The words of `-c packets bytes`. */
  readonly counters: readonly Word[];
  /** The only family that the rule is for: `-4`, `-6`. */
  readonly family: 'ip' | 'ip6' | undefined;
}

/** Takes a problem and the words where it is. */
export type Complain = (
  code: Code,
  message: string,
  place: Pick<Word, 'start' | 'end'>,
  help?: string,
) => void;

/** Options of iptables itself by all their names; all but `-f` take a word. */
const ownOptions: ReadonlyMap<string, string> = new Map(
  [
    ['-s', '--source', '--src'],
    ['-d', '--destination', '--dst'],
    ['-i', '--in-interface'],
    ['-o', '--out-interface'],
    ['-p', '--protocol'],
    ['-f', '--fragment'],
  ].flatMap(([option = '', ...aliases]) => [option, ...aliases].map((name) => [name, option] as const)),
);

interface State {
  readonly source: Source;
  readonly words: readonly Word[];
  readonly complain: Complain;
  at: number;
  /** A `!` that waits for its option. */
  negation: Word | undefined;
  readonly own: GivenOwn[];
  /** Modules and the target in the order in which they were opened. */
  readonly opened: GivenModule[];
  readonly modules: GivenModule[];
  target: GivenTarget | undefined;
  counters: readonly Word[];
  family: 'ip' | 'ip6' | undefined;
}

/** Sorts the words behind `-A chain`; complains of what iptables itself would refuse. */
export function readGivenRule(words: readonly Word[], source: Source, complain: Complain): GivenRule {
  const state: State = {
    source,
    words,
    complain,
    at: 0,
    negation: undefined,
    own: [],
    opened: [],
    modules: [],
    target: undefined,
    counters: [],
    family: undefined,
  };
  for (let word = take(state); word; word = take(state)) readWord(state, word);
  if (state.negation) complain('HK5010', 'there is no option behind this `!`', state.negation);
  return state;
}

function take(state: State): Word | undefined {
  return state.words[state.at++];
}

function readWord(state: State, word: Word): void {
  const { text } = word;
  if (isNegation(word) && !state.negation) {
    state.negation = word;
    return;
  }
  if (!isOption(word)) {
    state.complain('HK5010', `\`${text}\` belongs to no option`, word);
    return;
  }
  const own = ownOptions.get(text);
  if (own) readOwn(state, own, word);
  else if (text === '-m' || text === '--match') openModule(state, word);
  else if (text === '-j' || text === '--jump') openTarget(state, word, false);
  else if (text === '-g' || text === '--goto') openTarget(state, word, true);
  else if (text === '-c' || text === '--set-counters') state.counters = takeValues(state, word, 2);
  else if (text === '-4' || text === '--ipv4') state.family = 'ip';
  else if (text === '-6' || text === '--ipv6') state.family = 'ip6';
  else readModuleOption(state, word);
}

function isNegation({ text, quoted }: Word): boolean {
  return text === '!' && !quoted;
}

function isOption({ text, quoted }: Word): boolean {
  return !quoted && text.length > 1 && text.startsWith('-');
}

function takeNegation(state: State): Word | undefined {
  const { negation } = state;
  state.negation = undefined;
  return negation;
}

/** The words behind an option; none if there are too few. */
function takeValues(state: State, option: Word, count: number): readonly Word[] {
  const values: Word[] = [];
  while (values.length < count) {
    const word = take(state);
    if (!word) {
      state.complain('HK5010', `\`${option.text}\` needs a value`, option);
      return [];
    }
    if (isNegation(word)) complainOfNegation(state, option, word);
    else values.push(word);
  }
  return values;
}

function complainOfNegation(state: State, option: Word, word: Word): void {
  const help = `write \`! ${option.text}\`, as iptables has wanted since 1.4.3`;
  state.complain('HK5010', `\`!\` stands behind \`${option.text}\``, word, help);
}

function readOwn(state: State, option: string, word: Word): void {
  const negation = takeNegation(state);
  const values = takeValues(state, word, option === '-f' ? 0 : 1);
  if (option !== '-f' && values.length === 0) return;
  if (state.own.some((one) => one.option === option))
    state.complain('HK5010', `\`${option}\` stands in one rule twice`, word);
  else
    state.own.push({
      ...givenOption(option, negation, values),
      written: writtenOf(state, negation, word, values),
      span: { source: state.source, start: (negation ?? word).start, end: (values.at(-1) ?? word).end },
    });
}

function givenOption(option: string, negation: Word | undefined, values: readonly Word[]): GivenOption {
  return { option, negated: negation !== undefined, words: values.map(({ text }) => text) };
}

function writtenOf(
  { source }: State,
  negation: Word | undefined,
  word: Word,
  values: readonly Word[],
): readonly string[] {
  return [...(negation ? ['!'] : []), word.text, ...values.map((value) => written(value, source))];
}

function written({ text, quoted, start, end }: Word, { text: all }: Source): string {
  return quoted ? all.slice(start, end) : text;
}

function openModule(state: State, word: Word): void {
  refuseNegation(state, word);
  const [name] = takeValues(state, word, 1);
  if (name) addModule(state, name.text, ['-m', written(name, state.source)], word, name);
}

function addModule(
  state: State,
  name: string,
  words: readonly string[],
  first: Word,
  last: Word,
): GivenModule {
  const module = newModule(name, knownModules.get(name), words, first, last);
  state.modules.push(module);
  state.opened.push(module);
  return module;
}

function newModule(
  name: string,
  known: KnownModule | undefined,
  words: readonly string[],
  first: Word,
  last: Word,
): GivenModule {
  return {
    name,
    known,
    options: [],
    written: [...words],
    start: first.start,
    end: last.end,
    hasUnknown: false,
  };
}

function openTarget(state: State, word: Word, isGoto: boolean): void {
  refuseNegation(state, word);
  const [name] = takeValues(state, word, 1);
  if (!name) return;
  if (state.target) {
    state.complain('HK5010', 'the rule has two targets', name);
    return;
  }
  const words = [isGoto ? '-g' : '-j', written(name, state.source)];
  const target = { ...newModule(name.text, knownTargets.get(name.text), words, word, name), isGoto };
  state.target = target;
  state.opened.push(target);
}

function refuseNegation(state: State, word: Word): void {
  const negation = takeNegation(state);
  if (negation) state.complain('HK5010', `\`${word.text}\` can't be negated`, negation);
}

/** iptables looks for an option in the modules that were named, the last first, then in that of the protocol. */
function readModuleOption(state: State, word: Word): void {
  const negation = takeNegation(state);
  const module =
    state.opened.findLast(({ known }) => known?.options.has(word.text)) ??
    protocolModule(state, word) ??
    state.opened.at(-1);
  const known = module?.known?.options.get(word.text);
  const values = known ? takeValues(state, word, known.words) : takeLoose(state);
  if (!module) {
    state.complain('HK5010', `no module of this rule has an option \`${word.text}\``, word);
    return;
  }
  if (known && module.options.some(({ option }) => option === known.option) && !repeats(module, known.option))
    state.complain('HK5010', `\`${word.text}\` stands twice`, word);
  if (known) module.options.push(givenOption(known.option, negation, values));
  else addUnknown(state, module, word);
  module.written.push(...writtenOf(state, negation, word, values));
  module.end = (values.at(-1) ?? word).end;
}

function repeats({ known }: GivenModule, option: string): boolean {
  return known?.readers.some(({ reader }) => reader.repeats?.includes(option)) === true;
}

/** A module that is known completely has no other options; of any other, this may be one. */
function addUnknown({ complain }: State, module: GivenModule, word: Word): void {
  const { name, known } = module;
  module.hasUnknown = true;
  if (known?.readers.some(({ reader }) => reader.complete))
    complain('HK5016', `\`${name}\` of iptables has no option \`${word.text}\``, word);
}

/** The words behind an option of which nothing is known: all up to the next option. */
function takeLoose(state: State): readonly Word[] {
  const values: Word[] = [];
  for (
    let word = state.words[state.at];
    word && !isOption(word) && !isNegation(word);
    word = state.words[state.at]
  ) {
    values.push(word);
    state.at++;
  }
  return values;
}

/** `-p tcp --dport 22`: the module of the protocol needs no `-m`; it stands where its first option does. */
function protocolModule(state: State, word: Word): GivenModule | undefined {
  const given = state.own.find(({ option, negated }) => option === '-p' && !negated);
  const name = given && moduleOf(given.words[0] ?? '');
  if (name === undefined || state.modules.some((module) => module.name === name)) return undefined;
  const isLikely = knownModules.get(name)?.options.has(word.text) || state.opened.length === 0;
  return isLikely ? addModule(state, name, ['-m', name], word, word) : undefined;
}

/** Modules that are not called like their protocol. */
const moduleNames = new Map([
  [58, 'icmp6'],
  [135, 'mh'],
]);

/** libxtables/xtables.c: xtables_find_match knows ICMPv6 by several names. */
function moduleOf(name: string): string {
  const number = parseProtocolWord(name);
  if (number === undefined) return name;
  return moduleNames.get(number) ?? protocolWord(number);
}
