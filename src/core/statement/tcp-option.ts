// `tcp option maxseg size set` and `reset tcp option`: what both ends agree on in the handshake; in iptables TCPMSS and
// TCPOPTSTRIP (net/netfilter/xt_TCPMSS.c, xt_TCPOPTSTRIP.c, nft_exthdr.c).
import { numberType } from '../datatype/define.ts';
import { integer16 } from '../datatype/types.ts';
import type { EvaluationContext } from '../match/define.ts';
import {
  type GivenOption,
  isRefusal,
  type ReadContext,
  type Refusal,
  refuse,
} from '../match/iptables-spelling.ts';
import type { TermReader } from '../match/reader.ts';
import { isJsonObject, type JsonValue } from '../nft/json-value.ts';
import { protocolNumber } from '../packet/packet.ts';
import { defineStatement, type Effect, type TargetSpelling } from './define.ts';
import { constant, type Operand } from './operand.ts';
import { negation, numberWord, parseNumberWord, wordOf } from './option-words.ts';
import { defineSetter } from './setter.ts';
import { either, isProtocol, passing } from './symbolic.ts';

/** What fits the path to the destination. */
const pathMtu: Operand = { kind: 'reading', reading: { key: 'rt mtu', steps: [] } };

/** With the headers around it a segment fits into 65535 bytes; of both options the clamp counts. */
function readTcpmss(given: readonly GivenOption[], { family }: ReadContext): Operand | Refusal {
  const text = wordOf(given, '--set-mss');
  const limit = family === 'ip' ? 65515n : 65495n;
  const size = text === undefined ? undefined : numberWord('--set-mss', text, limit);
  if (size !== undefined && isRefusal(size)) return size;
  if (given.some(({ option }) => option === '--clamp-mss-to-pmtu')) return pathMtu;
  return negation(given) ?? (size === undefined ? refuse('`TCPMSS` needs an option') : constant(size));
}

function tcpmss(...words: readonly string[]): TargetSpelling {
  return { kind: 'target', words: ['TCPMSS', ...words], protocol: protocolNumber.tcp };
}

export const tcpOptionMaxsegSizeSet = defineSetter({
  key: 'tcp option maxseg size',
  aliases: ['TCPMSS'],
  summary:
    'Lowers the size of segments that a SYN offers, to a number or with `rt mtu` to what fits the path.',
  type: integer16,
  nft: { 'tcp option': { name: 'maxseg', field: 'size' } },
  target: (size) => tcpmss('--set-mss', `${size}`),
  copy: ({ key, steps }) =>
    key === 'rt mtu' && steps.length === 0
      ? tcpmss('--clamp-mss-to-pmtu')
      : { kind: 'unsupported', why: "iptables' TCPMSS knows a number and the path, nothing else" },
  readers: [
    {
      module: 'TCPMSS',
      options: { '--set-mss': 1, '--clamp-mss-to-pmtu': 0 },
      takes: 'together',
      complete: true,
      read: readTcpmss,
    },
  ],
  effect: (size, context) => lowered(`${size}`, context),
  unknown: (context) => lowered('a size that is not known', context),
  symbolic: (_bits, context) =>
    either(context, isProtocol(context, protocolNumber.tcp), [{ kind: 'none' }, { kind: 'mismatch' }]),
});

/** What is not TCP fails the rule (net/netfilter/nft_exthdr.c: nft_exthdr_tcp_set_eval). */
function lowered(size: string, { view: { packet } }: EvaluationContext): Effect {
  return packet.protocol === protocolNumber.tcp
    ? { kind: 'none', note: `segments of at most ${size}` }
    : { kind: 'mismatch', condition: 'TCP', actual: `protocol ${packet.protocol}` };
}

interface Stripped {
  /** Kinds of options, ascending. */
  readonly kinds: readonly bigint[];
}

/** nft's names (src/tcpopt.c); both ends of the list can't be stripped. */
const optionKind = numberType('tcp_option', 'a TCP option', 8, {
  eol: 0,
  nop: 1,
  maxseg: 2,
  window: 3,
  'sack-perm': 4,
  'sack-permitted': 4,
  sack: 5,
  timestamp: 8,
  md5sig: 19,
  mptcp: 30,
  fastopen: 34,
});

/** Names of extensions/libxt_TCPOPTSTRIP.c. */
const iptablesNames: Readonly<Record<string, bigint>> = {
  wscale: 3n,
  mss: 2n,
  'sack-permitted': 4n,
  sack: 5n,
  timestamp: 8n,
  md5: 19n,
};

function inOrder(kinds: readonly bigint[]): Stripped {
  return { kinds: [...new Set(kinds)].toSorted((a, b) => Number(a - b)) };
}

function readKinds(reader: TermReader): Stripped | undefined {
  if (reader.word('none')) return { kinds: [] };
  const kinds: bigint[] = [];
  do {
    const kind = reader.single(optionKind);
    if (kind === undefined) return undefined;
    kinds.push(kind);
  } while (reader.mark(','));
  return inOrder(kinds);
}

/** An option without a name is named by its kind alone. */
function kindToJson(kind: bigint): JsonValue {
  const name = optionKind.toJson(kind);
  return typeof name === 'string' ? { name } : { base: name, offset: 0, len: 0 };
}

function kindFromJson(statement: JsonValue): bigint | undefined {
  const reset = isJsonObject(statement) ? statement['reset'] : undefined;
  const option = isJsonObject(reset) ? reset['tcp option'] : undefined;
  if (!isJsonObject(option) || 'field' in option) return undefined;
  const { name, base } = option;
  if (typeof name === 'string') return optionKind.parse(name);
  return typeof base === 'number' ? optionKind.parse(`${base}`) : undefined;
}

function readStrip(given: readonly GivenOption[]): Stripped | Refusal {
  const words = wordOf(given, '--strip-options')?.split(',') ?? [];
  const kinds: bigint[] = [];
  for (const word of words) {
    const kind = iptablesNames[word] ?? parseNumberWord(word, 255n);
    if (kind === undefined || kind < 2n) return refuse(`\`${word}\` is no TCP option that can be stripped`);
    kinds.push(kind);
  }
  return negation(given) ?? inOrder(kinds);
}

export const resetTcpOption = defineStatement<Stripped>({
  key: 'reset tcp option',
  summary: 'Overwrites options of the TCP header with padding: `reset tcp option window, timestamp`.',
  terminal: false,
  read: readKinds,
  write: ({ kinds }) =>
    `reset tcp option ${kinds.length === 0 ? 'none' : kinds.map(optionKind.format).join(', ')}`,
  nft: {
    write: ({ kinds: [kind, ...others] }) =>
      kind === undefined || others.length > 0
        ? { unsupported: 'nft resets one TCP option in a statement; write one statement for each' }
        : { statement: { reset: { 'tcp option': kindToJson(kind) } } },
    read: (statement) => {
      const kind = kindFromJson(statement);
      return kind === undefined ? undefined : { kinds: [kind] };
    },
  },
  iptables: {
    write: ({ kinds }) =>
      kinds.some((kind) => kind < 2n)
        ? { kind: 'unsupported', why: 'iptables strips no TCP options of one byte' }
        : {
            kind: 'target',
            words: ['TCPOPTSTRIP', ...(kinds.length === 0 ? [] : ['--strip-options', kinds.join(',')])],
            protocol: protocolNumber.tcp,
          },
    readers: [
      {
        module: 'TCPOPTSTRIP',
        options: { '--strip-options': 1 },
        takes: 'together',
        complete: true,
        read: readStrip,
      },
    ],
  },
  execute: () => ({ kind: 'none', note: 'TCP options are overwritten' }),
  symbolic: passing,
});
