// Tables and what stands in them: chains and flowtables here, sets and objects in files of their own.
import type { JsonValue } from '../json-value.ts';
import {
  type Cursor,
  expect,
  peek,
  peekText,
  placeFrom,
  take,
  takeComment,
  takeIf,
  takeName,
  takeNumber,
  takeOneOf,
  takeOwnName,
  takeString,
  takeVariable,
  unexpected,
} from './cursor.ts';
import type { ChainSyntax, FlowtableSyntax, Member, PrioritySyntax } from './declaration.ts';
import { type BlockReader, parseBlock, parseDevices } from './parse-block.ts';
import { parseObject, takeObjectKind } from './parse-object.ts';
import { parseSetBlock } from './parse-set.ts';
import { parseRule } from './parse-statement.ts';
import { fail } from './problem.ts';
import type { Expression, RuleSyntax } from './syntax.ts';

/** The block of a table: its members, and what is said of the table itself. */
export function parseTableBlock(
  cursor: Cursor,
  reader: BlockReader,
  members: Member[],
  more: Record<string, JsonValue>,
): void {
  parseBlock(cursor, reader, (inner) => {
    if (takeIf(inner, 'comment')) more['comment'] = takeComment(inner);
    else if (takeIf(inner, 'flags')) more['flags'] = takeTableFlag(inner);
    else members.push(parseMember(inner, reader));
  });
}

function takeTableFlag(cursor: Cursor): string {
  return takeOneOf(cursor, ['dormant', 'owner', 'persist']) ?? unexpected(cursor, 'a flag of a table');
}

/** A chain, set, flowtable or object, from its keyword on. */
function parseMember(cursor: Cursor, reader: BlockReader): Member {
  const keyword = takeOneOf(cursor, ['chain', 'set', 'map', 'flowtable']);
  if (keyword !== undefined) return parseNamed(cursor, reader, keyword);
  const object = takeObjectKind(cursor);
  if (object === undefined) unexpected(cursor, 'a chain, set, map, flowtable or object');
  return parseObject(cursor, reader, object);
}

/** A member of a kind, from its name on. */
export function parseNamed(
  cursor: Cursor,
  reader: BlockReader,
  keyword: 'chain' | 'set' | 'map' | 'flowtable',
): Member {
  if (keyword === 'chain') return parseChain(cursor, reader);
  if (keyword === 'flowtable') return parseFlowtable(cursor, reader);
  return parseSetBlock(cursor, reader, keyword);
}

function parseChain(cursor: Cursor, reader: BlockReader): ChainSyntax {
  const first = peek(cursor);
  const name = takeOwnName(cursor, 'the name of a chain');
  const draft: { base?: NonNullable<ChainSyntax['base']>; policy?: string } = {};
  const more: Record<string, JsonValue> = {};
  const rules: RuleSyntax[] = [];
  const parseLine = (inner: Cursor): void => {
    if (peekText(inner) === 'type' && peekText(inner, 2) === 'hook') draft.base = parseHook(inner);
    else if (takeIf(inner, 'policy')) draft.policy = takePolicy(inner, draft.policy);
    else if (takeIf(inner, 'comment')) more['comment'] = takeComment(inner);
    else if (takeIf(inner, 'flags')) more['flags'] = takeString(inner, '`offload`');
    else rules.push(parseRule(inner));
  };
  if (peekText(cursor) === '{') parseBlock(cursor, reader, parseLine);
  return { kind: 'chain', name, ...draft, more, rules, at: placeFrom(cursor, first) };
}

function parseHook(cursor: Cursor): NonNullable<ChainSyntax['base']> {
  take(cursor);
  const type = takeName(cursor, 'the type of a chain');
  expect(cursor, 'hook');
  const hook = takeName(cursor, 'a hook');
  const devices = parseDeviceNames(cursor);
  return { type, hook, devices, priority: parsePriority(cursor) };
}

function parseDeviceNames(cursor: Cursor): readonly string[] {
  const word = takeOneOf(cursor, ['device', 'devices']);
  if (word === 'devices') expect(cursor, '=');
  return word === undefined ? [] : parseDevices(cursor);
}

/** `priority filter + 10`. */
function parsePriority(cursor: Cursor): PrioritySyntax {
  const first = peek(cursor);
  expect(cursor, 'priority');
  const sign = takeIf(cursor, '-') ? -1 : 1;
  if (peekText(cursor) === '$') return fromVariable(takeVariable(cursor));
  if (sign === -1 || /^\d/.test(peekText(cursor)))
    return { offset: sign * Number(takeNumber(cursor)), at: placeFrom(cursor, first) };
  const name = takeString(cursor, 'a priority');
  const operator = takeOneOf(cursor, ['+', '-']);
  const offset = operator === undefined ? 0 : Number(takeNumber(cursor)) * (operator === '-' ? -1 : 1);
  return { name, offset, at: placeFrom(cursor, first) };
}

function fromVariable(value: Expression): PrioritySyntax {
  if (value.kind !== 'word') return fail('HK5601', 'expected a priority', value.at);
  const number = /^-?\d+$/.test(value.text) ? Number(value.text) : undefined;
  return number === undefined
    ? { name: value.text, offset: 0, at: value.at }
    : { offset: number, at: value.at };
}

function takePolicy(cursor: Cursor, given: string | undefined): string {
  if (given !== undefined) unexpected(cursor, 'one policy');
  if (peekText(cursor) !== '$') {
    const policy = takeOneOf(cursor, ['accept', 'drop']);
    return policy ?? unexpected(cursor, '`accept` or `drop`');
  }
  const value = takeVariable(cursor);
  if (value.kind === 'word' && /^(?:accept|drop)$/.test(value.text)) return value.text;
  return fail('HK5601', 'expected `accept` or `drop`', value.at);
}

function parseFlowtable(cursor: Cursor, reader: BlockReader): FlowtableSyntax {
  const first = peek(cursor);
  const name = takeOwnName(cursor, 'the name of a flowtable');
  const draft: { hook?: string; priority?: PrioritySyntax; devices: readonly string[] } = { devices: [] };
  const more: Record<string, JsonValue> = {};
  parseBlock(cursor, reader, (inner) => {
    if (takeIf(inner, 'hook')) {
      draft.hook = takeName(inner, 'a hook');
      draft.priority = parsePriority(inner);
    } else if (takeIf(inner, 'devices')) {
      expect(inner, '=');
      draft.devices = parseDevices(inner);
    } else if (takeIf(inner, 'counter')) more['counter'] = true;
    else if (takeIf(inner, 'flags')) more['flags'] = takeString(inner, '`offload`');
    else unexpected(inner, 'a property of the flowtable');
  });
  return { kind: 'flowtable', name, ...draft, more, at: placeFrom(cursor, first) };
}
