// How `log` is written in the language.

import type { DataType } from '../datatype/define.ts';
import { numberType } from '../datatype/define.ts';
import { byteLength, quote } from '../match/quote.ts';
import type { TermReader } from '../match/reader.ts';
import { textOf } from '../text/source.ts';
import { type Flag, flagNames, type Group, type Log, levels, orderFlags, plainLog } from './log-args.ts';

/** include/net/netfilter/nf_log.h: NF_LOG_PREFIXLEN, less the final zero. */
export const nftPrefixLimit = 127;

const groupNumber = numberType('integer', 'a number up to 65535', 16);
const size = numberType('integer', 'a number', 32);

/** Reads the options, which may come in any order; a prefix needs no word before it. */
export function readLog(reader: TermReader): Log | undefined {
  let args: Log | undefined = plainLog;
  for (let more = true; more && args; ) {
    const next: Log | undefined | false = readOption(reader, args);
    more = next !== false;
    if (next !== false) args = next;
  }
  return args && complete(reader, args);
}

function complete(reader: TermReader, args: Log): Log | undefined {
  if (!args.group) return args;
  if (args.group.number === undefined || args.level !== 'warn' || args.flags.length > 0)
    return reader.refuse(
      'HK3017',
      '`group` and its options are for listeners, `level` and `flags` for the kernel log',
    );
  return args;
}

/** False if no option follows. */
function readOption(reader: TermReader, args: Log): Log | undefined | false {
  if (reader.word('prefix') || textOf(reader.span).startsWith('"')) return readPrefix(reader, args);
  if (reader.word('level')) return readLevel(reader, args);
  if (reader.word('flags')) return readFlags(reader, args);
  if (reader.word('group')) return readGroup(reader, args, 'number', groupNumber);
  if (reader.word('range')) return readGroup(reader, args, 'range', size);
  if (reader.word('snaplen')) return readGroup(reader, args, 'snaplen', size);
  return reader.word('queue-threshold') ? readGroup(reader, args, 'threshold', groupNumber) : false;
}

function readPrefix(reader: TermReader, args: Log): Log | undefined {
  const prefix = reader.text();
  if (prefix === undefined) return undefined;
  if (byteLength(prefix) > nftPrefixLimit)
    return reader.refuse('HK3011', `the prefix has more than ${nftPrefixLimit} bytes`);
  return { ...args, prefix };
}

function readLevel(reader: TermReader, args: Log): Log | undefined {
  const level = reader.word(...levels);
  return level ? { ...args, level } : reader.fail('HK3006', 'no log level', `one of ${levels.join(', ')}`);
}

function readFlags(reader: TermReader, args: Log): Log | undefined {
  const flags = readFlagWords(reader);
  return flags
    ? { ...args, flags: orderFlags([...args.flags, ...flags]) }
    : reader.fail('HK3006', 'no log flag', `one of all, ${flagNames.join(', ')}`);
}

function readFlagWords(reader: TermReader): readonly Flag[] | undefined {
  const word = reader.word('all', 'tcp', 'ip', 'skuid', 'ether');
  if (word === 'all') return flagNames;
  if (word === 'ip') return reader.word('options') && ['ip options'];
  if (word !== 'tcp') return word && [word];
  const flags: Flag[] = [];
  do {
    const part = reader.word('sequence', 'options');
    if (!part) return undefined;
    flags.push(`tcp ${part}`);
  } while (reader.mark(','));
  return flags;
}

function readGroup(reader: TermReader, args: Log, part: keyof Group, type: DataType): Log | undefined {
  const value = reader.single(type);
  return value === undefined ? undefined : { ...args, group: { ...args.group, [part]: value } };
}

/** Writes the statement so that readLog reads the same. */
export function writeLog({ prefix, level, flags, group }: Log): string {
  return [
    'log',
    ...(prefix === undefined ? [] : [`prefix ${quote(prefix)}`]),
    ...(level === 'warn' ? [] : [`level ${level}`]),
    ...(flags.length === flagNames.length ? ['flags all'] : flags.map((flag) => `flags ${flag}`)),
    ...(group ? [writeGroup(group)] : []),
  ].join(' ');
}

function writeGroup({ number, range, snaplen, threshold }: Group): string {
  return [
    `group ${number}`,
    ...(range === undefined ? [] : [`range ${range}`]),
    ...(snaplen === undefined ? [] : [`snaplen ${snaplen}`]),
    ...(threshold === undefined ? [] : [`queue-threshold ${threshold}`]),
  ].join(' ');
}
