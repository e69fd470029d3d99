// What the head of a chain says: its hook, priority, type and policy, or that a built-in chain's name implies them.

import { nearestWord } from '../diagnostic/meant.ts';
import { type Hook, hookOfPriority, hooksOf, ipHooks, priorityNamesOf } from '../hook/hook.ts';
import type { BaseChain, ChainType } from '../ir/ruleset.ts';
import type { Chain, PriorityClause, Table } from '../syntax/ast.ts';
import type { Name, Text } from '../syntax/term.ts';
import { textOf } from '../text/source.ts';
import { interfaceNameProblem } from '../topology/interface-name.ts';
import { type BuiltinChain, builtinChain, isBuiltinName } from './builtin-chain.ts';
import { type Cursor, complainAt, makeCursor, peek, peekValue, takeMark } from './cursor.ts';
import type { Report } from './report.ts';
import { findConstant, type Scope } from './scope.ts';

/** A base chain whose type may yet follow from its rules. */
export interface BaseClauses extends Omit<BaseChain, 'type'> {
  readonly type?: ChainType;
}

/** The hook of a chain and what belongs to it; undefined for a chain without one, or after an error in it. */
export function readBaseClauses(
  chain: Chain,
  table: Table,
  scope: Scope,
  report: Report,
): BaseClauses | undefined {
  const policy = readPolicy(chain.policy, report);
  return chain.hook
    ? readWithHook(chain, { hook: chain.hook, family: table.family?.text ?? 'ip', scope }, policy, report)
    : readWithoutHook(chain, table, policy, report);
}

type Policy = BaseChain['policy'];

function readPolicy(policy: Name | undefined, report: Report): Policy {
  if (!policy || policy.text === 'accept' || policy.text === 'drop')
    return policy?.text === 'drop' ? 'drop' : 'accept';
  report.complain('HK2020', `\`${policy.text}\` is not a policy`, {
    span: policy.span,
    help: 'a policy is `accept` or `drop`',
  });
  return 'accept';
}

/** A hook as it is written, in a table of some family. */
interface HookClause {
  readonly hook: Name;
  readonly family: string;
  readonly scope: Scope;
}

function readWithHook(
  chain: Chain,
  clause: HookClause,
  policy: Policy,
  report: Report,
): BaseClauses | undefined {
  const hook = readHook(clause, report);
  const type = chain.type && hook && readType(chain.type, hook, report);
  const priority = hook && readPriority(chain, { ...clause, at: hook }, report);
  if (!hook || priority === undefined || (chain.type && !type)) return undefined;
  if (!checkDevice(chain, hook, report)) return undefined;
  const devices = chain.devices?.map(({ value }) => value);
  return { hook, priority, policy, ...(type && { type }), ...(devices && { devices }) };
}

function readHook({ hook: { text, span }, family }: HookClause, report: Report): Hook | undefined {
  const hooks = hooksOf(family);
  const hook = hooks.find((one) => one === text);
  if (hook) return hook;
  const help = nearestWord(text, hooks) ?? `the hooks are ${hooks.join(', ')}`;
  const where = isHook(text) ? `at which tables of family ${family} have chains` : '';
  return report.complain('HK2015', `\`${text}\` is not a hook ${where}`.trimEnd(), { span, help });
}

function isHook(text: string): boolean {
  return text === 'ingress' || text === 'egress' || ipHooks.some((hook) => hook === text);
}

/** At ingress and egress chains hang on devices, elsewhere one is for all. */
function checkDevice({ devices = [], name }: Chain, hook: Hook, report: Report): boolean {
  const needed = hook === 'ingress' || hook === 'egress';
  const [device] = devices;
  if (needed === (device !== undefined)) return checkDeviceNames(devices, report);
  const { span } = device ?? name;
  const help = needed ? `write \`hook ${hook} device "eth0"\`` : 'match the interface with `iif` or `oif`';
  const message = needed ? `a chain at ${hook} needs a device` : `a chain at ${hook} has no device`;
  report.complain('HK2018', message, { span, help });
  return false;
}

function checkDeviceNames(devices: readonly Text[], report: Report): boolean {
  for (const { value, span } of devices) {
    const problem = interfaceNameProblem(value);
    if (problem === undefined) continue;
    report.complain('HK3008', `interface name \`${value}\` ${problem}`, { span });
    return false;
  }
  return true;
}

/** The hooks of each chain type (nf_tables: nft_chain_filter, nft_chain_nat, nft_chain_route). */
const typeHooks: Readonly<Record<ChainType, readonly Hook[]>> = {
  filter: ['ingress', ...ipHooks, 'egress'],
  nat: ['prerouting', 'input', 'output', 'postrouting'],
  route: ['output'],
};

/** Whether chains of a type can hang on a hook. */
export function typeFits(type: ChainType, hook: Hook): boolean {
  return typeHooks[type].includes(hook);
}

function readType(name: Name, hook: Hook, report: Report): ChainType | undefined {
  const { text, span } = name;
  const type = (['filter', 'nat', 'route'] as const).find((one) => one === text);
  if (!type)
    return report.complain('HK2017', `\`${text}\` is not a chain type`, {
      span,
      help: 'the types are filter, nat and route',
    });
  if (typeFits(type, hook)) return type;
  const help = `type ${type} exists at ${typeHooks[type].join(', ')}`;
  return report.complain('HK2017', `a chain of type \`${type}\` cannot hang on ${hook}`, { span, help });
}

/** A hook that there is. */
interface HookPlace extends HookClause {
  readonly at: Hook;
}

function readPriority({ name, priority }: Chain, place: HookPlace, report: Report): number | undefined {
  if (!priority)
    return report.complain('HK2018', `base chain \`${name.text}\` has no priority`, {
      span: name.span,
      help: `write \`hook ${place.at} priority filter\``,
    });
  const { base: word } = priority;
  const base = word ? readPriorityValue(word, place, report) : 0;
  return base === undefined ? undefined : inRange(base + priority.offset, priority, report);
}

/** The name of a priority, or of a constant that holds one: `filter`, `-5`, `filter + 5`. */
function readPriorityValue(word: Name, place: HookPlace, report: Report): number | undefined {
  if (!findConstant(place.scope, word.text)) return readPriorityName(word, place, report);
  const cursor = makeCursor([{ kind: 'word', ...word }], word.span, place.scope, report);
  const first = peekValue(cursor);
  if (first === 'broken' || !first) return undefined;
  const isNamed = first.term.kind === 'word';
  if (isNamed) cursor.at++;
  const base = first.term.kind === 'word' ? readPriorityName(first.term, place, report) : 0;
  const sign = takeMark(cursor, '-') ? -1 : takeMark(cursor, '+') || !isNamed ? 1 : 0;
  const size = sign === 0 ? 0n : takeNumber(cursor);
  const rest = peek(cursor);
  if (base === undefined || (size !== undefined && !rest))
    return base === undefined ? undefined : base + sign * Number(size ?? 0n);
  return complainAt(cursor, rest, 'HK2016', `\`${word.text}\` does not hold a priority`, {
    help: 'it is a number or a name such as `filter`',
  });
}

function takeNumber(cursor: Cursor): bigint | undefined {
  const next = peekValue(cursor);
  if (next === 'broken' || next?.term.kind !== 'number') return undefined;
  cursor.at++;
  return next.term.value;
}

function readPriorityName(
  { text, span }: Name,
  { at: hook, family }: HookPlace,
  report: Report,
): number | undefined {
  const priorityValues = priorityNamesOf(family);
  const value = priorityValues.get(text);
  if (value === undefined) {
    const help = nearestWord(text, priorityValues.keys()) ?? 'it is a number or a name such as `filter`';
    return report.complain('HK2016', `\`${text}\` is not a priority`, { span, help });
  }
  const only = hookOfPriority(text);
  if (only === undefined || only === hook) return value;
  const help = `write \`${value}\``;
  return report.complain('HK2016', `priority \`${text}\` exists at ${only} only`, { span, help });
}

function inRange(value: number, { span }: PriorityClause, report: Report): number | undefined {
  if (Math.abs(value) <= 0x7fffffff) return value;
  return report.complain('HK2016', `\`${textOf(span)}\` does not fit in 32 bits`, { span });
}

function readWithoutHook(
  chain: Chain,
  table: Table,
  policy: Policy,
  report: Report,
): BaseClauses | undefined {
  const built = impliedChain(chain, table);
  const needsHook = chain.type ?? chain.devices?.[0] ?? chain.priority ?? (built ? undefined : chain.policy);
  if (needsHook)
    return report.complain('HK2018', `\`${textOf(needsHook.span)}\` needs a hook`, {
      span: needsHook.span,
      help: 'write `hook input` before it, or another hook',
    });
  if (!built && !chain.name.quoted && isBuiltinName(table.name.text, chain.name.text))
    report.complain('HK2019', `table \`${table.name.text}\` has no built-in chain \`${chain.name.text}\``, {
      span: chain.name.span,
      help: 'name a hook, give the chain another name, or quote this one',
    });
  return built && { ...built, policy };
}

/** What the chain's name implies; nothing in quotes, and in a family that iptables does not have. */
function impliedChain({ name }: Chain, table: Table): BuiltinChain | undefined {
  const isForeign = ['arp', 'bridge', 'netdev'].includes(table.family?.text ?? '');
  return name.quoted || isForeign ? undefined : builtinChain(table.name.text, name.text);
}
