// The parts of a rule as the registries understand them; the rest is kept word for word.
import { protocol } from '../datatype/types.ts';
import type { Match, OpaquePart, Part, Statement } from '../ir/ruleset.ts';
import type { IptablesTarget, ReadContext } from '../match/iptables-spelling.ts';
import { findMatch } from '../match/registry.ts';
import { findStatement } from '../statement/registry.ts';
import type { Source, Span } from '../text/source.ts';
import type { Complain, GivenModule, GivenOwn, GivenRule, GivenTarget } from './given-rule.ts';
import { withFullAddress } from './own-value.ts';
import { type KnownModule, knownModules, knownTargets, readOptions } from './readers.ts';
import { passingTargets, targetNames } from './targets.ts';

/** What the parts of a rule depend on. */
export interface PartContext {
  readonly source: Source;
  readonly family: 'ip' | 'ip6';
  /** Whether the table has a user chain of this name. */
  readonly isChain: (name: string) => boolean;
  readonly complain: Complain;
}

/** The parts in the order in which the kernel evaluates them (net/ipv4/netfilter/ip_tables.c: ip_packet_match first). */
export function partsOf(rule: GivenRule, context: PartContext): readonly Part[] {
  const read: ReadContext = { family: context.family, protocol: protocolOf(rule) };
  const own = ownOrder.flatMap((letter) => ownPart(rule, letter, read, context));
  const behind = [
    ...rule.modules.flatMap((module) => moduleParts(module, read, context)),
    ...(rule.target ? targetParts(rule.target, read, context) : []),
  ];
  const implied = read.protocol !== undefined && impliesProtocol(behind, read.protocol, context.family);
  return [...own.filter(({ letter }) => !implied || letter !== '-p').map(({ part }) => part), ...behind];
}

const ownOrder = ['-s', '-d', '-i', '-o', '-p', '-f'];

function protocolOf({ own }: GivenRule): number | undefined {
  const given = own.find(({ option, negated }) => option === '-p' && !negated);
  const number = given && protocol.parse(given.words[0] ?? '');
  return number === undefined || number === 0n ? undefined : Number(number);
}

interface OwnPart {
  readonly letter: string;
  readonly part: Part;
}

function ownPart(
  { own }: GivenRule,
  letter: string,
  read: ReadContext,
  context: PartContext,
): readonly OwnPart[] {
  const given = own.find(({ option }) => option === letter);
  if (!given || saysNothing(given)) return [];
  const known = knownModules.get('');
  const parts = known && readOptions(known, [withFullAddress(given, context.family)], read, given.span);
  if (parts) return parts.map((part) => ({ letter, part }));
  if (letter === '-s' || letter === '-d') {
    const [value = ''] = given.words;
    context.complain(
      'HK5014',
      `\`${value}\` is no ${context.family === 'ip' ? 'IPv4' : 'IPv6'} address or prefix`,
      given.span,
    );
    return [];
  }
  return [{ letter, part: opaque(given.written, 'match', given.span) }];
}

/** What every packet satisfies, iptables drops. */
function saysNothing({ option, negated, words: [value = ''] }: GivenOwn): boolean {
  if (negated) return false;
  if (option === '-p') return value === 'all' || value === '0';
  return option === '-i' || option === '-o' ? value === '+' : value.endsWith('/0');
}

function moduleParts(module: GivenModule, read: ReadContext, context: PartContext): readonly Part[] {
  const span = spanOf(module, context);
  return understood(module, module.known, read, span) ?? [opaque(module.written, 'match', span)];
}

function understood(
  { hasUnknown, options }: GivenModule,
  known: KnownModule | undefined,
  read: ReadContext,
  span: Span,
): readonly (Match | Statement)[] | undefined {
  return known && !hasUnknown ? readOptions(known, options, read, span) : undefined;
}

function targetParts(target: GivenTarget, read: ReadContext, context: PartContext): readonly Part[] {
  const span = spanOf(target, context);
  if (context.isChain(target.name)) {
    if (target.hasUnknown) context.complain('HK5010', `a jump to \`${target.name}\` has no options`, span);
    return jumpParts(target, read, span);
  }
  if (target.isGoto || (!target.known && !targetNames.has(target.name) && target.written.length === 2)) {
    context.complain('HK5005', `there is no chain \`${target.name}\` in this table`, span);
    return [];
  }
  const role = passingTargets.has(target.name) ? 'statement' : 'unknown';
  return understood(target, target.known, read, span) ?? [opaque(target.written, role, span)];
}

/** Jumps are read as an option of a target without a name, whose word is the chain. */
function jumpParts({ name, isGoto, written }: GivenTarget, read: ReadContext, span: Span): readonly Part[] {
  const jump = { option: isGoto ? '-g' : '-j', negated: false, words: [name], span };
  const known = knownTargets.get('');
  return (known && readOptions(known, [jump], read, span)) ?? [opaque(written, 'unknown', span)];
}

function spanOf({ start, end }: GivenModule, { source }: PartContext): Span {
  return { source, start, end };
}

function opaque(words: readonly string[], role: OpaquePart['role'], span: Span): OpaquePart {
  return { kind: 'opaque', origin: 'iptables', role, content: words, text: words.join(' '), span };
}

/** Whether the parts say the protocol themselves before anything that must not be asked for other packets. */
function impliesProtocol(parts: readonly Part[], number: number, family: 'ip' | 'ip6'): boolean {
  for (const part of parts) {
    if (part.kind === 'opaque') return false;
    const said = saidProtocol(part, { family, ipset: (name) => name });
    if (said === number) return true;
    if (part.kind === 'statement' || findMatch(part.key)?.stateful) return false;
  }
  return false;
}

function saidProtocol(part: Match | Statement, target: IptablesTarget): number | undefined {
  const definition = part.kind === 'match' ? findMatch(part.key) : findStatement(part.key);
  const spelling = definition?.iptables.write(part.args, target);
  return spelling && 'protocol' in spelling ? spelling.protocol : undefined;
}
