// One line of a table that is no chain: a rule with its place, or another command that people write into such files
// (iptables/iptables-restore.c, iptables/xshared.c: do_parse).
import type { BaseChain, Counters, Rule } from '../ir/ruleset.ts';
import type { Span } from '../text/source.ts';
import { splitWords, type Word } from '../text/words.ts';
import { missingInterface } from './builtin.ts';
import type { Complain, GivenRule } from './given-rule.ts';
import { expandLists } from './own-value.ts';
import type { Line } from './read-blocks.ts';
import { declareChain, findChain, type OpenChain, type OpenTable, setPolicy } from './read-chain.ts';
import { readGivenRule } from './read-rule.ts';
import { type PartContext, partsOf } from './rule-parts.ts';

/** A command with the words behind it, and whatever stands before it. */
interface Command {
  readonly line: Line;
  readonly word: Word;
  readonly chain: Word;
  readonly rest: readonly Word[];
  readonly counted: Counters | undefined;
}

type Run = (command: Command, table: OpenTable, context: PartContext) => void;

const append: Run = (command, table, context) => {
  const chain = findChain(command.chain, table);
  for (const rule of readRules(command, command.rest, chain, context)) chain?.rules.push(rule);
};

const insert: Run = (command, table, context) => {
  const chain = findChain(command.chain, table);
  const [first, ...others] = command.rest;
  const isPlace = first !== undefined && /^\d{1,9}$/.test(first.text);
  const at = isPlace ? Number(first.text) - 1 : 0;
  if (chain && (at < 0 || at > chain.rules.length))
    context.complain('HK5010', `\`${chain.name}\` has no place ${at + 1}`, first ?? command.word);
  // Each of several rules goes to the same place, before those that are there.
  for (const rule of readRules(command, isPlace ? others : command.rest, chain, context))
    chain?.rules.splice(at, 0, rule);
};

const create: Run = ({ chain, rest: [more] }, table, { complain }) => {
  declareChain(chain, undefined, table);
  if (more) complain('HK5010', `\`${more.text}\` belongs to no option`, more);
};

const policy: Run = ({ chain, word, rest: [value, more] }, table, { complain }) => {
  if (!value || more) complain('HK5010', `\`${word.text}\` needs a chain and a policy`, more ?? word);
  else setPolicy(chain, value, table);
};

/** Commands whose result does not depend on what the kernel has loaded. */
const commands: ReadonlyMap<string, Run> = new Map([
  ['-A', append],
  ['--append', append],
  ['-I', insert],
  ['--insert', insert],
  ['-N', create],
  ['--new-chain', create],
  ['-P', policy],
  ['--policy', policy],
]);

/** Reads a line into the chains of its table. */
export function readCommand(line: Line, table: OpenTable, context: PartContext): void {
  const words = wordsOf(line, context);
  if (!words) return;
  const hasCounters = words[0]?.text.startsWith('[') === true;
  const counted = hasCounters && words[0] ? readCounters(words[0], context.complain) : undefined;
  const begin = hasCounters ? 1 : 0;
  const at = commandAt(words, begin);
  const [word, chain] = [words[at], words[at + 1]];
  const run = commands.get(word?.text ?? '');
  if (!word || !run) refuse(words[begin], line, context.complain);
  else if (!chain) context.complain('HK5010', `there is no chain behind \`${word.text}\``, word);
  else run({ line, word, chain, rest: around(words, begin, at), counted }, table, context);
}

/** Where the command stands: first, or behind options such as `-4`. */
function commandAt(words: readonly Word[], begin: number): number {
  if (commands.has(words[begin]?.text ?? '')) return begin;
  return words.findIndex(({ text, quoted }) => !quoted && commands.has(text));
}

function around(words: readonly Word[], begin: number, at: number): readonly Word[] {
  return at === begin ? words.slice(at + 2) : [...words.slice(begin, at), ...words.slice(at + 2)];
}

function refuse(word: Word | undefined, line: Line, complain: Complain): void {
  const message = `\`${word?.text ?? ''}\` does not add a rule`;
  complain('HK5012', message, word ?? line, 'only lines with `-A chain` and such are read');
}

/**
 * The words of a line. iptables-restore takes the end of the line into a quote that is not closed; a comment does well
 * without it, and in nothing else it makes sense.
 */
function wordsOf(line: Line, { source, complain }: PartContext): readonly Word[] | undefined {
  const { words, open } = splitWords(source.text, line.start, line.end);
  if (open === undefined) return words;
  const place = { start: open, end: line.end };
  const isComment = words.at(-2)?.text === '--comment';
  if (isComment) complain('HK5018', 'a quote is not closed: the rest of the line is the comment', place);
  else complain('HK5001', 'a quote is not closed', place);
  return isComment ? words : undefined;
}

/** `[packets:bytes]`. */
export function readCounters({ text, start, end }: Word, complain: Complain): Counters | undefined {
  const [, packets, bytes] = /^\[(\d{1,20}):(\d{1,20})\]$/.exec(text) ?? [];
  if (packets !== undefined && bytes !== undefined) return { packets: BigInt(packets), bytes: BigInt(bytes) };
  complain('HK5009', `\`${text}\` are no counters`, { start, end }, 'they are written as `[packets:bytes]`');
  return undefined;
}

function readRules(
  { line, chain: { text: name }, counted }: Command,
  words: readonly Word[],
  chain: OpenChain | undefined,
  context: PartContext,
): readonly Rule[] {
  const { source, complain } = context;
  const given = readGivenRule(words, source, complain);
  if (chain?.base) refuseInterface(given, name, chain.base, complain);
  return rulesOf(given, line, counted, { ...context, hook: chain?.base?.hook });
}

function refuseInterface({ own }: GivenRule, chain: string, { hook }: BaseChain, complain: Complain): void {
  const letter = missingInterface(hook);
  const given = letter && own.find(({ option }) => option === `-${letter}`);
  if (given) complain('HK5010', `\`${given.option}\` can't be used in \`${chain}\``, given.span);
}

function rulesOf(
  given: GivenRule,
  line: Line,
  counted: Counters | undefined,
  context: PartContext,
): readonly Rule[] {
  const { source, family, complain } = context;
  if (given.family && given.family !== family) return [];
  const expanded = expandLists(given.own);
  if (!expanded) complain('HK5010', "`!` can't stand before several addresses", line);
  const counters = counted ?? givenCounters(given, complain);
  const span: Span = { source, ...line };
  return (expanded ?? []).map((own) => {
    const parts = partsOf({ ...given, own }, context);
    return counters ? { parts, counters, span } : { parts, span };
  });
}

function givenCounters({ counters: [packets, bytes] }: GivenRule, complain: Complain): Counters | undefined {
  if (!packets || !bytes) return undefined;
  return readCounters({ ...packets, text: `[${packets.text}:${bytes.text}]`, end: bytes.end }, complain);
}
