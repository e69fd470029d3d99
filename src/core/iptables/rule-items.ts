// The parts of a rule as conditions and actions of iptables; the registries know how each part is said.
import { type Diagnostic, diagnostic } from '../diagnostic/diagnostic.ts';
import type { Hook } from '../hook/hook.ts';
import type { Match, OpaquePart, Part, Rule, Statement } from '../ir/ruleset.ts';
import { header } from '../match/iptables-condition.ts';
import type { IptablesTarget, Condition as SpelledCondition } from '../match/iptables-spelling.ts';
import { findMatch } from '../match/registry.ts';
import { protocolNumber } from '../packet/packet.ts';
import type { TargetSpelling } from '../statement/define.ts';
import { findStatement } from '../statement/registry.ts';
import type { TableName } from './builtin.ts';
import { always, join, type Piece, protocolPiece } from './conjunction.ts';
import type { Action, Condition, Item, RuleItem } from './item.ts';
import { modulePlaceProblem } from './module-place.ts';
import { opaqueWords } from './opaque.ts';
import { misplacement } from './targets.ts';
import { hasControlCharacter, writeWords } from './words.ts';

/** What the words of a rule depend on. */
export interface RuleContext extends IptablesTarget {
  readonly table: TableName;
  /** That of the rule's chain, if it is a built-in chain. */
  readonly hook?: Hook | undefined;
  /** The name in this table of a chain of the policy; undefined where there is no such chain. */
  readonly chainName: (name: string) => string | undefined;
  /** What a problem calls the rule at an index of the chain. */
  readonly nameOf: (index: number) => string;
  readonly report: (diagnostic: Diagnostic) => void;
}

/** Nothing behind it is reached. */
type Step = readonly RuleItem[] | 'stop';

/** The items of the rule at an index of its chain; undefined if nothing of it does anything for this family. */
export function itemsOf(rule: Rule, index: number, context: RuleContext): readonly RuleItem[] | undefined {
  const items: RuleItem[] = [];
  let ported = false;
  for (const part of rule.parts) {
    const step = stepOf(part, failer(part, rule, index, context), ported ? { ...context, ported } : context);
    ported ||= leavesPorted(part);
    if (step === 'stop') return items.some(acts) ? items : undefined;
    items.push(...(isPorted(part) ? step.map((item) => behindProtocols(item, items)) : step));
    if (part.kind === 'statement' && findStatement(part.key)?.terminal) break;
  }
  return items;
}

function isPorted(part: Part): boolean {
  return part.kind === 'statement' && findStatement(part.key)?.ported?.(part.args) === true;
}

/** An action that names ports needs a protocol in its own rule, also where that is not the rule that asked for it. */
function behindProtocols(item: RuleItem, before: readonly RuleItem[]): RuleItem {
  if (item.kind === 'cases')
    return { ...item, cases: item.cases.map((one) => one.map((part) => behindProtocols(part, before))) };
  if (item.kind !== 'action' || item.protocols) return item;
  const protocols = before.map(protocolsOf).findLast(({ length }) => length > 0);
  return protocols ? { ...item, protocols } : item;
}

/** The protocols of which a packet must be, if each alternative says one. */
function protocolsOf(item: RuleItem): readonly Piece[] {
  if (item.kind !== 'any') return [];
  const found = item.alternatives.map((pieces) =>
    pieces.find(({ own, words }) => own === 'p' && words[0] !== '!'),
  );
  const pieces = found.flatMap((piece) => (piece ? [piece] : []));
  const byName = new Map(pieces.map((piece) => [piece.words.join(' '), piece]));
  return pieces.length === found.length ? [...byName.values()] : [];
}

function acts(item: RuleItem): boolean {
  return item.kind === 'action' || item.kind === 'cases';
}

/** Whether only packets of protocols with ports pass. */
function leavesPorted(part: Part): boolean {
  return part.kind === 'match' && findMatch(part.key)?.transports?.(part.args) === true;
}

function failer(part: Part, { span }: Rule, index: number, { nameOf, report }: RuleContext): Fail {
  return (why, help, code = 'HK4001') => {
    report(diagnostic(code, `${nameOf(index)}: ${why}`, { span: part.span ?? span, help }));
    return [];
  };
}

function stepOf(part: Part, fail: Fail, context: RuleContext): Step {
  switch (part.kind) {
    case 'match':
      return conditionOf(part, context, fail);
    case 'statement':
      return actionOf(part, context, fail);
    case 'opaque':
      return opaqueItem(part, fail);
  }
}

type Fail = (why: string, help?: string, code?: 'HK4001' | 'HK4002') => Step;

function conditionOf({ key, args }: Match, context: RuleContext, fail: Fail): Step {
  const definition = findMatch(key);
  if (!definition) return fail(`\`${key}\` is no match that iptables can say`);
  if (definition.family && definition.family !== context.family) return 'stop';
  const condition = definition.iptables.write(args, context);
  return conditionItems(key, condition, definition.stateful ?? false, context, fail);
}

function conditionItems(
  key: string,
  condition: SpelledCondition,
  stateful: boolean,
  context: RuleContext,
  fail: Fail,
): Step {
  if (condition.kind === 'never') return 'stop';
  if (condition.kind === 'unsupported') return fail(condition.why, condition.help);
  const protocol = condition.protocol === undefined ? [] : [protocolPiece(condition.protocol)];
  const alternatives = condition.alternatives.map((words) => [...protocol, ...words]);
  if (!alternatives.every(isSound)) return fail(`\`${key}\` would break out of its line in iptables`);
  const [problem] = alternatives.flat().flatMap(({ words }) => modulePlaceProblem(words, context) ?? []);
  if (problem !== undefined) return fail(problem);
  return withProtocol({ kind: condition.kind, alternatives, stateful }, [
    ...protocol,
    ...headerPieces(condition.protocol),
  ]);
}

/** Fragments without a header have no ports, so that nothing is said of theirs. */
function headerPieces(protocol: number | undefined): readonly Piece[] {
  const name = (['tcp', 'udp'] as const).find((one) => protocolNumber[one] === protocol);
  return name ? [header(name)] : [];
}

/** That no alternative holds is said of packets of the protocol only. */
function withProtocol(condition: Condition, protocol: readonly Piece[]): readonly Item[] {
  if (condition.kind === 'any' || protocol.length === 0) return [condition];
  return [{ kind: 'any', alternatives: [protocol], stateful: false }, condition];
}

/** Each word stays one word, and the options fit into one rule. */
function isSound(pieces: readonly Piece[]): boolean {
  return (
    join(always, pieces) !== 'conflict' &&
    pieces.every(({ words }) => !words.some((word) => hasControlCharacter(word)))
  );
}

function actionOf({ key, args }: Statement, context: RuleContext, fail: Fail): Step {
  const definition = findStatement(key);
  if (!definition) return fail(`\`${key}\` is no statement that iptables can say`);
  const spelling = definition.iptables.write(args, context);
  if (spelling.kind === 'nothing') return [];
  if (spelling.kind === 'never') return 'stop';
  if (spelling.kind === 'unsupported') return fail(spelling.why, spelling.help);
  if (spelling.kind === 'condition') return conditionItems(key, spelling.condition, true, context, fail);
  if (spelling.kind === 'cases') return casesOf(key, spelling, context, fail);
  const words = targetWords(spelling, definition.chain?.(args), context);
  if (!words) return fail(`there is no chain \`${definition.chain?.(args)}\` to go to`);
  return checkedAction(words, context, fail, {
    flag: spelling.goto ? '-g' : '-j',
    ...(spelling.protocol !== undefined && { protocols: [protocolPiece(spelling.protocol)] }),
    ends: definition.terminal && (spelling.goto === true || !definition.chain?.(args)),
    leaves: spelling.goto === true || words[0] === 'RETURN',
    changes: definition.changesPacket ?? definition.chain?.(args) !== undefined,
    ...(definition.chain?.(args) !== undefined && { toChain: true }),
  });
}

/** Cases that no packet of this family is in are left out. */
function casesOf(
  key: string,
  { cases, overlapping = false }: Extract<TargetSpelling, { kind: 'cases' }>,
  context: RuleContext,
  fail: Fail,
): Step {
  const found = cases.flatMap(({ when, what, stateful = false }) => {
    const conditions = conditionItems(key, when, stateful, context, fail);
    const action = conditions === 'stop' ? 'stop' : actionOf({ kind: 'statement', ...what }, context, fail);
    return conditions === 'stop' || action === 'stop' ? [] : [[...conditions, ...action]];
  });
  return found.length === 0 ? 'stop' : [{ kind: 'cases', cases: found, exclusive: !overlapping }];
}

/** The target with its options; a chain of the policy under its name in iptables. */
function targetWords(
  { words }: TargetSpelling & { kind: 'target' },
  chain: string | undefined,
  context: RuleContext,
): readonly string[] | undefined {
  if (chain === undefined) return words;
  const name = context.chainName(chain);
  return name === undefined ? undefined : [name];
}

function checkedAction(
  words: readonly string[],
  place: RuleContext,
  fail: Fail,
  action: Omit<Action, 'kind' | 'target'> & { readonly flag: '-j' | '-g' },
): Step {
  const [target = ''] = words;
  if (words.some((word) => hasControlCharacter(word)))
    return fail(`\`${target}\` would break out of its line in iptables`);
  const problem = misplacement(words, place);
  if (problem !== undefined) return fail(problem);
  const { flag, ...rest } = action;
  const item: Action = { kind: 'action', target: writeWords([flag, ...words]), ...rest };
  const alternatives = action.protocols?.map((protocol) => [protocol]);
  return alternatives ? [{ kind: 'any', alternatives, stateful: false }, item] : [item];
}

/** Nothing is known of it, so it is taken to count, to change the packet, and to let it go on. */
function opaqueItem(part: OpaquePart, fail: Fail): Step {
  if (part.origin !== 'iptables') {
    const why = `\`${part.text}\` was read from nft and not understood, so iptables can't say it`;
    return fail(why, 'compile to nft, or write the rule in a policy', 'HK4002');
  }
  const words = opaqueWords(part);
  if (!words) return fail(`\`${part.text}\` would break out of its line in iptables`);
  if (part.role === 'match') return [{ kind: 'any', alternatives: [[opaquePiece(words)]], stateful: true }];
  const target = words.join(' ');
  return [{ kind: 'action', target, ends: false, leaves: words[0] === '-g', changes: true }];
}

function opaquePiece(words: readonly string[]): Piece {
  const own = /^-([sdiopf])$/.exec(words.find((word) => word !== '!') ?? '')?.[1];
  return { words, written: true, ...(isOwn(own) && { own }) };
}

function isOwn(letter: string | undefined): letter is 's' | 'd' | 'i' | 'o' | 'p' | 'f' {
  return letter !== undefined && 'sdiopf'.includes(letter);
}
