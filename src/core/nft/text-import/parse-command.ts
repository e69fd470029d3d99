// A whole text of nft: commands and blocks, one after another.
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { Family } from '../../ir/ruleset.ts';
import type { Include } from '../../text/include.ts';
import type { Source } from '../../text/source.ts';
import type { JsonValue } from '../json-value.ts';
import {
  atEnd,
  atSeparator,
  type Cursor,
  newCursor,
  peek,
  peekText,
  placeFrom,
  take,
  takeIf,
  takeOneOf,
  takeOwnName,
  takeSize,
  unexpected,
} from './cursor.ts';
import type { Command, Member, TableName } from './declaration.ts';
import { type BlockReader, parseItems } from './parse-block.ts';
import { parseObject, takeObjectKind } from './parse-object.ts';
import { parseElements } from './parse-set.ts';
import { parseRule } from './parse-statement.ts';
import { parseNamed, parseTableBlock } from './parse-table.ts';
import { attempt, fail } from './problem.ts';
import { placeOf } from './syntax.ts';

type Part = Command extends infer Each ? (Each extends Command ? Omit<Each, 'at'> : never) : never;

/** Hands on each command of a text as it is read, and reports what is none. */
export function parseCommands(
  source: Source,
  include: Include,
  handle: (command: Command) => void,
  report: (problem: Diagnostic) => void,
): void {
  const cursor = newCursor(source, { outer: undefined, values: new Map() }, report);
  const reader: BlockReader = { include, within: [] };
  const parseItem = (inner: Cursor): void => {
    const first = peek(inner);
    const part = parseCommand(inner, reader);
    handle({ ...part, at: placeFrom(inner, first) });
  };
  while (!atEnd(cursor)) {
    parseItems(cursor, reader, parseItem);
    if (atEnd(cursor)) return;
    attempt(() => unexpected(cursor, 'a command'), report);
    take(cursor);
  }
}

function parseCommand(cursor: Cursor, reader: BlockReader): Part {
  const word = peekText(cursor);
  const parse = Object.hasOwn(commands, word) ? commands[word] : undefined;
  if (!parse) return parseAdded(cursor, reader, false);
  take(cursor);
  return parse(cursor, reader);
}

const commands: Readonly<Record<string, (cursor: Cursor, reader: BlockReader) => Part>> = {
  add: (cursor, reader) => parseAdded(cursor, reader, false),
  create: (cursor, reader) => parseAdded(cursor, reader, true),
  insert: (cursor) => {
    takeIf(cursor, 'rule');
    return parseRuleCommand(cursor, true);
  },
  delete: (cursor) => parseDelete(cursor),
  destroy: (cursor) => parseDelete(cursor),
  flush: (cursor) => parseFlush(cursor),
  list: skipListing,
  rename: (cursor) => {
    takeIf(cursor, 'chain');
    const table = takeTable(cursor);
    const chain = takeOwnName(cursor, 'the name of a chain');
    return { kind: 'rename', ...table, chain, to: takeOwnName(cursor, 'a new name') };
  },
  ...Object.fromEntries(
    ['reset', 'replace', 'monitor', 'describe', 'export', 'import', 'get'].map((word) => [
      word,
      (cursor: Cursor) => refuse(cursor, word),
    ]),
  ),
};

/** A listing changes nothing. */
function skipListing(cursor: Cursor): Part {
  while (!atSeparator(cursor) && peekText(cursor) !== '}') take(cursor);
  return { kind: 'nothing' };
}

/** Commands that need to know what the kernel has loaded. */
function refuse(cursor: Cursor, what: string): never {
  const at = placeOf(cursor.source, peek(cursor, -1));
  const help = 'import what `nft list ruleset` prints instead';
  return fail('HK5607', `\`${what}\` refers to what the kernel has loaded`, at, help);
}

const families = ['ip', 'ip6', 'inet', 'arp', 'bridge', 'netdev'] as const;

/** A table is of the family `ip` where none is said. */
function takeTable(cursor: Cursor): TableName {
  const family: Family = takeOneOf(cursor, families) ?? 'ip';
  return { family, table: takeOwnName(cursor, 'the name of a table') };
}

function parseAdded(cursor: Cursor, reader: BlockReader, isNew: boolean): Part {
  const word = peekText(cursor);
  if (takeIf(cursor, 'table')) return parseTable(cursor, reader, isNew);
  const keyword = takeOneOf(cursor, ['chain', 'set', 'map', 'flowtable']);
  if (keyword !== undefined)
    return { kind: 'member', isNew, ...takeTable(cursor), member: parseNamed(cursor, reader, keyword) };
  if (takeIf(cursor, 'element')) return parseElementCommand(cursor, false);
  const object = takeObjectKind(cursor);
  if (object !== undefined)
    return { kind: 'member', isNew, ...takeTable(cursor), member: parseObject(cursor, reader, object) };
  if (!takeIf(cursor, 'rule') && !/^[A-Za-z_]/.test(word)) unexpected(cursor, 'a command');
  return parseRuleCommand(cursor, false);
}

function parseTable(cursor: Cursor, reader: BlockReader, isNew: boolean): Part {
  const name = takeTable(cursor);
  const members: Member[] = [];
  const more: Record<string, JsonValue> = {};
  if (peekText(cursor) === '{') parseTableBlock(cursor, reader, members, more);
  return { kind: 'table', isNew, ...name, more, members };
}

/** A rule with its place in the chain; `handle` and `position` mean rules that the kernel has numbered. */
function parseRuleCommand(cursor: Cursor, isInsert: boolean): Part {
  const table = takeTable(cursor);
  const chain = takeOwnName(cursor, 'the name of a chain');
  if (takeOneOf(cursor, ['handle', 'position']) !== undefined) refuse(cursor, 'handle');
  const index = takeIf(cursor, 'index') ? takeSize(cursor, 'the index of a rule') : undefined;
  const beside = isInsert ? { before: index ?? 0 } : { behind: index ?? 0 };
  const end = isInsert ? 'first' : 'last';
  return {
    kind: 'rule',
    ...table,
    chain,
    where: index === undefined ? end : beside,
    rule: parseRule(cursor),
  };
}

function parseElementCommand(cursor: Cursor, isDeletion: boolean): Part {
  const table = takeTable(cursor);
  const set = takeOwnName(cursor, 'the name of a set');
  return { kind: 'elements', ...table, isDeletion, set, elements: parseElements(cursor) };
}

function parseDelete(cursor: Cursor): Part {
  if (takeIf(cursor, 'element')) return parseElementCommand(cursor, true);
  if (takeIf(cursor, 'rule')) refuse(cursor, 'delete rule');
  const what = takeOneOf(cursor, ['table', 'chain', 'set', 'map', 'flowtable']) ?? takeObjectKind(cursor);
  if (what === undefined) unexpected(cursor, 'what is to be deleted');
  if (peekText(cursor, 1) === 'handle' || peekText(cursor) === 'handle') refuse(cursor, 'handle');
  const table = takeTable(cursor);
  if (what === 'table') return { kind: 'delete', ...table, what, name: table.table };
  return { kind: 'delete', ...table, what, name: takeOwnName(cursor, `the name of a ${what}`) };
}

function parseFlush(cursor: Cursor): Part {
  if (takeIf(cursor, 'ruleset')) {
    const family = takeOneOf(cursor, families);
    return { kind: 'flush', what: 'ruleset', ...(family && { family }) };
  }
  const what = takeOneOf(cursor, ['table', 'chain', 'set', 'map', 'meter']);
  if (what === undefined) unexpected(cursor, 'what is to be flushed');
  const table = takeTable(cursor);
  if (what === 'table' || what === 'chain')
    return {
      kind: 'flush',
      what,
      ...table,
      name: what === 'table' ? table.table : takeOwnName(cursor, 'the name of a chain'),
    };
  return { kind: 'flush', what: 'set', ...table, name: takeOwnName(cursor, 'the name of a set') };
}
