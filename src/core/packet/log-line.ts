// Reads kernel log lines of the LOG target and of nft's log (`net/netfilter/nf_log_syslog.c`).
import { type AddressFamily, parseAddress } from '../datatype/address.ts';
import { parseNumber } from '../datatype/define.ts';
import { protocol as protocolType } from '../datatype/types.ts';
import { diagnostic, type Outcome } from '../diagnostic/diagnostic.ts';
import type { Source, Span } from '../text/source.ts';
import { isIcmp } from './icmp-kind.ts';
import { parseMac } from './link-text.ts';
import {
  type Injection,
  type LinkHeader,
  type Packet,
  protocolNumber,
  type Transport,
  tcpFlag,
} from './packet.ts';

/**
 * Reads a kernel log line, whatever stands before `IN=`. The line does not say at which hook it was written: IN alone
 * is received, with routing left to decide; IN and OUT is forwarded that way; OUT alone is sent by this host.
 */
export function parseLogLine(
  source: Source,
  span: Span = { source, start: 0, end: source.text.length },
): Outcome<Injection> {
  const line = source.text.slice(span.start, span.end);
  const way = /IN=([^\s=]*) OUT=(\S*)(.*)/.exec(line);
  const read = way ? readInjection(way[1] ?? '', way[2] ?? '', way[3] ?? '') : 'the line has no `IN=… OUT=…`';
  if (typeof read !== 'string') return { value: read, diagnostics: [] };
  const help = 'a log line has `IN= OUT= SRC= DST= LEN= TTL= PROTO=`, as the LOG target and nft write it';
  return { value: undefined, diagnostics: [diagnostic('HK6020', read, { span, help })] };
}

function readInjection(iif: string, oif: string, text: string): Injection | string {
  if (iif === '' && oif === '') return 'both `IN=` and `OUT=` are empty';
  const packet = readPacket(text);
  if (typeof packet === 'string') return packet;
  const fields = fieldsOf(text);
  const link = readLink(fields);
  const [mark, skuid, skgid] = ['MARK', 'UID', 'GID'].map((key) => number(fields, key, 32));
  return {
    packet: { ...packet, ...(link && { link }) },
    direction: iif === '' ? 'out' : 'in',
    ...(iif !== '' && { iif }),
    ...(oif !== '' && { oif }),
    ...(mark !== undefined && { mark }),
    ...(skuid !== undefined && { skuid }),
    ...(skgid !== undefined && { skgid }),
  };
}

/** `KEY=value` and single words of one header; of a key that comes twice the first counts. */
interface Fields {
  readonly values: ReadonlyMap<string, string>;
  readonly words: ReadonlySet<string>;
}

function fieldsOf(text: string): Fields {
  const tokens = text.split(/\s+/).filter(Boolean);
  const pairs = tokens.map((token) => /^(\w+)[=:](.*)$/.exec(token)).filter((match) => match !== null);
  const values = pairs.toReversed().map(([, key = '', value = '']): [string, string] => [key, value]);
  return { values: new Map(values), words: new Set(tokens) };
}

function number({ values }: Fields, key: string, width: number): number | undefined {
  const value = parseNumber(values.get(key) ?? '', width);
  return value === undefined ? undefined : Number(value);
}

/** `MAC=` is the whole Ethernet header: destination, source, type. */
function readLink({ values }: Fields): LinkHeader | undefined {
  const bytes = (values.get('MAC') ?? '').split(':');
  const destination = parseMac(values.get('MACDST') ?? bytes.slice(0, 6).join(':'));
  const source = parseMac(values.get('MACSRC') ?? bytes.slice(6, 12).join(':'));
  return source === undefined || destination === undefined ? undefined : { source, destination };
}

/** Reads the fields of a packet, and between brackets those of the packet that an ICMP error speaks of. */
function readPacket(text: string): Packet | string {
  const { outer, inner } = splitInner(text);
  const cut = outer.indexOf('PROTO=');
  if (cut === -1) return '`PROTO=` is missing';
  const ip = fieldsOf(outer.slice(0, cut));
  const transport = fieldsOf(outer.slice(cut));
  const header = readHeader(ip, transport);
  if (typeof header === 'string') return header;
  const quoted = inner === undefined ? undefined : readPacket(inner);
  if (typeof quoted === 'string') return `of the inner packet: ${quoted}`;
  const read = readTransport(header, transport, quoted);
  return typeof read === 'string' ? read : { ...header, transport: read };
}

function splitInner(text: string): { readonly outer: string; readonly inner?: string } {
  const start = text.indexOf('[SRC=');
  if (start === -1) return { outer: text };
  const end = closingBracket(text, start);
  return { outer: `${text.slice(0, start)} ${text.slice(end + 1)}`, inner: text.slice(start + 1, end) };
}

function closingBracket(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    if (text[at] === '[') depth++;
    if (text[at] === ']') depth--;
    if (depth === 0) return at;
  }
  return text.length;
}

type Header = Omit<Packet, 'transport'>;

function readHeader(ip: Fields, behind: Fields): Header | string {
  const source = parseAddress(ip.values.get('SRC') ?? '');
  const destination = parseAddress(ip.values.get('DST') ?? '');
  if (!source) return '`SRC=` is missing or no address';
  if (destination?.family !== source.family) return '`DST=` is missing or no address of the family of `SRC=`';
  const { family } = source;
  const protocol = readProtocol(behind.values.get('PROTO') ?? '', family);
  if (protocol === undefined) return `\`PROTO=${behind.values.get('PROTO')}\` is no protocol`;
  const ttl = number(ip, family === 4 ? 'TTL' : 'HOPLIMIT', 8);
  const length = number(ip, 'LEN', 16);
  if (ttl === undefined || length === undefined)
    return `\`LEN=\` or \`${family === 4 ? 'TTL' : 'HOPLIMIT'}=\` is missing`;
  const fragment = {
    offset: number(ip, 'FRAG', 13) ?? 0,
    more: ip.words.has('MF'),
    dontFragment: ip.words.has('DF'),
  };
  const identification = family === 4 ? number(ip, 'ID', 16) : undefined;
  const ends = { family, source: source.value, destination: destination.value };
  return {
    ...ends,
    protocol,
    ttl,
    length,
    fragment,
    dscp: readDscp(ip),
    ...(identification && { identification }),
  };
}

function readProtocol(text: string, family: AddressFamily): number | undefined {
  if (text === 'ICMP' && family === 6) return protocolNumber.icmpv6;
  const value = protocolType.parse(text.toLowerCase());
  return value === undefined ? undefined : Number(value);
}

/** IPv4 shows the old TOS and precedence bits apart, without the ECN bit 0; IPv6 the traffic class. */
function readDscp(ip: Fields): number {
  const trafficClass =
    (number(ip, 'TC', 8) ?? 0) | (number(ip, 'TOS', 8) ?? 0) | (number(ip, 'PREC', 8) ?? 0);
  return trafficClass >> 2;
}

function readTransport(
  { protocol, fragment }: Header,
  fields: Fields,
  inner: Packet | undefined,
): Transport | string {
  if (fragment.offset > 0) return { kind: 'opaque' };
  if (fields.words.has('INCOMPLETE')) return '`INCOMPLETE`: the packet was too short for its header';
  if (isIcmp(protocol)) return readIcmp(fields, inner);
  const isUdp = protocol === protocolNumber.udp || protocol === protocolNumber.udplite;
  if (!isUdp && protocol !== protocolNumber.tcp) return { kind: 'opaque' };
  const [sport, dport] = [number(fields, 'SPT', 16), number(fields, 'DPT', 16)];
  if (sport === undefined || dport === undefined) return '`SPT=` or `DPT=` is missing';
  return isUdp ? { kind: 'udp', sport, dport } : { kind: 'tcp', sport, dport, ...readTcp(fields) };
}

/** The order in which the kernel prints them; it calls the ECN bit ECE. */
const flagWords = {
  CWR: tcpFlag.cwr,
  ECE: tcpFlag.ecn,
  URG: tcpFlag.urg,
  ACK: tcpFlag.ack,
  PSH: tcpFlag.psh,
  RST: tcpFlag.rst,
  SYN: tcpFlag.syn,
  FIN: tcpFlag.fin,
};

/** Sequence numbers are in the line only with `--log-tcp-sequence`. */
function readTcp(fields: Fields): { flags: number; seq: number; ack: number; window: number } {
  const bits = Object.entries(flagWords).map(([word, bit]): number => (fields.words.has(word) ? bit : 0));
  return {
    flags: bits.reduce((sum, bit) => sum | bit, 0),
    seq: number(fields, 'SEQ', 32) ?? 0,
    ack: number(fields, 'ACK', 32) ?? 0,
    window: number(fields, 'WINDOW', 16) ?? 0,
  };
}

function readIcmp(fields: Fields, inner: Packet | undefined): Transport | string {
  const [type, code] = [number(fields, 'TYPE', 8), number(fields, 'CODE', 8)];
  if (type === undefined || code === undefined) return '`TYPE=` or `CODE=` is missing';
  const numbers = { id: number(fields, 'ID', 16) ?? 0, sequence: number(fields, 'SEQ', 16) ?? 0 };
  return { kind: 'icmp', type, code, ...numbers, ...(inner && { inner }) };
}
