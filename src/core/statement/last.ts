// `last`: keeps when a packet last came so far (net/netfilter/nft_last.c).
import { milliseconds } from '../datatype/milliseconds.ts';
import { wholeNumber } from '../match/byte-size.ts';
import type { TermReader } from '../match/reader.ts';
import { isJsonObject, type JsonValue } from '../nft/json-value.ts';
import { defineStatement } from './define.ts';
import { passing } from './symbolic.ts';

interface Last {
  /** So many milliseconds before the listing; absent: never. */
  readonly used?: bigint;
}

export const last = defineStatement<Last>({
  key: 'last',
  summary: 'Keeps when a packet last came so far: `last`. nft has it since 1.0.9.',
  terminal: false,
  read,
  write: ({ used }) => (used === undefined ? 'last' : `last used ${milliseconds.format(used)}`),
  nft: {
    write: ({ used }) => ({ statement: { last: used === undefined ? null : { used: Number(used) } } }),
    read: fromJson,
  },
  iptables: {
    write: () => ({
      kind: 'unsupported',
      why: 'iptables does not keep when a rule last matched',
      help: 'take it out: it changes nothing for packets',
    }),
    readers: [],
  },
  execute: () => ({ kind: 'none', note: 'the time is kept' }),
  symbolic: passing,
});

function read(reader: TermReader): Last | undefined {
  if (!reader.word('used') || reader.word('never')) return {};
  const used = reader.single(milliseconds);
  return used === undefined ? undefined : { used };
}

function fromJson(statement: JsonValue): Last | undefined {
  if (!isJsonObject(statement) || !('last' in statement)) return undefined;
  const given = statement['last'];
  if (given === null) return {};
  if (!isJsonObject(given) || Object.keys(given).length !== 1) return undefined;
  const used = wholeNumber(given['used']);
  return used === undefined || used >> 32n !== 0n ? undefined : { used };
}
