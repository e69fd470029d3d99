// One line of `conntrack -L` or /proc/net/nf_conntrack into a compact entry. The order is that of libnetfilter_conntrack's
// snprintf_default.c and the kernel's ct_seq_show. A line that is anything else than these print is not read here.
import { ctStatus } from '../entry.ts';
import { readAddress } from './address.ts';
import { addressAt, type CompactEntry, keyAt, layer4Code, untold } from './compact-entry.ts';
import {
  ascii,
  byteAt,
  type Cursor,
  noNumber,
  readHex,
  readLarge,
  readSmall,
  skip,
  skipSpaces,
} from './cursor.ts';
import { readState } from './state.ts';
import { readWords, stopped } from './words.ts';

const word = {
  ipv4: ascii('ipv4 '),
  ipv6: ascii('ipv6 '),
  src: ascii('src='),
  dst: ascii(' dst='),
  sport: ascii(' sport='),
  dport: ascii(' dport='),
  type: ascii(' type='),
  code: ascii(' code='),
  id: ascii(' id='),
  srckey: ascii(' srckey=0x'),
  dstkey: ascii(' dstkey=0x'),
  packets: ascii(' packets='),
  bytes: ascii(' bytes='),
} as const;

/**
 * Reads the line that the cursor is at, up to the byte that ends it: a line feed, or a carriage return before one.
 * False if it is not known for sure what it says; what `into` holds is then of no use. Its place is not filled in.
 */
export function readLine(cursor: Cursor, into: CompactEntry): boolean {
  into.status = ctStatus.confirmed | ctStatus['snat-done'] | ctStatus['dnat-done'] | ctStatus['seen-reply'];
  into.mark = 0;
  into.zoneOriginal = 0;
  into.zoneReply = 0;
  into.id = untold;
  into.use = untold;
  into.age = untold;
  if (!readHead(cursor, into) || !readTuples(cursor, into)) return false;
  into.status |= translatedBits(into);
  return true;
}

/** `[ipv4 2] tcp 6 [431999 [ESTABLISHED]]`; offloaded connections show neither timeout nor state. */
function readHead(cursor: Cursor, into: CompactEntry): boolean {
  if (skip(cursor, word.ipv4) || skip(cursor, word.ipv6)) {
    skipSpaces(cursor);
    if (readSmall(cursor, 255) === noNumber || !skipSpaces(cursor)) return false;
  }
  if (!skipName(cursor) || !skipSpaces(cursor)) return false;
  into.protocol = readSmall(cursor, 255);
  if (into.protocol === noNumber || into.protocol === dccp || !skipSpaces(cursor)) return false;
  into.timeout = readLarge(cursor);
  into.state = 0;
  if (into.timeout === noNumber) into.timeout = untold;
  else if (!skipSpaces(cursor)) return false;
  if (byteAt(cursor) === letter.s) return true;
  into.state = readState(cursor);
  return into.state !== noNumber && into.timeout !== untold;
}

/** Its ports are printed even where there are none: the plain reader knows when. */
const dccp = 33;

const letter = { a: 0x61, s: 0x73, z: 0x7a } as const;

/** A protocol's name: it begins with a letter and has no `=`. */
function skipName(cursor: Cursor): boolean {
  const { bytes, at } = cursor;
  const first = bytes[at] ?? 0;
  if (first < letter.a || first > letter.z) return false;
  let to = at;
  for (let byte = first; isOfName(byte); byte = bytes[to] ?? 0) to++;
  cursor.at = to;
  return true;
}

function isOfName(byte: number): boolean {
  return (byte >= letter.a && byte <= letter.z) || (byte >= 0x30 && byte <= 0x39) || byte === 0x2d;
}

/** Both, with what is printed behind them; true at the end of the line. */
function readTuples(cursor: Cursor, into: CompactEntry): boolean {
  const first = readTuple(cursor, into, addressAt.originalSource, keyAt.original);
  if (first === noNumber) return false;
  into.hasCounters = readCounters(cursor, into.counters, 0);
  if (readWords(cursor, into) !== stopped.beforeTuple) return false;
  if (readTuple(cursor, into, addressAt.replySource, keyAt.reply) !== first) return false;
  const counted = readCounters(cursor, into.counters, 2);
  if (counted && !into.hasCounters) return false;
  into.family = first >= kindOfIpv6 ? 6 : 4;
  into.layer4 = first % kindOfIpv6;
  return readWords(cursor, into) === stopped.atEnd;
}

/** What a tuple is of: its layer4Code, and this added for IPv6. */
const kindOfIpv6 = 4;

/** Its kind, or noNumber. */
function readTuple(cursor: Cursor, { addresses, keys }: CompactEntry, to: number, key: number): number {
  if (!skip(cursor, word.src)) return noNumber;
  const family = readAddress(cursor, addresses, to);
  if (family === 0 || !skip(cursor, word.dst) || readAddress(cursor, addresses, to + 4) !== family)
    return noNumber;
  keys[key] = 0;
  keys[key + 1] = 0;
  keys[key + 2] = 0;
  const layer4 = readKeys(cursor, keys, key);
  return layer4 === noNumber ? noNumber : layer4 + (family === 6 ? kindOfIpv6 : 0);
}

/** A layer4Code, or noNumber. */
function readKeys(cursor: Cursor, keys: Uint32Array, at: number): number {
  if (skip(cursor, word.sport)) {
    const done =
      readKey(cursor, keys, at, 0xffff) && skip(cursor, word.dport) && readKey(cursor, keys, at + 1, 0xffff);
    return done ? layer4Code.ports : noNumber;
  }
  if (skip(cursor, word.type)) return readIcmp(cursor, keys, at) ? layer4Code.icmp : noNumber;
  if (skip(cursor, word.srckey)) return readGre(cursor, keys, at) ? layer4Code.gre : noNumber;
  return layer4Code.none;
}

function readIcmp(cursor: Cursor, keys: Uint32Array, at: number): boolean {
  return (
    readKey(cursor, keys, at, 0xff) &&
    skip(cursor, word.code) &&
    readKey(cursor, keys, at + 1, 0xff) &&
    skip(cursor, word.id) &&
    readKey(cursor, keys, at + 2, 0xffff)
  );
}

function readKey(cursor: Cursor, keys: Uint32Array, at: number, most: number): boolean {
  const value = readSmall(cursor, most);
  keys[at] = value;
  return value !== noNumber;
}

/** Their keys are printed in hexadecimal. */
function readGre(cursor: Cursor, keys: Uint32Array, at: number): boolean {
  const source = readHex(cursor, 8);
  const destination = source !== noNumber && skip(cursor, word.dstkey) ? readHex(cursor, 8) : noNumber;
  keys[at] = source;
  keys[at + 1] = destination;
  return destination !== noNumber;
}

/** Whether there are any; where there are none, they are 0. */
function readCounters(cursor: Cursor, counters: Float64Array, at: number): boolean {
  const from = cursor.at;
  const packets = skip(cursor, word.packets) ? readLarge(cursor) : noNumber;
  const bytes = packets !== noNumber && skip(cursor, word.bytes) ? readLarge(cursor) : noNumber;
  const told = bytes !== noNumber;
  // Half of them is no counter: the words are then met again, as words that do not belong there.
  if (!told) cursor.at = from;
  counters[at] = told ? packets : 0;
  counters[at + 1] = told ? bytes : 0;
  return told;
}

/** No listing shows the NAT bits: they follow from the tuples. */
function translatedBits({ addresses, keys, layer4 }: CompactEntry): number {
  const ports = layer4 === layer4Code.ports;
  const sourcePort = ports ? keys[4] !== keys[0] : layer4 === layer4Code.icmp && keys[5] !== keys[2];
  const destinationPort = ports && keys[3] !== keys[1];
  const source = sourcePort || !sameAddress(addresses, addressAt.replyDestination, addressAt.originalSource);
  const destination =
    destinationPort || !sameAddress(addresses, addressAt.replySource, addressAt.originalDestination);
  return (source ? ctStatus.snat : 0) | (destination ? ctStatus.dnat : 0);
}

function sameAddress(words: Uint32Array, one: number, other: number): boolean {
  return (
    words[one] === words[other] &&
    words[one + 1] === words[other + 1] &&
    words[one + 2] === words[other + 2] &&
    words[one + 3] === words[other + 3]
  );
}
