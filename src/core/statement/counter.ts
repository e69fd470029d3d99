// `counter`: counts packets and bytes, which iptables does in every rule.
import { numberType } from '../datatype/define.ts';
import { isJsonObject, type JsonValue } from '../nft/json-value.ts';
import { defineStatement } from './define.ts';

/** What it starts with. */
interface Counter {
  readonly packets: bigint;
  readonly bytes: bigint;
}

const count = numberType('integer', 'a number', 64);

export const counter = defineStatement<Counter>({
  key: 'counter',
  summary: 'Counts the packets that come so far, and their bytes.',
  terminal: false,
  read: (reader) => {
    const packets = reader.word('packets') ? reader.single(count) : 0n;
    const bytes = reader.word('bytes') ? reader.single(count) : 0n;
    return packets === undefined || bytes === undefined ? undefined : { packets, bytes };
  },
  write: ({ packets, bytes }) =>
    packets === 0n && bytes === 0n ? 'counter' : `counter packets ${packets} bytes ${bytes}`,
  nft: {
    write: ({ packets, bytes }) => ({
      statement: { counter: { packets: numberToJson(packets), bytes: numberToJson(bytes) } },
    }),
    read: fromJson,
  },
  iptables: { write: () => ({ kind: 'nothing' }), readers: [] },
  execute: () => ({ kind: 'none' }),
});

/** A name instead of numbers refers to a counter of the table. */
function fromJson(statement: JsonValue): Counter | undefined {
  if (!isJsonObject(statement) || !('counter' in statement)) return undefined;
  const given = statement['counter'];
  if (given === null) return { packets: 0n, bytes: 0n };
  if (!isJsonObject(given)) return undefined;
  const packets = numberFromJson(given['packets']);
  const bytes = numberFromJson(given['bytes']);
  return packets === undefined || bytes === undefined ? undefined : { packets, bytes };
}

/** Bytes may be more than a double holds. */
function numberToJson(value: bigint): JsonValue {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}

function numberFromJson(json: JsonValue | undefined): bigint | undefined {
  if (typeof json === 'bigint') return json >= 0n ? json : undefined;
  return typeof json === 'number' && Number.isSafeInteger(json) && json >= 0 ? BigInt(json) : undefined;
}
