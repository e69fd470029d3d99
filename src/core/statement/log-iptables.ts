// How `log` is said in iptables: LOG for the kernel log, NFLOG for listeners.
import {
  type GivenOption,
  type IptablesReader,
  isRefusal,
  type Refusal,
  refuse,
} from '../match/iptables-spelling.ts';
import { iptablesTextProblem } from '../match/quote.ts';
import type { TargetSpelling } from './define.ts';
import { type Flag, flagNames, type Group, type Log, levels, orderFlags, plainLog } from './log-args.ts';
import { clash, isGiven, negation, numberWord, parseNumberWord, wordOf } from './option-words.ts';
import { cutText } from './target.ts';

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

function nflogWords({ prefix }: Log, { number = 0n, range, snaplen, threshold }: Group): readonly string[] {
  return [
    'NFLOG',
    ...(prefix === undefined ? [] : ['--nflog-prefix', prefix]),
    ...(number === 0n ? [] : ['--nflog-group', `${number}`]),
    ...(range === undefined ? [] : ['--nflog-range', `${range}`]),
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
  complete: true,
  read: (given) => {
    const prefix = readPrefix(given, '--log-prefix', logPrefixLimit);
    const level = readLevel(wordOf(given, '--log-level') ?? '4');
    const flags = flagNames.filter((flag) => isGiven(given, flagOptions[flag]));
    if (isRefusal(prefix)) return prefix;
    if (isRefusal(level)) return level;
    return negation(given) ?? { level, flags: orderFlags(flags), ...prefix };
  },
};

/** iptables refuses an empty prefix, and cuts off a longer one. */
function readPrefix(
  given: readonly GivenOption[],
  option: string,
  limit: number,
): { readonly prefix?: string } | Refusal {
  const text = wordOf(given, option);
  if (text === '') return refuse(`\`${option}\` takes a text that is not empty`);
  return text === undefined ? {} : { prefix: cutText(text, limit) };
}

/** By number or syslog's names, some of them old (libxtables: log levels of extensions/libxt_LOG.c). */
function readLevel(text: string): Log['level'] | Refusal {
  const known: Readonly<Record<string, Log['level']>> = {
    panic: 'emerg',
    error: 'err',
    warning: 'warn',
    ...Object.fromEntries(
      (['emerg', 'alert', 'crit', 'notice', 'info', 'debug'] as const).map((level) => [level, level]),
    ),
  };
  const number = parseNumberWord(text, 7n);
  const level = number === undefined ? known[text] : levels[Number(number)];
  return level ?? refuse(`there is no log level \`${text}\``);
}

const nflogReader: IptablesReader<Log> = {
  module: 'NFLOG',
  options: {
    '--nflog-prefix': 1,
    '--nflog-group': 1,
    '--nflog-range': 1,
    '--nflog-size': 1,
    '--nflog-threshold': 1,
  },
  takes: 'together',
  complete: true,
  read: (given) => {
    const wrong = negation(given) ?? clash(given, ['--nflog-range', '--nflog-size']);
    const prefix = wrong ?? readPrefix(given, '--nflog-prefix', nflogPrefixLimit);
    const group = wrong ?? readGroup(given);
    if (isRefusal(prefix)) return prefix;
    return isRefusal(group) ? group : { ...plainLog, group, ...prefix };
  },
};

const nflogNumbers = [
  ['number', '--nflog-group', 0xffffn],
  ['range', '--nflog-range', 0xffffffffn],
  ['snaplen', '--nflog-size', 0xffffffffn],
  ['threshold', '--nflog-threshold', 0xffffn],
] as const;

/** What is zero says nothing, but for the size. */
function readGroup(given: readonly GivenOption[]): Group | Refusal {
  let group: Group = { number: 0n };
  for (const [part, option, max] of nflogNumbers) {
    const text = wordOf(given, option);
    const value = text === undefined ? 0n : numberWord(option, text, max);
    if (isRefusal(value)) return value;
    if (value !== 0n || (text !== undefined && part === 'snaplen')) group = { ...group, [part]: value };
  }
  return group;
}

/** Readers of both targets. */
export const logReaders = [logReader, nflogReader];
