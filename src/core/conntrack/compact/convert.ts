// Compact entries as ordinary ones, and the other way round.
import { parseConntrackLine } from '../dump.ts';
import type { DumpedEntry, EntryInLine } from '../dumped.ts';
import type { Entry } from '../entry.ts';
import type { Tuple, TupleLayer4 } from '../tuple.ts';
import { addressAt, type CompactEntry, keyAt, layer4Code, untold } from './compact-entry.ts';
import { stateNames } from './state.ts';

/** The entry, which stays as it is when the record changes. The texts of its line (labels, context) are not in it. */
export function entryOf(compact: CompactEntry): Entry {
  const { status, state, timeout, mark, zoneOriginal, zoneReply } = compact;
  return {
    original: tupleAt(compact, addressAt.originalSource, keyAt.original),
    reply: tupleAt(compact, addressAt.replySource, keyAt.reply),
    status,
    mark,
    zone: { original: zoneOriginal, reply: zoneReply },
    ...(timeout !== untold && { timeout }),
    ...(state !== 0 && { protocolState: stateNames[state] }),
    ...countersOf(compact),
  };
}

/** The entry with all that its line says. */
export function listedOf(
  { bytes, start, end, line }: CompactEntry,
  decode: (bytes: Uint8Array) => string,
): DumpedEntry {
  const { value } = parseConntrackLine(decode(bytes.subarray(start, end)), { line });
  if (!value) throw new RangeError('a line that was read as a record is an entry');
  return value;
}

/** The entry and its line, of which no more is read. */
export function inLine(compact: CompactEntry, decode: (bytes: Uint8Array) => string): EntryInLine {
  const { bytes, start, end, line } = compact;
  return { ...entryOf(compact), line, raw: decode(bytes.subarray(start, end)) };
}

function tupleAt(compact: CompactEntry, address: number, key: number): Tuple {
  const { family, protocol, addresses } = compact;
  return {
    family,
    protocol,
    source: compactAddress(addresses, address, family),
    destination: compactAddress(addresses, address + 4, family),
    layer4: layer4Of(compact, key),
  };
}

/** The address whose words begin at a place of {@link CompactEntry}'s `addresses`. */
export function compactAddress(words: Uint32Array, at: number, family: number): bigint {
  const first = BigInt(words[at] ?? 0);
  if (family === 4) return first;
  return words.subarray(at + 1, at + 4).reduce((sum, word) => (sum << 32n) | BigInt(word), first);
}

function layer4Of({ layer4, keys }: CompactEntry, at: number): TupleLayer4 {
  const [first = 0, second = 0, third = 0] = keys.subarray(at, at + 3);
  switch (layer4) {
    case layer4Code.ports:
      return { kind: 'ports', sport: first, dport: second };
    case layer4Code.icmp:
      return { kind: 'icmp', type: first, code: second, id: third };
    case layer4Code.gre:
      return { kind: 'gre', sourceKey: first, destinationKey: second };
    default:
      return { kind: 'none' };
  }
}

function countersOf({ hasCounters, counters }: CompactEntry): Pick<Entry, 'counters'> {
  if (!hasCounters) return {};
  const [sent = 0, sentBytes = 0, answered = 0, answeredBytes = 0] = counters;
  return {
    counters: {
      original: { packets: sent, bytes: sentBytes },
      reply: { packets: answered, bytes: answeredBytes },
    },
  };
}

/**
 * Fills the record with an entry that was read as text, but for its place. False, and the record is of no use, where it
 * has no place for what the entry is: tuples of two families or kinds, numbers that no kernel has.
 */
export function compactOf(entry: DumpedEntry, into: CompactEntry): boolean {
  const { original, reply, status, mark, zone, protocolState = '' } = entry;
  into.family = original.family;
  into.protocol = original.protocol;
  into.layer4 = layer4Code[original.layer4.kind];
  into.status = status;
  into.state = stateNames.indexOf(protocolState);
  into.timeout = entry.timeout ?? untold;
  into.mark = mark;
  into.zoneOriginal = zone.original;
  into.zoneReply = zone.reply;
  putCounters(entry, into);
  into.id = entry.id ?? untold;
  into.use = entry.use ?? untold;
  into.age = entry.age ?? untold;
  into.line = entry.line;
  const isOfOne = original.family === reply.family && original.layer4.kind === reply.layer4.kind;
  const fits = mark <= 0xffff_ffff && Math.max(zone.original, zone.reply) <= 0xffff && into.state !== -1;
  const first = putTuple(original, into, addressAt.originalSource, keyAt.original);
  const second = putTuple(reply, into, addressAt.replySource, keyAt.reply);
  return isOfOne && fits && first && second;
}

/** False if a number is greater than its field. */
function putTuple(tuple: Tuple, { addresses, keys }: CompactEntry, address: number, key: number): boolean {
  const { family, source, destination, layer4 } = tuple;
  putAddress(addresses, address, family, source);
  putAddress(addresses, address + 4, family, destination);
  const [numbers, most] = keysOf(layer4);
  for (let at = 0; at < 3; at++) keys[key + at] = numbers[at] ?? 0;
  return numbers.every((number, at) => number <= (most[at] ?? 0));
}

function putAddress(words: Uint32Array, to: number, family: number, value: bigint): void {
  const shifts = family === 4 ? [0n] : [96n, 64n, 32n, 0n];
  for (let word = 0; word < 4; word++) {
    const shift = shifts[word];
    words[to + word] = shift === undefined ? 0 : Number((value >> shift) & 0xffff_ffffn);
  }
}

/** The keys, and the most that each can be. */
function keysOf(layer4: TupleLayer4): readonly [readonly number[], readonly number[]] {
  switch (layer4.kind) {
    case 'ports':
      return [
        [layer4.sport, layer4.dport],
        [0xffff, 0xffff],
      ];
    case 'icmp':
      return [
        [layer4.type, layer4.code, layer4.id],
        [0xff, 0xff, 0xffff],
      ];
    case 'gre':
      return [
        [layer4.sourceKey, layer4.destinationKey],
        [0xffff_ffff, 0xffff_ffff],
      ];
    case 'none':
      return [[], []];
  }
}

function putCounters({ counters }: DumpedEntry, into: CompactEntry): void {
  into.hasCounters = counters !== undefined;
  into.counters[0] = counters?.original.packets ?? 0;
  into.counters[1] = counters?.original.bytes ?? 0;
  into.counters[2] = counters?.reply.packets ?? 0;
  into.counters[3] = counters?.reply.bytes ?? 0;
}
