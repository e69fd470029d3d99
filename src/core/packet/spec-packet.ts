// Reads the packet of a packet spec: protocol, addresses and ports, then the details.

import { protocol as protocolType } from '../datatype/types.ts';
import { nearestWord } from '../diagnostic/meant.ts';
import { isIcmp } from './icmp-kind.ts';
import type { Packet, Transport } from './packet.ts';
import { protocolNumber } from './packet.ts';
import { knownSize } from './size.ts';
import { linkOf, tagsOf } from './spec-beside.ts';
import { type Cursor, complain, missing, peek, take, takeIf, type Word } from './spec-cursor.ts';
import { type Details, parseDetails } from './spec-details.ts';
import { type Endpoint, parseEndpoint } from './spec-endpoint.ts';
import { isFrameWord, parseFrame } from './spec-frame.ts';
import type { Head } from './spec-scope.ts';

/** A packet with everything that was said about it. */
export interface PacketBody {
  readonly packet: Packet;
  readonly details: Details;
}

/** Beside nft's names of the protocols. */
const aliases: ReadonlyMap<string, number> = new Map([['icmp6', protocolNumber.icmpv6]]);

/** Whether a packet may begin with this word. */
export function isProtocolWord(text: string): boolean {
  return text === 'proto' || isFrameWord(text) || protocolNamed(text) !== undefined;
}

function protocolNamed(text: string): number | undefined {
  return aliases.get(text) ?? toNumber(protocolType.constants?.get(text));
}

function toNumber(value: bigint | undefined): number | undefined {
  return value === undefined ? undefined : Number(value);
}

/** Reads up to the end, or to the parenthesis that closes an inner packet (`direction` is undefined for one). */
export function parsePacketBody(cursor: Cursor, direction: 'in' | 'out' | undefined): PacketBody | undefined {
  if (direction !== undefined && isFrameWord(peek(cursor)?.text ?? '')) return parseFrame(cursor, direction);
  const head = parseHead(cursor, direction);
  if (!head) return undefined;
  const parseInner = (): Packet | undefined => parsePacketBody(cursor, undefined)?.packet;
  const details = parseDetails(cursor, head, parseInner);
  return { packet: build(head, details), details };
}

function parseHead(cursor: Cursor, direction: 'in' | 'out' | undefined): Head | undefined {
  const word = peek(cursor);
  const protocol = parseProtocol(cursor);
  if (protocol === undefined || !word) return undefined;
  const source = parseEndpoint(cursor, 'source', protocol);
  if (source === 'missing') return undefined;
  const arrow =
    takeIf(cursor, '->') ?? missing(cursor, '`->`', 'a packet goes from one address to another: `A -> B`');
  const destination = arrow && parseEndpoint(cursor, 'destination', protocol);
  if (!source || !destination || destination === 'missing') return undefined;
  return joinEnds(cursor, word, protocol, source, destination, direction);
}

function parseProtocol(cursor: Cursor): number | undefined {
  const prefix = takeIf(cursor, 'proto');
  const word = prefix ? take(cursor) : peek(cursor);
  if (!word) return missing(cursor, 'a protocol', 'for example `tcp`, `udp`, `icmp`, or `proto 47`');
  const named = protocolNamed(word.text);
  const known = named ?? (prefix && toNumber(protocolType.parse(word.text)));
  if (known === undefined) return unknownProtocol(cursor, word, prefix !== undefined);
  if (!prefix) take(cursor);
  return known;
}

function unknownProtocol(cursor: Cursor, { text, span }: Word, numbered: boolean): undefined {
  const names = protocolType.constants?.keys() ?? [];
  const byNumber = /^\d+$/.test(text) ? `a protocol by its number is written \`proto ${text}\`` : undefined;
  const help = numbered ? 'a protocol number is at most 255' : byNumber;
  return complain(cursor, 'HK6003', `\`${text}\` is no protocol`, span, nearestWord(text, names) ?? help);
}

/** Both ends are of one family; `icmp` between IPv6 addresses is ICMPv6. */
function joinEnds(
  cursor: Cursor,
  word: Word,
  named: number,
  source: Endpoint,
  destination: Endpoint,
  direction: 'in' | 'out' | undefined,
): Head | undefined {
  const { family } = source.address;
  if (family !== destination.address.family) {
    const message = `an IPv${family} packet cannot go to an IPv${destination.address.family} address`;
    return complain(cursor, 'HK6005', message, destination.span);
  }
  const protocol = named === protocolNumber.icmp && family === 6 ? protocolNumber.icmpv6 : named;
  if (protocol === protocolNumber.icmpv6 && family === 4) {
    return complain(cursor, 'HK6005', 'ICMPv6 goes between IPv6 addresses', word.span, 'write `icmp`');
  }
  return { protocol, family, source, destination, direction };
}

/** A packet with the defaults: TTL 64, and as long as its headers and payload are. */
function build(head: Head, details: Details): Packet {
  const { numbers, flags, payload } = details;
  const link = linkOf(details);
  const [identification, ecn] = [numbers.get('ipid'), numbers.get('ecn-bits')];
  const packet = {
    family: head.family,
    source: head.source.address.value,
    destination: head.destination.address.value,
    protocol: head.protocol,
    ttl: numbers.get('ttl') ?? 64,
    dscp: numbers.get('dscp') ?? 0,
    fragment: { offset: numbers.get('frag') ?? 0, more: flags.has('mf'), dontFragment: flags.has('df') },
    transport: buildTransport(head, details),
    ...(link && { link }),
    ...tagsOf(details),
    ...(payload && { payload }),
    ...(ecn !== undefined && { ecn }),
    ...(identification !== undefined && { identification }),
    ...(flags.has('bad-checksum') && { badChecksum: true as const }),
  };
  return { ...packet, length: numbers.get('len') ?? knownSize(packet) };
}

function buildTransport({ protocol, source, destination }: Head, details: Details): Transport {
  const { numbers, tcpFlags, icmp, inner } = details;
  if ((numbers.get('frag') ?? 0) > 0) return { kind: 'opaque' };
  const ports = { sport: source.port ?? defaultSourcePort, dport: destination.port ?? 0 };
  if (protocol === protocolNumber.udp || protocol === protocolNumber.udplite)
    return { kind: 'udp', ...ports };
  if (protocol === protocolNumber.tcp) {
    const rest = {
      seq: numbers.get('seq') ?? 0,
      ack: numbers.get('ack-seq') ?? 0,
      window: numbers.get('window') ?? 65535,
    };
    const numbered = numbers.has('seq') || numbers.has('ack-seq');
    return { kind: 'tcp', ...ports, flags: tcpFlags ?? 2, ...rest, ...(numbered && { numbered }) };
  }
  if (!isIcmp(protocol)) return { kind: 'opaque' };
  const echoRequest = protocol === protocolNumber.icmp ? 8 : 128;
  const { type, code } = icmp ?? { type: echoRequest, code: 0 };
  const rest = { id: numbers.get('id') ?? 0, sequence: numbers.get('seq') ?? 0 };
  return { kind: 'icmp', type, code, ...rest, ...(inner && { inner }) };
}

/** The first port that Linux gives to clients (`net.ipv4.ip_local_port_range` begins below it, at 32768). */
const defaultSourcePort = 40000;
