// `ct event set`: which changes of the connection the kernel reports to programs that listen (net/netfilter/nft_ct.c:
// NFT_CT_EVENTMASK).
import { ctEventBits } from '../datatype/nft-types.ts';
import { single } from '../datatype/range.ts';
import { numberFromJson } from '../match/field-json.ts';
import { writeRange } from '../match/field-language.ts';
import { equalJson, isJsonArray, isJsonObject, type JsonValue } from '../nft/json-value.ts';
import { defineStatement } from './define.ts';
import { passing } from './symbolic.ts';

interface Events {
  readonly bits: bigint;
}

const field = { ct: { key: 'event' } };

/** A list of names and, behind them, of the bits without one; a single one stands alone (src/datatype.c: bitmask). */
function toJson(bits: bigint): JsonValue {
  const named = [...(ctEventBits.constants ?? [])].filter(([, bit]) => (bits & bit) !== 0n);
  const rest = named.reduce((left, [, bit]) => left & ~bit, bits);
  const all: readonly JsonValue[] = [...named.map(([name]) => name), ...(rest === 0n ? [] : [Number(rest)])];
  return all.length > 1 ? all : (all[0] ?? 0);
}

function fromJson(json: JsonValue): bigint | undefined {
  if (!isJsonArray(json)) return numberFromJson(ctEventBits, json);
  const bits = json.map((one) => numberFromJson(ctEventBits, one));
  return bits.reduce((sum, bit) => (sum === undefined || bit === undefined ? undefined : sum | bit), 0n);
}

const text = ({ bits }: Events): string => writeRange(ctEventBits, single(bits), false);

export const ctEventSet = defineStatement<Events>({
  key: 'ct event set',
  summary: 'Has the kernel report only these changes of the connection: `ct event set new,destroy`.',
  terminal: false,
  usesConntrack: true,
  read: (reader) => {
    const bits = reader.bits(ctEventBits);
    return bits === undefined ? undefined : { bits };
  },
  write: (events) => `ct event set ${text(events)}`,
  nft: {
    write: ({ bits }) => ({ statement: { mangle: { key: field, value: toJson(bits) } } }),
    read: (statement) => {
      const mangle = isJsonObject(statement) ? statement['mangle'] : undefined;
      if (!isJsonObject(mangle) || !equalJson(mangle['key'] ?? null, field)) return undefined;
      const bits = fromJson(mangle['value'] ?? null);
      return bits === undefined ? undefined : { bits };
    },
  },
  iptables: {
    write: () => ({
      kind: 'unsupported',
      why: 'iptables chooses what is reported before there is a connection only',
      help: 'write `CT ctevents …` in a chain of the table raw',
    }),
    readers: [],
  },
  execute: (events) => ({ kind: 'none', note: `of the connection is reported: ${text(events)}` }),
  symbolic: passing,
});
