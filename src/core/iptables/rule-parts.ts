// The parts of a rule as the registries understand them; the rest is kept word for word.
import type { Hook } from '../hook/hook.ts';
import type { OpaquePart, Part } from '../ir/ruleset.ts';
import { isRefusal, type ReadContext, type Refusal, refuse } from '../match/iptables-spelling.ts';
import { parseProtocolWord, protocolWord } from '../match/protocol-name.ts';
import { findMatch } from '../match/registry.ts';
import { findStatement } from '../statement/registry.ts';
import type { Source, Span } from '../text/source.ts';
import { splitWords } from '../text/words.ts';
import type { TableName } from './builtin.ts';
import type { Complain, GivenModule, GivenOwn, GivenRule } from './given-rule.ts';
import { withFullAddress } from './own-value.ts';
import { jumps, ownOptions, readOptions, type Understood } from './readers.ts';
import { misplacement, targetNames } from './targets.ts';
import { writtenWord } from './words.ts';

/** What the parts of a rule depend on. */
export interface PartContext {
  readonly source: Source;
  readonly family: 'ip' | 'ip6';
  readonly table: TableName;
  /** Whether the table has a user chain of this name. */
  readonly isChain: (name: string) => boolean;
  readonly complain: Complain;
  /** The sets of ipset that are given with the dump. */
  readonly ipset?: ReadContext['ipset'];
  /** The hook of the rule's chain, if it is a base chain. */
  readonly hook?: Hook | undefined;
  /** Modules and targets that are not known, of which that has been said. */
  readonly unknown: Set<string>;
}

/** A part with the protocol without which iptables does not accept it. */
interface ReadPart {
  readonly part: Part;
  readonly protocol: number | undefined;
}

/** The parts in the order in which the kernel evaluates them (net/ipv4/netfilter/ip_tables.c: ip_packet_match first). */
export function partsOf(rule: GivenRule, context: PartContext): readonly Part[] {
  const { family, hook, ipset } = context;
  const asked: ReadContext = { family, protocol: protocolOf(rule), hook, ipset };
  let hasHeader = false;
  const behind = rule.modules.flatMap((module) => {
    const parts = moduleParts(module, { ...asked, hasHeader }, context);
    hasHeader ||= asked.protocol !== undefined && module.name === protocolWord(asked.protocol);
    return parts;
  });
  if (rule.target) behind.push(...targetParts(rule.target, asked, context));
  const foreign = behind.find((one) => one.protocol !== undefined && one.protocol !== asked.protocol);
  if (foreign) complainOfProtocol(foreign, context);
  const implied = impliesProtocol(behind);
  const own = rule.own
    .filter((given) => !saysNothing(given) && !(implied && given.option === '-p'))
    .toSorted((a, b) => ownOrder.indexOf(a.option) - ownOrder.indexOf(b.option))
    .flatMap((given) => ownParts(given, asked, context));
  return [...own, ...behind].map(({ part }) => part);
}

function complainOfProtocol({ part, protocol: number = 0 }: ReadPart, { complain }: PartContext): void {
  if (part.span) complain('HK5010', `this needs \`-p ${protocolWord(number)}\` in the same rule`, part.span);
}

const ownOrder = ['-s', '-d', '-i', '-o', '-p', '-f'];

function protocolOf({ own }: GivenRule): number | undefined {
  const given = own.find(({ option, negated }) => option === '-p' && !negated);
  const number = given && parseProtocolWord(given.words[0] ?? '');
  return number === 0 ? undefined : number;
}

function ownParts(given: GivenOwn, asked: ReadContext, context: PartContext): readonly ReadPart[] {
  const { span, option } = given;
  const read = readOptions(ownOptions, [withFullAddress(given, context.family)], asked);
  if (isRefusal(read)) return refused(read, span, context);
  if (read) return read.map((part) => placed(part, span));
  if (option !== '-s' && option !== '-d')
    return [{ part: opaque(wordsIn(span), 'match', span), protocol: undefined }];
  const what = context.family === 'ip' ? 'IPv4' : 'IPv6';
  context.complain('HK5014', `\`${given.words[0] ?? ''}\` is no ${what} address or prefix`, span);
  return [];
}

/** What every packet satisfies, iptables drops. */
function saysNothing({ option, negated, words: [value = ''] }: GivenOwn): boolean {
  if (negated) return false;
  if (option === '-p') return value === 'all' || value === '0';
  return option === '-i' || option === '-o' ? value === '+' : value.endsWith('/0');
}

function moduleParts(module: GivenModule, asked: ReadContext, context: PartContext): readonly ReadPart[] {
  return understood(module, asked, context) ?? [kept(module, 'match', context)];
}

/** Word for word; said once of a module that is not known, and each time of one that is. */
function kept(given: GivenModule, role: OpaquePart['role'], context: PartContext): ReadPart {
  const { known, name } = given;
  const span = spanOf(given, context);
  const written = writtenWords(given, context);
  const words = known ? written : written.slice(0, 2);
  if (known || !context.unknown.has(name))
    context.complain('HK5015', `\`${words.join(' ')}\` is not understood`, span);
  if (!known) context.unknown.add(name);
  return { part: opaque(written, role, span), protocol: undefined };
}

function understood(
  given: GivenModule,
  asked: ReadContext,
  context: PartContext,
): readonly ReadPart[] | undefined {
  const { known, hasUnknown, options } = given;
  if (!known || hasUnknown) return undefined;
  const span = spanOf(given, context);
  const read = readOptions(known, options, asked);
  if (isRefusal(read)) return refused(read, span, context);
  return read?.map((part) => placed(part, span, neededProtocol(part, asked.family)));
}

/** Written out: what is copied with `...` takes half as much memory again. */
function placed({ kind, key, args }: Understood, span: Span, protocol?: number): ReadPart {
  return { part: { kind, key, args, span }, protocol };
}

/** Says what iptables would refuse; the rule is read on for its other problems. */
function refused({ refused: why }: Refusal, span: Span, { complain }: PartContext): [] {
  complain('HK5016', why, span);
  return [];
}

function targetParts(target: GivenModule, asked: ReadContext, context: PartContext): readonly ReadPart[] {
  const span = spanOf(target, context);
  if (context.isChain(target.name)) return jumpParts(target, asked, context);
  if (
    target.flag === '-g' ||
    (!target.known && !targetNames.has(target.name) && target.written.length === 1)
  ) {
    context.complain('HK5005', `there is no chain \`${target.name}\` in this table`, span);
    return [];
  }
  const options = target.options.map(({ option }) => option);
  const misplaced = misplacement([target.name, ...options], context);
  if (misplaced !== undefined) return refused(refuse(misplaced), span, context);
  return understood(target, asked, context) ?? [kept(target, 'unknown', context)];
}

/** Jumps are read as an option of a target without a name, whose word is the chain. */
function jumpParts(target: GivenModule, asked: ReadContext, context: PartContext): readonly ReadPart[] {
  const { name, flag, hasUnknown } = target;
  const span = spanOf(target, context);
  if (hasUnknown) context.complain('HK5010', `a jump to \`${name}\` has no options`, span);
  const options = [{ option: flag, negated: false, words: [name] }];
  const read = readOptions(jumps, options, asked);
  if (!read || isRefusal(read)) return [kept(target, 'unknown', context)];
  return read.map((part) => placed(part, span));
}

function spanOf({ start, end }: GivenModule, { source }: PartContext): Span {
  return { source, start, end };
}

function writtenWords({ flag, written }: GivenModule, { source }: PartContext): readonly string[] {
  return [flag, ...written.map((word) => writtenWord(word, source.text))];
}

function wordsIn({ source: { text }, start, end }: Span): readonly string[] {
  return splitWords(text, start, end).words.map((word) => writtenWord(word, text));
}

function opaque(words: readonly string[], role: OpaquePart['role'], span: Span): OpaquePart {
  return { kind: 'opaque', origin: 'iptables', role, content: words, text: words.join(' '), span };
}

/** What was read from iptables refers to no set or map of nft. */
const noLookups = {
  ipset: (name: string) => name,
  findSet: () => undefined,
  findMap: () => undefined,
  findObject: () => undefined,
} as const;

function neededProtocol({ kind, key, args }: Understood, family: 'ip' | 'ip6'): number | undefined {
  const definition = kind === 'match' ? findMatch(key) : findStatement(key);
  const spelling = definition?.iptables.write(args, { ...noLookups, family });
  return spelling && 'protocol' in spelling ? spelling.protocol : undefined;
}

/**
 * Whether a match says the protocol itself, before anything that must not be asked for other packets. A statement that
 * needs a protocol does not test for it.
 */
function impliesProtocol(parts: readonly ReadPart[]): boolean {
  for (const { part, protocol: needed } of parts) {
    if (part.kind !== 'match') return false;
    if (needed !== undefined) return true;
    if (findMatch(part.key)?.stateful) return false;
  }
  return false;
}
