// What the nat statements share: where to, which ports, and the flags, in the language and in nft JSON.
import type { AddressFamily } from '../datatype/address.ts';
import type { DataType } from '../datatype/define.ts';
import { prefixLength, type Range } from '../datatype/range.ts';
import { port } from '../datatype/types.ts';
import { rangeToJson, valueFromJson } from '../match/field-json.ts';
import type { Endpoint, TermReader } from '../match/reader.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../nft/json-value.ts';
import { textOf } from '../text/source.ts';
import {
  addressSourceFromJson,
  addressSourceToJson,
  addressType,
  hasPorts,
  isWide,
  type NatSource,
  portSourceFromJson,
  portSourceToJson,
  readAddressSource,
  readPortSource,
  writeAddressSource,
  writePortSource,
} from './nat-source.ts';

/** An address has a family; ports alone apply to both. */
export interface NatArgs extends Endpoint {
  /** The port that becomes the first of the ports, those above likewise. */
  readonly base?: bigint;
  /** What is worked out for each packet, in place of the address, of the port or of both. */
  readonly source?: NatSource;
  /** The address is a network, and host bits are kept. */
  readonly prefix?: true;
  readonly flags: readonly NatFlag[];
}

/** In the order in which nft prints them. */
export const natFlags = ['random', 'fully-random', 'persistent'] as const;
export type NatFlag = (typeof natFlags)[number];

export type NatKey = 'snat' | 'dnat' | 'masquerade' | 'redirect';

/** Reads `[to PLACE] [flags]`; `fixed` statements need a place to go to, the others take only ports. */
export function readNat(reader: TermReader, fixed: boolean): NatArgs | undefined {
  const word = fixed ? reader.word('ip', 'ip6') : undefined;
  const named = word && (word === 'ip' ? 4 : 6);
  const prefix = fixed && reader.word('prefix') !== undefined;
  const to = reader.word('to') !== undefined;
  if (fixed && !to) return reader.fail('HK3009', 'expected `to` and an address or port');
  if (reader.atField && fixed) return readComputed(reader, named, prefix);
  if (prefix) return readPrefix(reader);
  const place = to ? readPlace(reader, named) : {};
  if (!place) return undefined;
  if (!fixed && place.address)
    return reader.refuse('HK3017', 'the address is that of the interface, only ports can be given');
  const base = fixed && place.port && reader.mark('/') ? reader.single(port) : null;
  if (base === undefined) return undefined;
  return { ...place, ...(base !== null && { base }), flags: readFlags(reader) };
}

type Place = Omit<NatArgs, 'flags'>;

/** An address, a port or both, of which the port may be worked out. */
function readPlace(reader: TermReader, named: AddressFamily | undefined): Place | undefined {
  const endpoint = reader.mark(':') ? {} : reader.endpoint();
  if (!endpoint || (endpoint.address && !reader.mark(':'))) return endpoint;
  const place = { ...endpoint, ...(named && !endpoint.family && { family: named }) };
  return readPort(reader, place);
}

/** What is behind the colon. */
function readPort(reader: TermReader, place: Place): Place | undefined {
  if (reader.atField) {
    const source = readPortSource(reader);
    return source && { ...place, source: { ...place.source, port: source } };
  }
  const ports = reader.atom(port);
  return typeof ports === 'object' ? { ...place, port: ports } : undefined;
}

/** An address that is worked out, and perhaps a port. */
function readComputed(
  reader: TermReader,
  named: AddressFamily | undefined,
  prefix: boolean,
): NatArgs | undefined {
  const found = readAddressSource(reader, named);
  if (!found) return undefined;
  const { source, family } = found;
  if (!family && !reader.family)
    return reader.refuse('HK3017', 'nothing tells the family of the addresses', 'write `ip to` or `ip6 to`');
  const place: Place = { ...(family && { family }), source: { address: source }, ...(prefix && { prefix }) };
  const whole = reader.mark(':') ? readPort(reader, place) : place;
  return whole && { ...whole, flags: readFlags(reader) };
}

function readPrefix(reader: TermReader): NatArgs | undefined {
  const network = readNetwork(reader);
  return network && { ...network, prefix: true, flags: readFlags(reader) };
}

/** A network, whose host bits a translation keeps. */
export function readNetwork(reader: TermReader): Required<Pick<Endpoint, 'family' | 'address'>> | undefined {
  const family = textOf(reader.span).includes(':') ? 6 : 4;
  const type = addressType(family);
  const value = reader.value(type);
  if (!value) return undefined;
  const [address, ...others] = value.kind === 'ranges' && !value.braces ? value.ranges : [];
  return address && others.length === 0 && prefixLength(address, type.width) !== undefined
    ? { family, address }
    : reader.refuse('HK3017', 'this takes one network');
}

function readFlags(reader: TermReader): readonly NatFlag[] {
  const found: NatFlag[] = [];
  for (let flag = reader.word(...natFlags); flag; flag = reader.word(...natFlags)) {
    found.push(flag);
    reader.mark(',');
  }
  return orderFlags(found);
}

function orderFlags(flags: readonly NatFlag[]): readonly NatFlag[] {
  return natFlags.filter((name) => flags.includes(name));
}

/** A network as `10.0.0.0/24`, also where it is one address. */
export function formatNetwork(family: AddressFamily, address: Range): string {
  const type = addressType(family);
  return `${type.format(address.lo)}/${prefixLength(address, type.width) ?? type.width}`;
}

/** Writes the statement so that readNat reads the same. */
export function writeNat(key: NatKey, args: NatArgs): string {
  const { family, address, port: ports, base, prefix, flags } = args;
  if (args.source) return writeComputed(key, args, args.source);
  if (prefix && family && address)
    return [key, 'prefix to', formatNetwork(family, address), ...flags].join(' ');
  const place = [
    address && family ? formatRange(address, addressType(family), family === 6 && ports !== undefined) : '',
    ports ? `:${formatRange(ports, port)}` : '',
    base === undefined ? '' : `/${base}`,
  ].join('');
  return [key, ...(place ? ['to', place] : []), ...flags].join(' ');
}

function writeComputed(
  key: NatKey,
  { family, address, port: ports, prefix, flags }: NatArgs,
  source: NatSource,
) {
  const isTold = source.address !== undefined && family !== undefined;
  const host = source.address
    ? writeAddressSource(source.address, family)
    : address && family && formatRange(address, addressType(family), family === 6);
  const number = source.port ? writePortSource(source.port) : ports && formatRange(ports, port);
  const words = [isTold && (family === 4 ? 'ip' : 'ip6'), prefix && 'prefix', 'to'].filter(Boolean);
  return [key, ...words, `${host ?? ''}${number === undefined ? '' : `:${number}`}`, ...flags].join(' ');
}

function formatRange({ lo, hi }: Range, type: DataType, bracketed = false): string {
  const bounds = lo === hi ? [lo] : [lo, hi];
  return bounds.map((bound) => (bracketed ? `[${type.format(bound)}]` : type.format(bound))).join('-');
}

/** The statement in nft JSON; the family stands where there is an address, which inet tables need. */
export function natToJson(key: NatKey, args: NatArgs, only?: 'ip' | 'ip6'): JsonObject {
  const { family, address, port: ports, prefix, source } = args;
  // nft adds `netmap` to `prefix` by itself, and lists it.
  const flags = prefix ? ['netmap', ...args.flags] : args.flags;
  const [flag] = flags;
  const wide = source?.address && (hasPorts(source.address) || isWide(source.address) || prefix);
  const json = {
    ...(family && (address ?? source?.address) && (!only || wide) && { family: family === 4 ? 'ip' : 'ip6' }),
    ...(family && address && { addr: rangeToJson(addressType(family), address) }),
    ...(source?.address && { addr: addressSourceToJson(source.address, family) }),
    ...(ports && { port: rangeToJson(port, ports) }),
    ...(source?.port && { port: portSourceToJson(source.port) }),
    ...(flag && { flags: flags.length === 1 ? flag : flags }),
    ...(prefix && { type_flags: 'prefix' }),
  };
  return { [key]: Object.keys(json).length === 0 ? null : json };
}

const known = new Set(['family', 'addr', 'port', 'flags', 'type_flags']);

/** The arguments if the statement is this one and entirely understood. */
export function natFromJson(key: NatKey, statement: JsonValue): NatArgs | undefined {
  if (!isJsonObject(statement) || !(key in statement)) return undefined;
  const given = statement[key] ?? {};
  if (!isJsonObject(given) || !Object.keys(given).every((name) => known.has(name))) return undefined;
  const prefix = given['type_flags'] === 'prefix';
  if (!prefix && given['type_flags'] !== undefined) return undefined;
  const flags = flagsFromJson(given['flags'] ?? [], prefix ? ['netmap'] : []);
  const place = addressFromJson(given);
  const ports = portFromJson(given['port']);
  if (!flags || !place || !ports) return undefined;
  if (prefix && !place.source && !isNetwork(place)) return undefined;
  const source = { ...place.source, ...ports.source };
  return {
    ...place,
    ...ports,
    ...((place.source ?? ports.source) && { source }),
    ...(prefix && { prefix }),
    flags,
  };
}

function portFromJson(json: JsonValue | undefined): Pick<Place, 'port' | 'source'> | undefined {
  if (json === undefined) return {};
  const range = singleRange(port, json);
  if (range) return { port: range };
  const source = portSourceFromJson(json);
  return source && { source: { port: source } };
}

function isNetwork({ family, address }: Endpoint): boolean {
  return (
    family !== undefined &&
    address !== undefined &&
    prefixLength(address, addressType(family).width) !== undefined
  );
}

function addressFromJson({ family, addr }: JsonObject): Place | undefined {
  if (addr === undefined) return {};
  for (const candidate of [4, 6] as const) {
    if (family !== undefined && family !== (candidate === 4 ? 'ip' : 'ip6')) continue;
    const address = singleRange(addressType(candidate), addr);
    if (address) return { family: candidate, address };
  }
  const named = family === 'ip' ? 4 : family === 'ip6' ? 6 : undefined;
  const found = addressSourceFromJson(addr, named);
  return found && { ...(found.family && { family: found.family }), source: { address: found.source } };
}

function singleRange(type: DataType, json: JsonValue | undefined): Range | undefined {
  const value = valueFromJson(type, json);
  return value?.kind === 'ranges' && !value.braces ? value.ranges[0] : undefined;
}

/** `implied`: flags that only repeat what is known otherwise. */
function flagsFromJson(json: JsonValue, implied: readonly string[]): readonly NatFlag[] | undefined {
  const items = (isJsonArray(json) ? json : [json]).filter((item) => !implied.some((one) => one === item));
  const flags = items.map((item) => natFlags.find((name) => name === item));
  const found = flags.filter((flag) => flag !== undefined);
  return found.length === flags.length ? orderFlags(found) : undefined;
}
