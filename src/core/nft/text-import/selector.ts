// What a rule reads from a packet, its connection, its socket or its route: the selectors with their types. Tables of
// nft's words; how they stand in a rule is the parser's.
import type { JsonObject } from '../json-value.ts';
import { type Layer, protocolOf } from './protocols.ts';
import { isTypeName, type NftType, types } from './types.ts';

/** Bits of a header, named or raw. */
export interface Payload {
  readonly kind: 'payload';
  readonly layer: Layer;
  readonly offset: number;
  readonly bits: number;
  readonly type: NftType;
  /** Missing where only the bits are said. `th` stands for every transport protocol with ports. */
  readonly protocol?: string;
  readonly field?: string;
}

/** Anything else, as JSON has it. */
export interface Reading {
  readonly kind: 'reading';
  readonly group:
    | 'meta'
    | 'ct'
    | 'exthdr'
    | 'tcp option'
    | 'ip option'
    | 'sctp chunk'
    | 'fib'
    | 'rt'
    | 'other';
  readonly json: JsonObject;
  readonly type: NftType;
  readonly bits: number;
  /** The largest value that it can have, where its bits hold more. */
  readonly max?: bigint;
  /** The key of `meta` and `ct`. */
  readonly key?: string;
}

export type Selector = Payload | Reading;

/** A header field by its names; undefined where the header has none of that name. */
export function fieldSelector(protocol: string, name: string): Payload | undefined {
  const { layer, fields } = protocolOf(protocol);
  const field = fields.find((one) => one.name === name);
  return (
    field && {
      kind: 'payload',
      layer,
      offset: field.offset,
      bits: field.bits,
      type: field.type,
      protocol,
      field: name,
    }
  );
}

/** Raw bits; the ports stand at the same place in every transport protocol that has them. */
export function rawSelector(layer: Layer, offset: number, bits: number): Payload {
  const raw: Payload = { kind: 'payload', layer, offset, bits, type: types.integer };
  if (layer !== 'th' || bits !== 16 || (offset !== 0 && offset !== 16)) return raw;
  return { ...raw, type: types.service, protocol: 'th', field: offset === 0 ? 'sport' : 'dport' };
}

interface Key {
  readonly type: NftType;
  readonly bits: number;
}

/** Reads `name type [bits]` tables; the bits are the type's where they are not said. */
function readKeys(table: string): ReadonlyMap<string, Key> {
  return new Map(
    table
      .trim()
      .split(/\s*,\s*/)
      .map((entry): [string, Key] => {
        const [name = '', type = '', bits] = entry.split(' ');
        const known = isTypeName(type) ? types[type] : types.integer;
        return [name, { type: known, bits: bits === undefined ? known.bits : Number(bits) }];
      }),
  );
}

/** nftables: src/meta.c: meta_templates. */
export const metaKeys = readKeys(
  `length hostInteger 32, protocol etherType, nfproto family, l4proto protocol, priority trafficClass, mark mark,
  iif ifindex, iifname ifname, iiftype interfaceType, oif ifindex, oifname ifname, oiftype interfaceType,
  skuid user, skgid group, nftrace hostInteger 1, rtclassid realm, ibrname ifname, obrname ifname,
  pkttype packetType, cpu hostInteger 32, iifgroup deviceGroup, oifgroup deviceGroup, cgroup hostInteger 32,
  random integer 32, ipsec boolean 8, iifkind ifname, oifkind ifname, ibrpvid hostInteger 16, ibrvproto etherType,
  time time, day day, hour hour, secmark hostInteger 32, sdif ifindex, sdifname ifname`,
);

/** Other names of meta keys. */
export const metaAliases: ReadonlyMap<string, string> = new Map([
  ['secpath', 'ipsec'],
  ['ibriport', 'ibrname'],
  ['obriport', 'obrname'],
  ['ibridgename', 'ibrname'],
  ['obridgename', 'obrname'],
]);

/** Meta keys that stand without `meta`. */
export const bareMetaKeys: ReadonlySet<string> = new Set(
  `mark iif iifname iiftype oif oifname oiftype skuid skgid nftrace rtclassid ibriport obriport ibrname obrname
  ibridgename obridgename pkttype cpu iifgroup oifgroup cgroup ipsec secpath time day hour`.split(/\s+/),
);

/** nftables: src/ct.c: ct_templates. The types of addresses depend on the network protocol. */
export const ctKeys = readKeys(
  `state ctState, direction ctDirection, status ctStatus, mark mark, expiration duration 32, helper string 128,
  l3proto family, saddr ipv4, daddr ipv4, protocol protocol, proto-src service, proto-dst service, label ctLabel,
  bytes hostInteger 64, packets hostInteger 64, avgpkt hostInteger 64, zone hostInteger 16, event ctEvent,
  secmark hostInteger 32, id integer 32`,
);

/** Keys of `ct` that may stand, and that have to stand, behind a direction. */
export const directedCtKeys: ReadonlySet<string> = new Set(
  'saddr daddr l3proto protocol proto-src proto-dst bytes packets avgpkt zone'.split(' '),
);

/** Keys that may be set for one direction. */
export const countedCtKeys: ReadonlySet<string> = new Set(['bytes', 'packets', 'avgpkt', 'zone']);

const withKeys = (table: Readonly<Record<string, string>>): ReadonlyMap<string, ReadonlyMap<string, Key>> =>
  new Map(Object.entries(table).map(([name, fields]) => [name, readKeys(fields)]));

const next = 'nexthdr protocol';

/** nftables: src/exthdr.c. */
export const extensionHeaders = withKeys({
  hbh: `${next}, hdrlength integer 8`,
  rt: `${next}, hdrlength integer 8, type integer 8, seg-left integer 8`,
  rt0: 'addr ipv6',
  rt2: 'addr ipv6',
  srh: 'last-entry integer 8, flags integer 8, tag integer 16, sid ipv6',
  frag: `${next}, reserved integer 8, frag-off integer 13, reserved2 integer 2, more-fragments integer 1,
    id integer 32`,
  dst: `${next}, hdrlength integer 8`,
  mh: `${next}, hdrlength integer 8, type mobilityType, reserved integer 8, checksum integer 16`,
});

/** nftables: src/ipopt.c. */
export const ipOptions = withKeys({
  lsrr: 'type integer 8, length integer 8, ptr integer 8, addr integer 32',
  rr: 'type integer 8, length integer 8, ptr integer 8, addr integer 32',
  ssrr: 'type integer 8, length integer 8, ptr integer 8, addr integer 32',
  ra: 'type integer 8, length integer 8, value integer 16',
});

/** nftables: src/tcpopt.c, each by its kind. */
export const tcpOptionKinds: ReadonlyMap<string, number> = new Map([
  ['eol', 0],
  ['nop', 1],
  ['maxseg', 2],
  ['window', 3],
  ['sack-perm', 4],
  ['sack', 5],
  ['timestamp', 8],
  ['md5sig', 19],
  ['mptcp', 30],
  ['fastopen', 34],
]);

/** Other names of TCP options; a block of `sack` has its number behind the name. */
export const tcpOptionAliases: ReadonlyMap<string, string> = new Map([
  ['mss', 'maxseg'],
  ['sack-permitted', 'sack-perm'],
  ['sack0', 'sack'],
]);

/** Fields with their offsets where one option may be read in raw bits. */
export const tcpOptionFields = withKeys({
  nop: '',
  eol: '',
  maxseg: 'length integer 8, size integer 16',
  window: 'length integer 8, count integer 8',
  'sack-perm': 'length integer 8',
  sack: 'length integer 8, left integer 32, right integer 32',
  sack1: 'length integer 8, left integer 32, right integer 32',
  sack2: 'length integer 8, left integer 32, right integer 32',
  sack3: 'length integer 8, left integer 32, right integer 32',
  timestamp: 'length integer 8, tsval integer 32, tsecr integer 32',
  fastopen: 'length integer 8',
  md5sig: 'length integer 8',
  mptcp: 'length integer 8, subtype integer 4',
});

const chunk = 'type integer 8, flags integer 8, length integer 16';
const init = `${chunk}, init-tag integer 32, a-rwnd integer 32, num-outbound-streams integer 16,
  num-inbound-streams integer 16, initial-tsn integer 32`;

/** nftables: src/sctp_chunk.c. */
export const sctpChunks = withKeys({
  data: `${chunk}, tsn integer 32, stream integer 16, ssn integer 16, ppid integer 32`,
  init,
  'init-ack': init,
  sack: `${chunk}, cum-tsn-ack integer 32, a-rwnd integer 32, num-gap-ack-blocks integer 16,
    num-dup-tsns integer 16`,
  heartbeat: chunk,
  'heartbeat-ack': chunk,
  abort: chunk,
  shutdown: `${chunk}, cum-tsn-ack integer 32`,
  'shutdown-ack': chunk,
  error: chunk,
  'cookie-echo': chunk,
  'cookie-ack': chunk,
  ecne: `${chunk}, lowest-tsn integer 32`,
  cwr: `${chunk}, lowest-tsn integer 32`,
  'shutdown-complete': chunk,
  'asconf-ack': `${chunk}, seqno integer 32`,
  'forward-tsn': `${chunk}, new-cum-tsn integer 32`,
  asconf: `${chunk}, seqno integer 32`,
});
