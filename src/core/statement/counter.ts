// `counter`: counts packets and bytes, which iptables does in every rule.
import { numberType } from '../datatype/define.ts';
import { numberToJson, wholeNumber } from '../match/byte-size.ts';
import type { TermReader } from '../match/reader.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../nft/json-value.ts';
import { defineStatement } from './define.ts';

/** What it starts with. */
export interface Counts {
  readonly packets: bigint;
  readonly bytes: bigint;
}

const count = numberType('integer', 'a number', 64);

export const counter = defineStatement<Counts>({
  key: 'counter',
  summary: 'Counts the packets that come so far, and their bytes.',
  terminal: false,
  passes: true,
  countsOnly: true,
  read: readCounts,
  write: (counts) => ['counter', writeCounts(counts)].filter(Boolean).join(' '),
  nft: {
    write: (counts) => ({ statement: { counter: countsToJson(counts) } }),
    read: fromJson,
  },
  iptables: { write: () => ({ kind: 'nothing' }), readers: [] },
  execute: () => ({ kind: 'none' }),
});

/** Takes `[packets 4] [bytes 5]`. */
export function readCounts(reader: TermReader): Counts | undefined {
  const packets = reader.word('packets') ? reader.single(count) : 0n;
  const bytes = reader.word('bytes') ? reader.single(count) : 0n;
  return packets === undefined || bytes === undefined ? undefined : { packets, bytes };
}

/** Writes what readCounts reads: nothing for a fresh counter. */
export function writeCounts({ packets, bytes }: Counts): string {
  return packets === 0n && bytes === 0n ? '' : `packets ${packets} bytes ${bytes}`;
}

/** Both numbers. */
export function countsToJson({ packets, bytes }: Counts): JsonObject {
  return { packets: numberToJson(packets), bytes: numberToJson(bytes) };
}

/** Both numbers, if they are there. */
export function countsFromJson(given: JsonObject): Counts | undefined {
  const packets = wholeNumber(given['packets']);
  const bytes = wholeNumber(given['bytes']);
  return packets === undefined || bytes === undefined ? undefined : { packets, bytes };
}

/** A name instead of numbers refers to a counter of the table. */
function fromJson(statement: JsonValue): Counts | undefined {
  if (!isJsonObject(statement) || !('counter' in statement)) return undefined;
  const given = statement['counter'];
  if (given === null) return { packets: 0n, bytes: 0n };
  return isJsonObject(given) ? countsFromJson(given) : undefined;
}
