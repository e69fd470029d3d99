// How `log` is said in iptables: LOG for the kernel log, NFLOG for listeners.
import type { GivenOption, IptablesReader } from '../match/iptables-spelling.ts';
import { iptablesTextProblem } from '../match/quote.ts';
import type { TargetSpelling } from './define.ts';
import { type Flag, flagNames, type Group, type Log, levels, orderFlags, plainLog } from './log-args.ts';

/** include/uapi/linux/netfilter/xt_LOG.h and xt_NFLOG.h, less the final zero. */
const logPrefixLimit = 29;
const nflogPrefixLimit = 63;

const flagOptions: Readonly<Record<Flag, string>> = {
  'tcp sequence': '--log-tcp-sequence',
  'tcp options': '--log-tcp-options',
  'ip options': '--log-ip-options',
  skuid: '--log-uid',
  ether: '--log-macdecode',
};

/** The target for a log statement. */
export function writeLogTarget(args: Log): TargetSpelling {
  const limit = args.group ? nflogPrefixLimit : logPrefixLimit;
  const problem = args.prefix === undefined ? undefined : iptablesTextProblem(args.prefix, limit);
  if (problem !== undefined) return { kind: 'unsupported', why: `the log prefix has ${problem}` };
  if (args.group) return { kind: 'target', words: nflogWords(args, args.group) };
  const level = levels.indexOf(args.level);
  if (args.level === 'audit') return { kind: 'unsupported', why: "iptables' LOG has no level `audit`" };
  return { kind: 'target', words: logWords(args, level) };
}

function logWords({ prefix, flags, level }: Log, number: number): readonly string[] {
  return [
    'LOG',
    ...(prefix === undefined ? [] : ['--log-prefix', prefix]),
    ...(level === plainLog.level ? [] : ['--log-level', `${number}`]),
    ...flags.map((flag) => flagOptions[flag]),
  ];
}

function nflogWords({ prefix }: Log, { number = 0n, snaplen, threshold }: Group): readonly string[] {
  return [
    'NFLOG',
    ...(prefix === undefined ? [] : ['--nflog-prefix', prefix]),
    ...(number === 0n ? [] : ['--nflog-group', `${number}`]),
    ...(snaplen === undefined ? [] : ['--nflog-size', `${snaplen}`]),
    ...(threshold === undefined ? [] : ['--nflog-threshold', `${threshold}`]),
  ];
}

const logReader: IptablesReader<Log> = {
  module: 'LOG',
  options: {
    '--log-prefix': 1,
    '--log-level': 1,
    ...Object.fromEntries(Object.values(flagOptions).map((option) => [option, 0])),
  },
  takes: 'together',
  read: (given) => {
    const prefix = wordOf(given, '--log-prefix');
    const level = readLevel(wordOf(given, '--log-level') ?? plainLog.level);
    const flags = flagNames.filter((flag) => given.some(({ option }) => option === flagOptions[flag]));
    return level && { level, flags: orderFlags(flags), ...(prefix !== undefined && { prefix }) };
  },
};

/** By number or name; syslog's `warning`, `error` and `panic` are older names. */
function readLevel(text: string): Log['level'] | undefined {
  const older = new Map([
    ['warning', 'warn'],
    ['error', 'err'],
    ['panic', 'emerg'],
  ]);
  if (/^[0-7]$/.test(text)) return levels[Number(text)];
  const name = older.get(text) ?? text;
  return levels.find((level) => level === name && level !== 'audit');
}

const nflogReader: IptablesReader<Log> = {
  module: 'NFLOG',
  options: { '--nflog-prefix': 1, '--nflog-group': 1, '--nflog-size': 1, '--nflog-threshold': 1 },
  takes: 'together',
  read: (given) => {
    const prefix = wordOf(given, '--nflog-prefix');
    const number = readNumber(wordOf(given, '--nflog-group') ?? '0');
    const snaplen = readNumber(wordOf(given, '--nflog-size'));
    const threshold = readNumber(wordOf(given, '--nflog-threshold'));
    if (number === undefined || snaplen === null || threshold === null || number === null) return undefined;
    const group: Group = {
      number,
      ...(snaplen !== undefined && { snaplen }),
      ...(threshold !== undefined && { threshold }),
    };
    return { ...plainLog, group, ...(prefix !== undefined && { prefix }) };
  },
};

function wordOf(given: readonly GivenOption[], option: string): string | undefined {
  return given.find((one) => one.option === option)?.words[0];
}

/** Null where there is a word and it is no number. */
function readNumber(text: string | undefined): bigint | undefined | null {
  if (text === undefined) return undefined;
  return /^\d{1,10}$/.test(text) ? BigInt(text) : null;
}

/** Readers of both targets. */
export const logReaders = [logReader, nflogReader];
