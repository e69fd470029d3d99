// How nft says what modules of iptables ask of IP and transport headers.
import { icmpCode, icmpType, icmpv6Code, icmpv6Type } from '../../datatype/types.ts';
import type { JsonObject, JsonValue } from '../../nft/json-value.ts';
import {
  aboutA,
  allOf,
  boundsOf,
  comparison,
  headerField,
  inRange,
  masked,
  type NftPlace,
  type NftSaid,
  never,
  oneOrSet,
  rawBits,
  transportIs,
} from './nft.ts';
import { has, type Setting, type Settings } from './settings.ts';

/** The byte of IPv4, and the eight bits behind the version of IPv6 (net/netfilter/xt_dscp.c: tos_mt). */
export function typeOfService([one]: Settings, { family }: NftPlace): NftSaid {
  const [value = 0, mask = 0] = one?.value[0]?.split('/').map(Number) ?? [];
  if ((value & ~mask) !== 0) return one?.negated ? [] : never;
  if (mask === 0) return one?.negated ? never : [];
  if (mask === 0xff && family === 'ip') return [comparison(rawBits('nh', 8, 8), value, one?.negated)];
  return family === 'ip'
    ? [comparison(masked(rawBits('nh', 8, 8), mask), value, one?.negated)]
    : [comparison(masked(rawBits('nh', 0, 16), mask << 4), value << 4, one?.negated)];
}

const ecnNames = ['not-ect', 'ect1', 'ect0', 'ce'];

/** net/netfilter/xt_ecn.c: ecn_mt4, ecn_mt6. */
export function congestion(settings: Settings, { family }: NftPlace): NftSaid {
  return settings.map(({ option, negated, value: [word = ''] }) => {
    if (option === '--ecn-ip-ect')
      return comparison(headerField(family, 'ecn'), ecnNames[Number(word)] ?? '', negated);
    const right = option === '--ecn-tcp-ece' ? 'ecn' : 'cwr';
    return { match: { op: negated ? '!' : 'in', left: headerField('tcp', 'flags'), right } };
  });
}

/** A TCP header is in the packet: no shorter one is valid, and later fragments have none. */
const tcpHeader: JsonObject = { match: { op: '>=', left: headerField('tcp', 'doff'), right: 5 } };

/** nft's names of TCP options (src/tcpopt.c). */
const tcpOptions: Readonly<Record<number, string>> = {
  2: 'maxseg',
  3: 'window',
  4: 'sack-perm',
  5: 'sack',
  8: 'timestamp',
  19: 'md5sig',
  30: 'mptcp',
  34: 'fastopen',
};

/** net/netfilter/nft_exthdr.c: nft_exthdr_tcp_eval and xt_tcpudp.c: tcp_find_option. */
export function tcpOption([one]: Settings): NftSaid {
  const kind = Number(one?.value[0]);
  if (kind === 1) return 'nft does not see a padding byte at the very end of a TCP header';
  const name = tcpOptions[kind];
  const left = { 'tcp option': name === undefined ? { base: kind, offset: 0, len: 8 } : { name } };
  return one?.negated ? [tcpHeader, comparison(left, false)] : [comparison(left, true)];
}

/** Negated, iptables also matches packets without the option (net/netfilter/xt_tcpmss.c: tcpmss_mt). */
export function segmentSize([one]: Settings): NftSaid {
  const [lo, hi] = boundsOf(one?.value[0] ?? '');
  const size = { 'tcp option': { name: 'maxseg', field: 'size' } };
  const found = comparison(size, lo === hi ? lo : { range: [lo, hi] }, one?.negated);
  if (!one?.negated) return [found];
  return { anyOf: [[found], [tcpHeader, comparison({ 'tcp option': { name: 'maxseg' } }, false)]] };
}

/** Type and code are compared together where that they are not these is asked. */
export function icmpMessage([one]: Settings, version: 'icmp' | 'icmpv6'): NftSaid {
  const [word = ''] = one?.value ?? [];
  if (word === 'any') return one?.negated ? never : [transportIs(version)];
  const [types, codes] = version === 'icmp' ? [icmpType, icmpCode] : [icmpv6Type, icmpv6Code];
  const [type = '0', code] = word.split('/');
  const left = ['type', 'code'].map((field) => headerField(version, field));
  const right = [types.toJson(BigInt(type)), ...(code === undefined ? [] : [codes.toJson(BigInt(code))])];
  if (one?.negated && right.length > 1)
    return [comparison({ concat: left }, { set: [{ concat: right }] }, true)];
  return right.map((value, at) => comparison(left[at] ?? null, value, one?.negated));
}

/** `ah`, of which only ip6tables looks at the length and the reserved bits (ipt_ah.c, ip6t_ah.c). */
export function authentication(settings: Settings): NftSaid {
  const conditions = settings.map(({ option, negated, value: [word = ''] }) => {
    if (option === '--ahspi') return inRange(headerField('ah', 'spi'), word, 0xffffffff, negated);
    if (option === '--ahres') return [comparison(headerField('ah', 'reserved'), 0)];
    return headerLength('ah', Number(word), negated);
  });
  return aboutA(transportIs('ah'), ...conditions);
}

/** The length field counts words of four bytes without the first two; a length of 0 asks nothing. */
function headerLength(header: string, bytes: number, negated: boolean): readonly JsonObject[] | undefined {
  if (bytes === 0) return [];
  const words = bytes / 4 - 2;
  if (!Number.isInteger(words) || words < 0 || words > 255) return negated ? [] : undefined;
  return [comparison(headerField(header, 'hdrlength'), words, negated)];
}

/** A field of a header in a range; the header itself where that asks nothing. */
export function indexOf(
  [one]: Settings,
  place: {
    readonly header: string;
    readonly field: string;
    readonly most: number;
    readonly transport: string;
  },
): NftSaid {
  const field = headerField(place.header, place.field);
  const range = one ? inRange(field, one.value[0] ?? '', place.most, one.negated) : [];
  return aboutA(transportIs(place.transport), range);
}

function portTest(header: string, { option, negated, value: [word = ''] }: Setting) {
  return inRange(headerField(header, option === '--sport' ? 'sport' : 'dport'), word, 0xffff, negated);
}

const dccpTypes = [
  'REQUEST',
  'RESPONSE',
  'DATA',
  'ACK',
  'DATAACK',
  'CLOSEREQ',
  'CLOSE',
  'RESET',
  'SYNC',
  'SYNCACK',
  'INVALID',
];

export function dccpHeader(settings: Settings): NftSaid {
  if (has(settings, '--dccp-option'))
    return 'the kernel need not have nft look at options of DCCP, and most do not';
  const conditions = settings.map((one) =>
    one.option === '--dccp-types' ? [dccpType(one)] : portTest('dccp', one),
  );
  return aboutA(transportIs('dccp'), ...conditions);
}

/** The last one stands for all numbers that are no type, of which nft has no names. */
function dccpType({ negated, value: [word = ''] }: Setting): JsonObject {
  const types = dccpTypes.filter((name) => word.split(',').includes(name));
  const values = types.flatMap((name): JsonValue[] =>
    name === 'INVALID' ? [10, 11, 12, 13, 14, 15] : [name.toLowerCase()],
  );
  return comparison(headerField('dccp', 'type'), oneOrSet(values), negated);
}

export function sctpHeader(settings: Settings): NftSaid {
  const chunks = settings.find(({ option }) => option === '--chunk-types');
  const said = chunks ? chunkTypes(chunks) : [];
  if (typeof said === 'string') return said;
  const ports = settings.filter((one) => one !== chunks).map((one) => portTest('sctp', one));
  return said.length > 0
    ? allOf([transportIs('sctp')], ...ports, said)
    : aboutA(transportIs('sctp'), ...ports);
}

/** nft's names of the chunks of iptables, as far as they have one (src/sctp_chunk.c). */
const nftChunks: Readonly<Record<string, string>> = {
  DATA: 'data',
  INIT: 'init',
  INIT_ACK: 'init-ack',
  SACK: 'sack',
  HEARTBEAT: 'heartbeat',
  HEARTBEAT_ACK: 'heartbeat-ack',
  ABORT: 'abort',
  SHUTDOWN: 'shutdown',
  SHUTDOWN_ACK: 'shutdown-ack',
  ERROR: 'error',
  COOKIE_ECHO: 'cookie-echo',
  COOKIE_ACK: 'cookie-ack',
  ECN_ECNE: 'ecne',
  ECN_CWR: 'cwr',
  SHUTDOWN_COMPLETE: 'shutdown-complete',
  ASCONF: 'asconf',
  ASCONF_ACK: 'asconf-ack',
  FORWARD_TSN: 'forward-tsn',
};

/** Each is there, or with `any` of them negated none (net/netfilter/xt_sctp.c: match_packet). */
function chunkTypes({ negated, value: [kind = '', list = ''] }: Setting): readonly JsonValue[] | string {
  const names = list.split(',').map((name) => nftChunks[name]);
  const isSingle = names.length === 1 && kind !== 'only';
  if (names.includes(undefined))
    return 'nft does not look at these chunks of SCTP, or at their flags in all chunks';
  if (!isSingle && (kind === 'only' || (kind === 'any') !== negated))
    return 'nft asks of one SCTP chunk whether it is there; write a rule for each';
  return names.map((name) => comparison({ 'sctp chunk': { name: name ?? '' } }, !negated));
}

/** The protocols with ports, by number. */
export const portedHeaders: Readonly<Record<number, string>> = {
  6: 'tcp',
  17: 'udp',
  33: 'dccp',
  132: 'sctp',
  136: 'udplite',
};

/** Either port as one comparison of both (net/netfilter/xt_multiport.c: ports_match_v1). */
export function portLists([one]: Settings, { protocol }: NftPlace): NftSaid {
  const header = portedHeaders[protocol ?? 0];
  const known = comparison({ meta: { key: 'l4proto' } }, { set: ['tcp', 'udp', 'dccp', 'sctp', 'udplite'] });
  const field = (name: string): JsonObject => headerField(header ?? 'th', name);
  const ranges = (one?.value[0] ?? '').split(',').map(boundsOf);
  const test =
    one?.option === '--ports'
      ? comparison({ concat: [field('sport'), field('dport')] }, { set: eitherPort(ranges) }, one.negated)
      : comparison(field(one?.option === '--sports' ? 'sport' : 'dport'), portSet(ranges), one?.negated);
  return header === undefined ? [known, test] : [test];
}

function portSet(ranges: readonly (readonly [number, number])[]): JsonValue {
  return oneOrSet(ranges.toSorted(([a], [b]) => a - b).map(portRange));
}

function portRange([lo, hi]: readonly [number, number]): JsonValue {
  return lo === hi ? lo : { range: [lo, hi] };
}

/** Pairs that do not overlap: the source is one of the ports, or it is not and the destination is. */
function eitherPort(ranges: readonly (readonly [number, number])[]): readonly JsonObject[] {
  const inside = joined(ranges);
  const pairs = [
    ...inside.map((range) => [range, [0, 0xffff]] as const),
    ...outside(inside).flatMap((other) => inside.map((range) => [other, range] as const)),
  ];
  return pairs.map(([sport, dport]) => ({ concat: [portRange(sport), portRange(dport)] }));
}

function joined(ranges: readonly (readonly [number, number])[]): readonly (readonly [number, number])[] {
  const found: [number, number][] = [];
  for (const [lo, hi] of ranges.toSorted(([a], [b]) => a - b)) {
    const last = found.at(-1);
    if (last && lo <= last[1] + 1) last[1] = Math.max(last[1], hi);
    else found.push([lo, hi]);
  }
  return found;
}

function outside(ranges: readonly (readonly [number, number])[]): readonly (readonly [number, number])[] {
  const starts = [0, ...ranges.map(([, hi]) => hi + 1)];
  const ends = [...ranges.map(([lo]) => lo - 1), 0xffff];
  return starts.flatMap((lo, at) => {
    const hi = ends[at] ?? 0;
    return lo <= hi ? [[lo, hi] as const] : [];
  });
}
