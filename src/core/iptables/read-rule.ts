// One rule of a dump, sorted into iptables' own options, modules and the target.
import { parseProtocolWord, protocolWord } from '../match/protocol-name.ts';
import type { Source } from '../text/source.ts';
import type { Word } from '../text/words.ts';
import type { Complain, GivenModule, GivenOwn, GivenRule } from './given-rule.ts';
import { knownModules, knownTargets } from './readers.ts';
import {
  detachValue,
  endOption,
  givenOption,
  isNegation,
  isOption,
  refuseNegation,
  take,
  takeLoose,
  takeNegation,
  takeValues,
  type WordCursor,
} from './word-cursor.ts';

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

interface State extends WordCursor {
  readonly own: GivenOwn[];
  /** Modules and the target in the order in which they were opened. */
  readonly opened: GivenModule[];
  readonly modules: GivenModule[];
  target: GivenModule | undefined;
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
    attached: undefined,
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

function readWord(state: State, word: Word): void {
  if (isNegation(word) && !state.negation) state.negation = word;
  else if (!isOption(word)) state.complain('HK5010', `\`${word.text}\` belongs to no option`, word);
  else readOption(state, word);
}

function readOption(state: State, word: Word): void {
  const { text } = word;
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

function readOwn(state: State, option: string, word: Word): void {
  const negation = takeNegation(state);
  const values = takeValues(state, word, option === '-f' ? 0 : 1);
  if (option !== '-f' && values.length === 0) return;
  if (state.own.some((one) => one.option === option))
    state.complain('HK5010', `\`${option}\` stands in one rule twice`, word);
  else
    state.own.push({
      ...givenOption(option, negation, values),
      span: { source: state.source, start: (negation ?? word).start, end: (values.at(-1) ?? word).end },
    });
}

function openModule(state: State, word: Word): void {
  refuseNegation(state, word);
  const [name] = takeValues(state, word, 1);
  if (name) addModule(state, name, word);
}

function addModule(state: State, name: Word, first: Word): GivenModule {
  const module = newModule('-m', name, first);
  state.modules.push(module);
  state.opened.push(module);
  return module;
}

function newModule(flag: GivenModule['flag'], name: Word, { start }: Word): GivenModule {
  return {
    flag,
    name: name.text,
    known: (flag === '-m' ? knownModules : knownTargets).get(name.text),
    options: [],
    written: [name],
    start,
    end: name.end,
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
  const target = newModule(isGoto ? '-g' : '-j', name, word);
  state.target = target;
  state.opened.push(target);
}

/** iptables looks for an option in the modules that were named, the last first, then in that of the protocol. */
function readModuleOption(state: State, given: Word): void {
  const word = detachValue(state, given);
  const negation = takeNegation(state);
  const first = negation ?? word;
  const module =
    state.opened.findLast(({ known }) => known?.options.has(word.text)) ??
    protocolModule(state, word, first) ??
    state.opened.at(-1);
  const known = module?.known?.options.get(word.text);
  const values = known ? takeValues(state, word, known.words) : takeLoose(state);
  if (!module) {
    state.complain('HK5010', `no module of this rule has an option \`${word.text}\``, word);
    return;
  }
  endOption(state, word);
  if (known && module.options.some(({ option }) => option === known.option) && !repeats(module, known.option))
    state.complain('HK5010', `\`${word.text}\` stands twice`, word);
  if (known) module.options.push(givenOption(known.option, negation, values));
  else addUnknown(state, module, word);
  if (negation) module.written.push(negation);
  module.written.push(word, ...values);
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

/** `-p tcp --dport 22`: the module of the protocol needs no `-m`; it stands where its first option does. */
function protocolModule(state: State, word: Word, first: Word): GivenModule | undefined {
  const given = state.own.find(({ option, negated }) => option === '-p' && !negated);
  const name = given && moduleOf(given.words[0] ?? '');
  if (name === undefined || state.modules.some((module) => module.name === name)) return undefined;
  const isLikely = knownModules.get(name)?.options.has(word.text) || state.opened.length === 0;
  return isLikely ? addModule(state, { ...word, text: name }, first) : undefined;
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
