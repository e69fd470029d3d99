// Translations to what a map or a field gives: `dnat to tcp dport map { 80 : 10.0.0.2 . 8080 }`, `redirect to :tcp dport
// map { … }`. The data of the map are addresses, addresses with ports, or ports, each also a range.
import type { AddressFamily } from '../datatype/address.ts';
import type { DataType } from '../datatype/define.ts';
import { ipv4Address, ipv6Address, port } from '../datatype/types.ts';
import type { Tuple } from '../ir/tuple.ts';
import type { EvaluationContext } from '../match/define.ts';
import type { IptablesTarget } from '../match/iptables-spelling.ts';
import { findingsOf } from '../match/lookup-iptables.ts';
import type { Endpoint, TermReader } from '../match/reader.ts';
import { selectorsOf, typesOf } from '../match/reading.ts';
import { writeTuple } from '../match/tuple-language.ts';
import { isJsonArray, isJsonObject, type JsonValue } from '../nft/json-value.ts';
import { textOf } from '../text/source.ts';
import type { TargetSpelling } from './define.ts';
import {
  evaluateSource,
  misfitOf,
  ownData,
  readSource,
  type Source,
  sourceFromJson,
  sourceToJson,
  type Valuation,
  writeSource,
} from './source.ts';

/** What is worked out for each packet. */
export interface NatSource {
  /** An address, perhaps with a port. */
  readonly address?: Source;
  readonly port?: Source;
}

/** The type of the addresses of a family. */
export function addressType(family: AddressFamily): DataType {
  return family === 4 ? ipv4Address : ipv6Address;
}

/** A source of addresses, with their family where it is told. */
export interface AddressSource {
  readonly source: Source;
  readonly family?: AddressFamily;
}

/** Takes the source of an address. */
export function readAddressSource(
  reader: TermReader,
  named: AddressFamily | undefined,
): AddressSource | undefined {
  let told = named;
  const source = readSource(reader, {
    misfit: (reading) => {
      const problems = families.map((family) => misfitOf(reading, addressType(family)));
      return problems.includes(undefined) ? undefined : problems[0];
    },
    data: (inner) => {
      told ??= textOf(inner.span).includes(':') || inner.family === 'ip6' ? 6 : 4;
      return readPlace(inner, told);
    },
    named: {
      types: possibleFamilies(reader, named).flatMap((one) => [[addressType(one)], [addressType(one), port]]),
      found: ([type]) => {
        told = families.find((one) => addressType(one).name === type?.name);
      },
    },
  });
  const family = told ?? (source && familyOfField(source));
  return source && { source, ...(family && { family }) };
}

const families: readonly AddressFamily[] = [4, 6];

/** The families that are left, where a map only says which it is. */
function possibleFamilies(
  { family }: TermReader,
  named: AddressFamily | undefined,
): readonly AddressFamily[] {
  if (named) return [named];
  return families.filter((one) => family === undefined || family === (one === 4 ? 'ip' : 'ip6'));
}

function readPlace(reader: TermReader, family: AddressFamily): Tuple | undefined {
  const address = reader.atom(addressType(family));
  if (address === undefined || !reader.mark('.')) return address === undefined ? undefined : [address];
  const ports = reader.atom(port);
  return ports === undefined ? undefined : [address, ports];
}

function familyOfField(source: Source): AddressFamily | undefined {
  const [type] = source.kind === 'reading' ? typesOf([source.reading]) : [];
  return families.find((family) => type?.name === addressType(family).name);
}

/** Takes the source of a port. */
export function readPortSource(reader: TermReader): Source | undefined {
  return readSource(reader, {
    misfit: (reading) => misfitOf(reading, port),
    data: (inner) => {
      const ports = inner.atom(port);
      return ports === undefined ? undefined : [ports];
    },
    named: { types: [[port]] },
  });
}

/** Writes a source of an address. */
export function writeAddressSource(source: Source, family: AddressFamily | undefined): string {
  return writeSource(source, (value) => writeTuple([addressType(family ?? 4), port], value));
}

/** Writes a source of a port. */
export function writePortSource(source: Source): string {
  return writeSource(source, (value) => writeTuple([port], value));
}

/** Whether the rule must name a protocol with ports for it: its keys do not. */
export function needsPorts({ address, port: ports }: NatSource): boolean {
  if (ports) return true;
  if (address?.kind !== 'map' || !hasPorts(address)) return false;
  return !selectorsOf(address.lookup.keys).some(({ transports }) => transports === true);
}

/** The source of an address in nft JSON. */
export function addressSourceToJson(source: Source, family: AddressFamily | undefined): JsonValue {
  const type = addressType(family ?? 4);
  const json = sourceToJson(source, [type, port]);
  return isWide(source) ? withPrefixes(json, type.width) : json;
}

/** nft 1.0.6 keeps either single values or intervals in one map, so that one address stands as a prefix. */
function withPrefixes(json: JsonValue, width: number): JsonValue {
  const map = isJsonObject(json) ? json['map'] : undefined;
  const data = isJsonObject(map) ? map['data'] : undefined;
  const pairs = isJsonObject(data) ? data['set'] : undefined;
  if (!isJsonObject(map) || !isJsonArray(pairs)) return json;
  const widened = pairs.map((pair) =>
    isJsonArray(pair) ? [pair[0] ?? null, asInterval(pair[1], width)] : pair,
  );
  return { map: { ...map, data: { set: widened } } };
}

/** One address of so many bits as a network, alone or before a port; anything else as it is. */
export function asInterval(value: JsonValue | undefined, width: number): JsonValue {
  if (typeof value === 'string') return { prefix: { addr: value, len: width } };
  const [addr, ports, ...more] = isJsonObject(value) && isJsonArray(value['concat']) ? value['concat'] : [];
  const isSingle = typeof addr === 'string' && typeof ports === 'number' && more.length === 0;
  return isSingle ? { concat: [{ prefix: { addr, len: width } }, ports] } : (value ?? null);
}

/** Why nft can't say it, if so: it loses the end of a range of ports in a map. */
export function nftProblem({ port: ports }: NatSource): string | undefined {
  return ports && isWide(ports) ? 'nft 1.0.6 keeps no ranges of ports alone in a map' : undefined;
}

/** The source of a port in nft JSON. */
export function portSourceToJson(source: Source): JsonValue {
  return sourceToJson(source, [port]);
}

/** Whether the map has ports beside addresses. */
export function hasPorts(source: Source): boolean {
  return ownData(source).some((value) => value.length > 1);
}

/** Whether the map has a range. */
export function isWide(source: Source): boolean {
  return ownData(source).some(isWideTuple);
}

/** Whether a value is of several addresses or ports. */
export function isWideTuple(value: Tuple): boolean {
  return value.some((atom) => typeof atom === 'object' && atom.lo !== atom.hi);
}

/** The source of an address that an expression is. */
export function addressSourceFromJson(
  json: JsonValue | undefined,
  named: AddressFamily | undefined,
): AddressSource | undefined {
  for (const family of named ? [named] : families) {
    const type = addressType(family);
    const source = sourceFromJson(json, [[type], [type, port]]);
    if (!source || (source.kind === 'reading' && misfitOf(source.reading, type) !== undefined)) continue;
    const told = named ?? (ownData(source).length > 0 ? family : familyOfField(source));
    return { source, ...(told && { family: told }) };
  }
  return undefined;
}

/** The source of a port that an expression is. */
export function portSourceFromJson(json: JsonValue | undefined): Source | undefined {
  const source = sourceFromJson(json, [[port]]);
  return source?.kind === 'reading' && misfitOf(source.reading, port) !== undefined ? undefined : source;
}

/** Where a packet goes. */
export function resolvePlace(
  { address, port: ports }: NatSource,
  fixed: Endpoint,
  context: EvaluationContext,
): Valuation<Endpoint> {
  const place = address ? evaluated(address, context, (value) => placeOf(value, fixed)) : known(fixed);
  if (place.kind !== 'value' || !ports) return place;
  return evaluated(ports, context, ([range]) => ({
    ...place.value,
    ...(typeof range === 'object' && { port: range }),
  }));
}

function known(place: Endpoint): Valuation<Endpoint> {
  return { kind: 'value', value: place };
}

function placeOf([address, ports]: Tuple, fixed: Endpoint): Endpoint {
  return {
    ...fixed,
    ...(typeof address === 'object' && { address }),
    ...(typeof ports === 'object' && { port: ports }),
  };
}

function evaluated(
  source: Source,
  context: EvaluationContext,
  placed: (value: Tuple) => Endpoint,
): Valuation<Endpoint> {
  const found = evaluateSource(source, context);
  if (found.kind === 'none') return found;
  if (found.kind === 'value') return known(placed(found.value));
  const { possible, ...rest } = found;
  return { ...rest, ...(possible && { possible: possible.map(placed) }) };
}

/** One target for each entry of the map; `what` is the statement that translates to a place. */
export function sourceCases(
  { address, port: ports }: NatSource,
  fixed: Endpoint,
  target: IptablesTarget,
  what: (place: Endpoint) => { readonly key: string; readonly args: unknown },
): TargetSpelling {
  const source = address ?? ports;
  if (source?.kind !== 'map' || (address && ports))
    return { kind: 'unsupported', why: 'iptables translates to constants only, not to what a field is' };
  const findings = findingsOf(source.lookup, target);
  if ('kind' in findings) return findings;
  const cases = findings.flatMap(({ data, ...found }) => {
    if (data.kind !== 'value') return [];
    const [atom] = data.value;
    const place = address
      ? placeOf(data.value, fixed)
      : { ...fixed, ...(typeof atom === 'object' && { port: atom }) };
    return [{ ...found, what: what(place) }];
  });
  return { kind: 'cases', cases };
}
