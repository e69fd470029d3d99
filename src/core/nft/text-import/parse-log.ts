// The `log` statement.
import type { JsonObject } from '../json-value.ts';
import {
  type Cursor,
  expect,
  findVariable,
  peek,
  placeFrom,
  takeIf,
  takeOneOf,
  takeSize,
  takeString,
  unexpected,
} from './cursor.ts';
import { fail } from './problem.ts';
import type { Place } from './syntax.ts';

const levels = ['emerg', 'alert', 'crit', 'err', 'warn', 'notice', 'info', 'debug', 'audit'] as const;
/** In the order in which nft lists them. */
const allFlags = ['tcp sequence', 'tcp options', 'ip options', 'skuid', 'ether'] as const;

interface Log {
  prefix?: string;
  group?: number;
  snaplen?: number;
  'queue-threshold'?: number;
  level?: string;
}

/** As nft JSON has it, from behind the keyword on. */
export function parseLog(cursor: Cursor): JsonObject {
  const first = peek(cursor);
  const flags = new Set<string>();
  const log: Log = {};
  for (;;) {
    const word = takeOneOf(cursor, ['prefix', 'group', 'snaplen', 'queue-threshold', 'level', 'flags']);
    if (word === undefined) break;
    if (word === 'prefix') log.prefix = takePrefix(cursor);
    else if (word === 'level') log.level = takeLevel(cursor);
    else if (word === 'flags') takeFlags(cursor, flags);
    else log[word] = takeSize(cursor);
  }
  checkTogether(log, flags, placeFrom(cursor, first));
  const { level, ...rest } = log;
  const listed = flags.size === allFlags.length ? ['all'] : allFlags.filter((flag) => flags.has(flag));
  const json: JsonObject = {
    ...rest,
    ...(level !== undefined && level !== 'warn' && { level }),
    ...(listed.length > 0 && { flags: listed.length === 1 ? (listed[0] ?? '') : listed }),
  };
  return { log: Object.keys(json).length === 0 ? null : json };
}

/** nftables: src/evaluate.c: stmt_evaluate_log. */
function checkTogether(log: Log, flags: ReadonlySet<string>, at: Place): void {
  const toGroup =
    log.group !== undefined || log.snaplen !== undefined || log['queue-threshold'] !== undefined;
  if (toGroup && log.level !== undefined)
    fail('HK5604', 'a log goes to a group or to the kernel log with a level', at);
  if (toGroup && flags.size > 0) fail('HK5604', 'a log to a group takes no flags', at);
  if (log.level === 'audit' && (log.prefix !== undefined || flags.size > 0))
    fail('HK5604', 'a log to the audit system takes no further options', at);
}

/** Variables are written out in it. */
function takePrefix(cursor: Cursor): string {
  const first = peek(cursor);
  const text = takeString(cursor, 'a prefix').replaceAll(/\$([A-Za-z_][\w.-]*)/g, (found, name: string) => {
    const value = findVariable(cursor.scope, name);
    return value?.kind === 'word' ? value.text : found;
  });
  if (text.length > 127)
    fail('HK5604', 'the prefix of a log has more than 127 bytes', placeFrom(cursor, first));
  return text;
}

function takeLevel(cursor: Cursor): string {
  const first = peek(cursor);
  const word = takeString(cursor, 'a level');
  if (levels.some((level) => level === word)) return word;
  return fail('HK5601', `expected one of ${levels.join(', ')}, found \`${word}\``, placeFrom(cursor, first));
}

function takeFlags(cursor: Cursor, into: Set<string>): void {
  const word = takeOneOf(cursor, ['tcp', 'ip', 'skuid', 'ether', 'all']);
  if (word === undefined) unexpected(cursor, 'a flag of `log`');
  if (word === 'all') for (const flag of allFlags) into.add(flag);
  else if (word === 'ip') {
    expect(cursor, 'options');
    into.add('ip options');
  } else if (word === 'tcp') takeTcpFlags(cursor, into);
  else into.add(word);
}

function takeTcpFlags(cursor: Cursor, into: Set<string>): void {
  do {
    const word = takeOneOf(cursor, ['sequence', 'options']);
    if (word === undefined) unexpected(cursor, '`sequence` or `options`');
    into.add(`tcp ${word}`);
  } while (takeIf(cursor, ','));
}
