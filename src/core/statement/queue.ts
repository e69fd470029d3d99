// `queue`: hands the packet to a program, which decides; in iptables NFQUEUE (net/netfilter/xt_NFQUEUE.c, nft_queue.c).
import type { Range } from '../datatype/range.ts';
import { single } from '../datatype/range.ts';
import { integer16, integer32 } from '../datatype/types.ts';
import { rangeToJson, valueFromJson } from '../match/field-json.ts';
import { writeRange } from '../match/field-language.ts';
import {
  type GivenOption,
  type IptablesTarget,
  isRefusal,
  type Refusal,
  refuse,
} from '../match/iptables-spelling.ts';
import { findingsOf } from '../match/lookup-iptables.ts';
import type { TermReader } from '../match/reader.ts';
import { writeTuple } from '../match/tuple-language.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../nft/json-value.ts';
import { defineStatement, type TargetSpelling } from './define.ts';
import { clash, isGiven, negation, numberWord, parseNumberWord, wordOf } from './option-words.ts';
import {
  misfitOf,
  readSource,
  type Source,
  sourceFromJson,
  sourceOfConntrack,
  sourceToJson,
  writeSource,
} from './source.ts';
import { toAll } from './symbolic.ts';

/** Several queues share the connections; with `fanout` each processor has its own. */
interface Queue {
  readonly queues: Range | Source;
  readonly flags: readonly Flag[];
}

const flagNames = ['bypass', 'fanout'] as const;
type Flag = (typeof flagNames)[number];

function readLanguage(reader: TermReader): Queue | undefined {
  const queues = reader.word('num', 'to')
    ? reader.atField
      ? readFrom(reader)
      : readQueues(reader)
    : single(0n);
  const flags: Flag[] = [];
  for (let flag = reader.word(...flagNames); flag; flag = reader.word(...flagNames)) {
    flags.push(flag);
    reader.mark(',');
  }
  if (!queues) return undefined;
  const problem = problemOf({ queues, flags });
  return problem === undefined ? inOrder(queues, flags) : reader.refuse('HK3017', problem);
}

function readQueues(reader: TermReader): Range | undefined {
  const value = reader.value(integer16);
  if (!value) return undefined;
  const [range, ...others] = value.kind === 'ranges' && !value.braces ? value.ranges : [];
  return range && others.length === 0 ? range : reader.refuse('HK3017', 'this takes one range of queues');
}

/** The number of the queue is worked out. */
function readFrom(reader: TermReader): Source | undefined {
  return readSource(reader, {
    misfit: (reading) => misfitOf(reading, integer32),
    data: (inner) => {
      const number = inner.atom(integer16);
      return number === undefined ? undefined : [number];
    },
    named: { types: [[integer32]] },
  });
}

function inOrder(queues: Range | Source, flags: readonly Flag[]): Queue {
  return { queues, flags: flagNames.filter((flag) => flags.includes(flag)) };
}

/** nf_queue counts the queues in 16 bits. */
function problemOf({ queues, flags }: Queue): string | undefined {
  if ('kind' in queues) return flags.includes('fanout') ? '`fanout` chooses the queue by itself' : undefined;
  const { lo, hi } = queues;
  if (hi - lo === 0xffffn) return 'these are more than 65535 queues';
  return lo === hi && flags.includes('fanout') ? '`fanout` needs several queues' : undefined;
}

function write({ queues, flags }: Queue): string {
  const range =
    'kind' in queues
      ? writeSource(queues, (value) => writeTuple([integer16], value))
      : writeRange(integer16, queues, false);
  return ['queue num', range, ...(flags.length > 0 ? [flags.join(',')] : [])].join(' ');
}

function toJson({ queues, flags }: Queue): JsonObject {
  const [only] = flags;
  return {
    queue: {
      num: 'kind' in queues ? sourceToJson(queues, [integer16]) : rangeToJson(integer16, queues),
      ...(only && { flags: flags.length === 1 ? only : flags }),
    },
  };
}

function fromJson(statement: JsonValue): Queue | undefined {
  if (!isJsonObject(statement) || !('queue' in statement)) return undefined;
  const given = statement['queue'] ?? {};
  if (!isJsonObject(given)) return undefined;
  const { num = 0, flags = [] } = given;
  const value = valueFromJson(integer16, num);
  const [range, ...others] = value?.kind === 'ranges' && !value.braces ? value.ranges : [];
  const names = isJsonArray(flags) ? flags : [flags];
  const known = flagNames.filter((flag) => names.includes(flag));
  const queues = range && others.length === 0 ? range : sourceFromJson(num, [[integer16]]);
  return queues && known.length === names.length ? { queues, flags: known } : undefined;
}

function writeTarget(args: Queue, target: IptablesTarget): TargetSpelling {
  const { queues: range, flags } = args;
  if ('kind' in range) return writeCases(range, flags, target);
  const { lo, hi } = range;
  const queues = lo === hi ? ['--queue-num', `${lo}`] : ['--queue-balance', `${lo}:${hi}`];
  const options = { bypass: '--queue-bypass', fanout: '--queue-cpu-fanout' };
  return { kind: 'target', words: ['NFQUEUE', ...queues, ...flags.map((flag) => options[flag])] };
}

/** NFQUEUE ends its rule, so that no packet is in two cases. */
function writeCases(source: Source, flags: readonly Flag[], target: IptablesTarget): TargetSpelling {
  if (source.kind !== 'map')
    return { kind: 'unsupported', why: "iptables' NFQUEUE takes queues by their numbers only" };
  const findings = findingsOf(source.lookup, target);
  if ('kind' in findings) return findings;
  const cases = findings.flatMap(({ data, ...found }) => {
    const atom = data.kind === 'value' ? data.value[0] : undefined;
    return typeof atom === 'object'
      ? [{ ...found, what: { key: 'queue', args: { queues: atom, flags } } }]
      : [];
  });
  return { kind: 'cases', cases };
}

function readTarget(given: readonly GivenOption[]): Queue | Refusal {
  const wrong = negation(given) ?? clash(given, ['--queue-num', '--queue-balance']);
  if (wrong) return wrong;
  const queues = readRange(wordOf(given, '--queue-num') ?? '0', wordOf(given, '--queue-balance'));
  if (isRefusal(queues)) return queues;
  const flags: readonly Flag[] = [
    ...(isGiven(given, '--queue-bypass') ? (['bypass'] as const) : []),
    ...(isGiven(given, '--queue-cpu-fanout') ? (['fanout'] as const) : []),
  ];
  const problem = problemOf({ queues, flags });
  return problem === undefined ? { queues, flags } : refuse(problem);
}

function readRange(number: string, balance: string | undefined): Range | Refusal {
  if (balance === undefined) {
    const value = numberWord('--queue-num', number, 0xffffn);
    return isRefusal(value) ? value : single(value);
  }
  const [lo, hi, ...others] = balance.split(':').map((text) => parseNumberWord(text, 0xffffn));
  return lo === undefined || hi === undefined || others.length > 0 || lo >= hi
    ? refuse(`\`--queue-balance\` takes two queues, \`0:3\`, not \`${balance}\``)
    : { lo, hi };
}

export const queue = defineStatement<Queue>({
  key: 'queue',
  aliases: ['NFQUEUE'],
  summary: 'Hands the packet to the program that listens there: `queue num 0-3 bypass`.',
  terminal: true,
  read: readLanguage,
  write,
  nft: { write: (args) => ({ statement: toJson(args) }), read: fromJson },
  iptables: {
    write: writeTarget,
    readers: [
      {
        module: 'NFQUEUE',
        options: { '--queue-num': 1, '--queue-balance': 1, '--queue-bypass': 0, '--queue-cpu-fanout': 0 },
        takes: 'together',
        complete: true,
        read: readTarget,
      },
    ],
  },
  refersToConntrack: ({ queues }) => 'kind' in queues && sourceOfConntrack(queues),
  execute: ({ flags }) => ({
    kind: 'verdict',
    verdict: { kind: 'queue' },
    note: `if no program listens, it is ${flags.includes('bypass') ? 'accepted' : 'dropped'}`,
  }),
  symbolic: () => toAll(queueing),
});

const queueing = { kind: 'verdict', verdict: { kind: 'queue' } } as const;

const none = {} as const;

export const oldQueue = defineStatement<typeof none>({
  key: 'QUEUE',
  summary: 'The same as `queue num 0`, as iptables-legacy has it without an extension.',
  terminal: true,
  read: () => none,
  write: () => 'QUEUE',
  nft: { write: () => ({ statement: { queue: { num: 0 } } }), read: () => undefined },
  iptables: {
    write: () => ({ kind: 'target', words: ['QUEUE'] }),
    readers: [{ module: 'QUEUE', options: {}, takes: 'together', complete: true, read: () => none }],
  },
  execute: () => queueing,
  symbolic: () => toAll(queueing),
});
