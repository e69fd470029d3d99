// The parts of a rule as the registries understand them; the rest is kept word for word.
import { protocol } from '../datatype/types.ts';
import type { OpaquePart, Part } from '../ir/ruleset.ts';
import type { GivenOption, ReadContext } from '../match/iptables-spelling.ts';
import { findMatch } from '../match/registry.ts';
import { findStatement } from '../statement/registry.ts';
import type { Source, Span } from '../text/source.ts';
import type { Complain, GivenModule, GivenOwn, GivenRule, GivenTarget } from './given-rule.ts';
import { withFullAddress } from './own-value.ts';
import { type KnownModule, knownModules, knownTargets, readOptions, type Understood } from './readers.ts';
import { passingTargets, targetNames } from './targets.ts';

/** What the parts of a rule depend on. */
export interface PartContext {
  readonly source: Source;
  readonly family: 'ip' | 'ip6';
  /** Whether the table has a user chain of this name. */
  readonly isChain: (name: string) => boolean;
  readonly complain: Complain;
  /** What was read before from the same words; rules repeat each other. */
  readonly memory: Map<string, readonly Meaning[] | undefined>;
}

/** What some words of a rule mean, and the protocol without which iptables does not accept them. */
interface Meaning {
  readonly part: Understood;
  readonly protocol: number | undefined;
}

/** A part with what it asks of its rule. */
interface ReadPart {
  readonly part: Part;
  readonly protocol?: number | undefined;
}

/** The parts in the order in which the kernel evaluates them (net/ipv4/netfilter/ip_tables.c: ip_packet_match first). */
export function partsOf(rule: GivenRule, context: PartContext): readonly Part[] {
  const read: ReadContext = { family: context.family, protocol: protocolOf(rule) };
  const behind = rule.modules.flatMap((module) => moduleParts(module, read, context));
  if (rule.target) behind.push(...targetParts(rule.target, read, context));
  const foreign = behind.find((one) => one.protocol !== undefined && one.protocol !== read.protocol);
  if (foreign) complainOfProtocol(foreign, context);
  const implied = impliesProtocol(behind);
  const own = rule.own
    .filter((given) => !saysNothing(given) && !(implied && given.option === '-p'))
    .toSorted((a, b) => ownOrder.indexOf(a.option) - ownOrder.indexOf(b.option))
    .flatMap((given) => ownParts(given, read, context));
  return [...own, ...behind].map(({ part }) => part);
}

function complainOfProtocol({ part, protocol: number = 0 }: ReadPart, { complain }: PartContext): void {
  const name = protocol.format(BigInt(number));
  if (part.span) complain('HK5010', `this needs \`-p ${name}\` in the same rule`, part.span);
}

const ownOrder = ['-s', '-d', '-i', '-o', '-p', '-f'];

function protocolOf({ own }: GivenRule): number | undefined {
  const given = own.find(({ option, negated }) => option === '-p' && !negated);
  const number = given && protocol.parse(given.words[0] ?? '');
  return number === undefined || number === 0n ? undefined : Number(number);
}

function ownParts(given: GivenOwn, read: ReadContext, context: PartContext): readonly ReadPart[] {
  const { span, written, option, negated } = given;
  const full = withFullAddress(given, context.family);
  const words = [negated ? '!' : '', option, ...full.words];
  const meanings = remembered(words, read, context, () => meaningsOf(knownModules.get(''), [full], read));
  if (meanings) return placed(meanings, span);
  if (option !== '-s' && option !== '-d') return [{ part: opaque(written, 'match', span) }];
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

function moduleParts(module: GivenModule, read: ReadContext, context: PartContext): ReadPart[] {
  const meanings = understood(module, read, context);
  return meanings ? placed(meanings, spanOf(module, context)) : [kept(module, 'match', context)];
}

/** Word for word; said once of a module that is not known, and each time of one that is. */
function kept(given: GivenModule, role: OpaquePart['role'], context: PartContext): ReadPart {
  const { known, name, written } = given;
  const span = spanOf(given, context);
  const isNew = !context.memory.has(name);
  if (known) context.complain('HK5015', `\`${written.join(' ')}\` is not understood`, span);
  else if (isNew) context.complain('HK5015', `\`${written.slice(0, 2).join(' ')}\` is not understood`, span);
  if (isNew) context.memory.set(name, undefined);
  return { part: opaque(written, role, span) };
}

function understood(
  { known, hasUnknown, options, written }: GivenModule,
  read: ReadContext,
  context: PartContext,
): readonly Meaning[] | undefined {
  if (!known || hasUnknown) return undefined;
  return remembered(written, read, context, () => meaningsOf(known, options, read));
}

function targetParts(target: GivenTarget, read: ReadContext, context: PartContext): readonly ReadPart[] {
  const span = spanOf(target, context);
  if (context.isChain(target.name)) return jumpParts(target, read, context);
  if (target.isGoto || (!target.known && !targetNames.has(target.name) && target.written.length === 2)) {
    context.complain('HK5005', `there is no chain \`${target.name}\` in this table`, span);
    return [];
  }
  const meanings = understood(target, read, context);
  const role = passingTargets.has(target.name) ? 'statement' : 'unknown';
  return meanings ? placed(meanings, span) : [kept(target, role, context)];
}

/** Jumps are read as an option of a target without a name, whose word is the chain. */
function jumpParts(target: GivenTarget, read: ReadContext, context: PartContext): readonly ReadPart[] {
  const { name, isGoto, hasUnknown, written } = target;
  const span = spanOf(target, context);
  if (hasUnknown) context.complain('HK5010', `a jump to \`${name}\` has no options`, span);
  const jump = { option: isGoto ? '-g' : '-j', negated: false, words: [name] };
  const meanings = meaningsOf(knownTargets.get(''), [jump], read);
  return meanings ? placed(meanings, span) : [{ part: opaque(written, 'unknown', span) }];
}

function placed(meanings: readonly Meaning[], span: Span): ReadPart[] {
  return meanings.map(({ part, protocol: needed }) => ({ part: { ...part, span }, protocol: needed }));
}

function spanOf({ start, end }: GivenModule, { source }: PartContext): Span {
  return { source, start, end };
}

function opaque(words: readonly string[], role: OpaquePart['role'], span: Span): OpaquePart {
  return { kind: 'opaque', origin: 'iptables', role, content: words, text: words.join(' '), span };
}

function remembered(
  written: readonly string[],
  { protocol: number }: ReadContext,
  { memory }: PartContext,
  read: () => readonly Meaning[] | undefined,
): readonly Meaning[] | undefined {
  const words = `${number ?? ''} ${written.join(' ')}`;
  const known = memory.get(words);
  if (known || memory.has(words)) return known;
  const meanings = read();
  memory.set(words, meanings);
  return meanings;
}

function meaningsOf(
  module: KnownModule | undefined,
  given: readonly GivenOption[],
  read: ReadContext,
): readonly Meaning[] | undefined {
  const parts = module && readOptions(module, given, read);
  return parts?.map((part) => ({ part, protocol: neededProtocol(part, read.family) }));
}

function neededProtocol({ kind, key, args }: Understood, family: 'ip' | 'ip6'): number | undefined {
  const definition = kind === 'match' ? findMatch(key) : findStatement(key);
  const spelling = definition?.iptables.write(args, { family, ipset: (name) => name });
  return spelling && 'protocol' in spelling ? spelling.protocol : undefined;
}

/** Whether the parts say the protocol themselves before anything that must not be asked for other packets. */
function impliesProtocol(parts: readonly ReadPart[]): boolean {
  for (const { part, protocol: needed } of parts) {
    if (needed !== undefined) return true;
    if (part.kind !== 'match' || findMatch(part.key)?.stateful) return false;
  }
  return false;
}
