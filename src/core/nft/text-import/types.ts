// The data types of nft as its ruleset language reads and lists them: our types with what only nft knows of them, such
// as the order of their bytes, which decides the order of a set's elements.
import { type DataType, integerJson } from '../../datatype/define.ts';
import * as listed from '../../datatype/nft-types.ts';
import * as known from '../../datatype/types.ts';
import { durationType, hourType, macType, timeType, trafficClassType } from '../../datatype/written-types.ts';
import type { JsonValue } from '../json-value.ts';
import { numberOf } from './tokens.ts';

export interface NftType {
  /** As in the declaration of a set. */
  readonly name: string;
  /** Ours, of which it is made; without a width where the field decides. */
  readonly data: DataType;
  /** How messages speak of a value. */
  readonly label: string;
  /** 0 where the field decides. */
  readonly bits: number;
  /** Of the bytes that the kernel compares. */
  readonly order: 'big' | 'host';
  /** `text`: names, where a trailing `*` is a wildcard. `bitmask`: each constant is a bit. */
  readonly base: 'integer' | 'bitmask' | 'text';
  /** Whether nft lists aligned ranges as prefixes. */
  readonly prefixes: boolean;
  readonly parse: (text: string) => bigint | undefined;
  readonly json: (value: bigint) => JsonValue;
  /** For did-you-mean. */
  readonly constants: Iterable<string>;
}

type Traits = Partial<Pick<NftType, 'name' | 'bits' | 'order' | 'base' | 'prefixes' | 'json' | 'parse'>>;

function nftType(from: DataType, traits: Traits = {}): NftType {
  const base = from.bitmask ? 'bitmask' : from.text ? 'text' : 'integer';
  return {
    name: from.name,
    data: from,
    label: from.label,
    bits: from.width,
    order: 'big',
    base,
    prefixes: from.prefixes === true,
    parse: (text) => from.constants?.get(text) ?? parseInteger(text) ?? from.parse(text),
    json: from.toJson,
    constants: from.constants?.keys() ?? [],
    ...traits,
  };
}

/** Decimal, octal or `0x`. */
function parseInteger(text: string): bigint | undefined {
  return /^(?:0[xX][0-9a-fA-F]+|\d+)$/.test(text) ? numberOf(text) : undefined;
}

const number: DataType = {
  name: 'integer',
  label: 'a number',
  width: 0,
  parse: () => undefined,
  format: String,
  toJson: Number,
};

const host = { order: 'host' } as const;

/** The low bits of an address may be written as a number. */
function parseIpv4(text: string): bigint | undefined {
  return known.ipv4Address.parse(text) ?? parseInteger(text);
}

function ipv4(): NftType {
  return nftType(known.ipv4Address, { parse: parseIpv4 });
}

function nameType(name: string, label: string): NftType {
  return nftType({ ...known.interfaceName, name, label }, host);
}

/** A user or group by its number; of names only root's, as other machines have others. */
function idType(from: DataType): NftType {
  return nftType(from, { ...host, parse: (word) => (word === 'root' ? 0n : parseInteger(word)) });
}

/** Every type under a name of its own; two are called `integer`, and two `time`, in nft. */
export const types = {
  integer: nftType(number, { json: integerJson }),
  hostInteger: nftType(number, { ...host, json: integerJson }),
  bitmask: nftType({ ...number, name: 'bitmask' }, { json: integerJson }),
  boolean: nftType(listed.existence, host),
  string: nftType(listed.anyText, host),
  ifname: nameType('ifname', 'the name of an interface'),
  ifindex: { ...nameType('iface_index', 'the name of an interface'), bits: 32 },
  ipv4: ipv4(),
  ipv6: nftType(known.ipv6Address, { parse: known.ipv6Address.parse }),
  mac: nftType(macType, { parse: macType.parse }),
  protocol: nftType(known.protocol),
  service: nftType(known.port),
  mark: nftType(known.mark, { ...host, prefixes: true }),
  etherType: nftType(listed.etherType),
  arpOperation: nftType(listed.arpOperation),
  icmpType: nftType(known.icmpType),
  icmpCode: nftType(known.icmpCode),
  icmpv6Type: nftType({
    ...known.icmpv6Type,
    constants: new Map([...(known.icmpv6Type.constants ?? []), ['mld-listener-reduction', 132n]]),
  }),
  icmpv6Code: nftType(known.icmpv6Code),
  icmpxCode: nftType(listed.icmpxCode),
  igmpType: nftType(listed.igmpType),
  tcpFlags: nftType(known.tcpFlags),
  dccpType: nftType(listed.dccpType),
  mobilityType: nftType(listed.mobilityType),
  dscp: nftType(known.dscp),
  ecn: nftType(listed.ecn),
  ctState: nftType(known.ctStateBits, host),
  ctStatus: nftType(known.ctStatusBits, host),
  ctEvent: nftType(listed.ctEventBits, host),
  ctDirection: nftType(known.ctDirection, host),
  ctLabel: nftType(listed.ctLabelBits, { ...host, parse: listed.ctLabelBits.parse }),
  packetType: nftType(known.packetType, host),
  family: nftType(known.networkFamily, host),
  interfaceType: nftType(listed.interfaceType, host),
  deviceGroup: nftType(listed.deviceGroup, { ...host, prefixes: true }),
  realm: nftType(listed.realm, {
    ...host,
    prefixes: true,
    json: (value) => (value === 0n ? 'cosmos' : value.toString()),
  }),
  addressType: nftType(listed.addressType, host),
  user: idType(known.userId),
  group: idType(known.groupId),
  trafficClass: nftType(trafficClassType, { ...host, parse: trafficClassType.parse }),
  duration: nftType(durationType, { ...host, parse: durationType.parse }),
  time: nftType(timeType, { ...host, parse: timeType.parse }),
  hour: nftType(hourType, { ...host, parse: hourType.parse }),
  day: nftType(listed.dayOfWeek, host),
  cgroup: nftType({ ...listed.anyText, name: 'cgroupsv2', label: 'the path of a control group' }, host),
} as const satisfies Record<string, NftType>;

type TypeName = keyof typeof types;

/** Whether a word names a type in the tables of fields. */
export function isTypeName(name: string): name is TypeName {
  return Object.hasOwn(types, name);
}

const typesByName: ReadonlyMap<string, NftType> = new Map(
  Object.values(types)
    .toReversed()
    .map((type) => [type.name, type]),
);

/** The type that a declaration names. */
export function findType(name: string): NftType | undefined {
  return name === 'time' ? types.duration : typesByName.get(name);
}

/** The names of all types, for did-you-mean. */
export const typeNames: readonly string[] = [...typesByName.keys()];
