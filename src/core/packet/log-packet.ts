// The packet in a kernel log line (net/netfilter/nf_log_syslog.c: dump_ipv4_packet, dump_ipv6_packet), also as ulogd
// writes it (util/printpkt.c), which tells less.
import { type AddressFamily, parseAddress } from '../datatype/address.ts';
import { protocol as protocolType } from '../datatype/types.ts';
import { isIcmp, isIcmpError } from './icmp-kind.ts';
import { type LogFields, logFields, logHex, logNumber } from './log-fields.ts';
import { type Packet, protocolNumber, type Transport, tcpFlag } from './packet.ts';

/** Reads the fields of a packet, and between brackets those of the packet that an ICMP error speaks of, but no further. */
export function readLoggedPacket(text: string, isInner = false): Packet | string {
  const { outer, inner } = isInner ? { outer: text, inner: undefined } : splitInner(text);
  const at = outer.indexOf(' PROTO=');
  const cut = at === -1 ? outer.length : at;
  const ip = logFields(outer.slice(0, cut));
  const behind = logFields(outer.slice(cut));
  const header = readHeader(ip, behind);
  if (typeof header === 'string') return header;
  const quoted = inner === undefined ? undefined : readLoggedPacket(inner, true);
  if (typeof quoted === 'string') return `of the inner packet: ${quoted}`;
  const read = readTransport(header, behind, outer, quoted);
  return typeof read === 'string' ? read : { ...header, ...read };
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

function readHeader(ip: LogFields, behind: LogFields): Header | string {
  const source = parseAddress(ip.values.get('SRC') ?? '');
  const destination = parseAddress(ip.values.get('DST') ?? '');
  if (!source) return '`SRC=` is missing or no address';
  if (destination?.family !== source.family) return '`DST=` is missing or no address of the family of `SRC=`';
  const { family } = source;
  const protocol = readProtocol(ip, behind, family);
  if (typeof protocol === 'string') return protocol;
  const ttl = logNumber(ip, family === 4 ? 'TTL' : 'HOPLIMIT', 8);
  const length = logNumber(ip, 'LEN', 16);
  if (ttl === undefined || length === undefined)
    return `\`LEN=\` or \`${family === 4 ? 'TTL' : 'HOPLIMIT'}=\` is missing`;
  const identification = family === 4 ? logNumber(ip, 'ID', 16) : logHex(ip, 'ID', 32);
  const trafficClass = readTrafficClass(ip);
  const ends = { family, source: source.value, destination: destination.value };
  return {
    ...ends,
    protocol,
    ttl,
    length,
    fragment: readFragment(ip, family),
    dscp: trafficClass >> 2,
    ...((trafficClass & 3) !== 0 && { ecn: trafficClass & 3 }),
    ...(identification && { identification }),
  };
}

/** IPv4 has the offset in units of eight bytes, IPv6 in bytes, and calls a first or middle fragment INCOMPLETE. */
function readFragment(ip: LogFields, family: AddressFamily): Packet['fragment'] {
  const offset = logNumber(ip, 'FRAG', 16) ?? 0;
  if (family === 6) return { offset: offset >> 3, more: ip.words.has('INCOMPLETE'), dontFragment: false };
  return { offset, more: ip.words.has('MF'), dontFragment: ip.words.has('DF') };
}

function readProtocol(ip: LogFields, behind: LogFields, family: AddressFamily): number | string {
  const text = behind.values.get('PROTO');
  if (text === undefined) return unsaidProtocol(ip, family);
  if (text === 'ICMP' && family === 6) return protocolNumber.icmpv6;
  const value = protocolType.parse(text.toLowerCase());
  return value === undefined ? `\`PROTO=${text}\` is no protocol` : Number(value);
}

/** The kernel leaves `PROTO=` out for ESP in IPv6, and for later fragments of AH in IPv4. */
function unsaidProtocol(ip: LogFields, family: AddressFamily): number | string {
  const isWhole = !ip.words.has('TRUNCATED') && !ip.words.has('Unknown');
  const fragmented = ip.values.has('FRAG');
  if (family === 6 && isWhole && !fragmented && ip.values.has('FLOWLBL')) return protocolNumber.esp;
  return family === 4 && isWhole && fragmented ? protocolNumber.ah : '`PROTO=` is missing';
}

/**
 * IPv6 shows the traffic class. IPv4 shows the old TOS and precedence bits apart: of the two bits of ECN only the
 * upper one (0x1E and 0xE0: include/uapi/linux/ip.h, IPTOS_TOS_MASK).
 */
function readTrafficClass(ip: LogFields): number {
  return (logNumber(ip, 'TC', 8) ?? 0) | (logHex(ip, 'TOS', 8) ?? 0) | (logHex(ip, 'PREC', 8) ?? 0);
}

type Read = Pick<Packet, 'transport' | 'untold'>;

const opaque = { kind: 'opaque' } as const;

/** `INCOMPLETE [n bytes]`: the packet itself ended there. */
function readTransport(
  header: Header,
  fields: LogFields,
  text: string,
  inner: Packet | undefined,
): Read | string {
  const { protocol, fragment } = header;
  if (fragment.offset > 0 || !withHeader.has(protocol)) return { transport: opaque };
  if (fields.words.has('INCOMPLETE')) return isCutOff(text) ? { transport: opaque } : notTold('the header');
  if (isIcmp(protocol)) return readIcmp(protocol, fields, inner);
  if (protocol === protocolNumber.tcp) return readTcp(fields);
  return protocol === protocolNumber.sctp ? notTold('the ports') : readUdp(protocol, fields);
}

/** Of other protocols neither rules nor conntrack read a header that the line would tell. */
const withHeader: ReadonlySet<number> = new Set([
  protocolNumber.icmp,
  protocolNumber.icmpv6,
  protocolNumber.tcp,
  protocolNumber.udp,
  protocolNumber.udplite,
  protocolNumber.sctp,
]);

function notTold(what: string): Read {
  return { transport: opaque, untold: `the line does not tell ${what}` };
}

/** The kernel prints headers only whole; four bytes are enough to hold the ports. */
function isCutOff(text: string): boolean {
  const bytes = /INCOMPLETE \[(\d+) bytes\]/.exec(text)?.[1];
  return bytes !== undefined && Number(bytes) < 4;
}

interface Ports {
  readonly sport: number;
  readonly dport: number;
}

function readPorts(fields: LogFields): Ports | undefined {
  const [sport, dport] = [logNumber(fields, 'SPT', 16), logNumber(fields, 'DPT', 16)];
  return sport === undefined || dport === undefined ? undefined : { sport, dport };
}

const noPorts = '`SPT=` or `DPT=` is missing';

/** ulogd tells no ports of UDP-Lite. */
function readUdp(protocol: number, fields: LogFields): Read | string {
  const ports = readPorts(fields);
  if (ports) return { transport: { kind: 'udp', ...ports } };
  return protocol === protocolNumber.udplite ? notTold('the ports') : noPorts;
}

/** The order in which the kernel prints them; it calls the ECN bit ECE. AE is a ninth flag that rules don't see. */
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

/** Sequence numbers are in the line only with `--log-tcp-sequence`; ulogd always has them, and does not know CWR and ECE. */
function readTcp(fields: LogFields): Read | string {
  const ports = readPorts(fields);
  if (!ports) return noPorts;
  const bits = Object.entries(flagWords).map(([word, bit]): number => (fields.words.has(word) ? bit : 0));
  const numbers = {
    flags: bits.reduce((sum, bit) => sum | bit, 0),
    seq: logNumber(fields, 'SEQ', 32) ?? 0,
    ack: logNumber(fields, 'ACK', 32) ?? 0,
    window: logNumber(fields, 'WINDOW', 16) ?? 0,
  };
  return { transport: { kind: 'tcp', ...ports, ...numbers } };
}

/** The kernel prints identifiers of echoes only; ulogd prints no quoted packet. */
function readIcmp(protocol: number, fields: LogFields, inner: Packet | undefined): Read | string {
  const [type, code] = [logNumber(fields, 'TYPE', 8), logNumber(fields, 'CODE', 8)];
  if (type === undefined || code === undefined) return '`TYPE=` or `CODE=` is missing';
  const numbers = { id: logNumber(fields, 'ID', 16) ?? 0, sequence: logNumber(fields, 'SEQ', 16) ?? 0 };
  const transport: Transport = { kind: 'icmp', type, code, ...numbers, ...(inner && { inner }) };
  const lacksInner = isIcmpError(protocol, type) && !inner;
  return { transport, ...(lacksInner && { untold: 'the line does not tell the packet that it speaks of' }) };
}
