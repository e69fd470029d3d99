// The neighbour and the interface that `dup` and `fwd` send to: constants, or worked out for each packet.
import { type Address, formatAddress, parseAddress } from '../datatype/address.ts';
import { interfaceName } from '../datatype/types.ts';
import { quote } from '../match/quote.ts';
import type { TermReader } from '../match/reader.ts';
import { typesOf } from '../match/reading.ts';
import { writeTuple } from '../match/tuple-language.ts';
import type { JsonValue } from '../nft/json-value.ts';
import {
  addressSourceFromJson,
  addressSourceToJson,
  readAddressSource,
  writeAddressSource,
} from './nat-source.ts';
import { ownData, readSource, type Source, sourceFromJson, sourceToJson, writeSource } from './source.ts';

/** An address, or where it comes from. */
export type Neighbour =
  | { readonly kind: 'address'; readonly address: Address }
  | { readonly kind: 'source'; readonly source: Source; readonly family?: 4 | 6 };

/** The name of an interface, or where it comes from. */
export type Device =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'device-source'; readonly source: Source };

/** Takes an address, or what gives one. */
export function readNeighbour(reader: TermReader): Neighbour | undefined {
  if (reader.atField) {
    const found = readAddressSource(reader, undefined);
    return found && { kind: 'source', ...found };
  }
  const endpoint = reader.endpoint();
  if (!endpoint) return undefined;
  const { family, address, port } = endpoint;
  return family && address && !port && address.lo === address.hi
    ? { kind: 'address', address: { family, value: address.lo } }
    : reader.refuse('HK3017', 'this takes one address');
}

/** Takes the name of an interface, or what gives one. */
export function readDevice(reader: TermReader): Device | undefined {
  if (!reader.atField) {
    const name = reader.atom(interfaceName);
    return typeof name === 'string' ? { kind: 'name', name } : undefined;
  }
  const source = readSource(reader, {
    misfit: (reading) => (typesOf([reading])[0]?.text ? undefined : `\`${reading.key}\` is no interface`),
    data: (inner) => {
      const name = inner.atom(interfaceName);
      return name === undefined ? undefined : [name];
    },
    named: { types: [[interfaceName]] },
  });
  return source && { kind: 'device-source', source };
}

/** Writes it so that readNeighbour reads the same. */
export function writeNeighbour(neighbour: Neighbour): string {
  return neighbour.kind === 'address'
    ? formatAddress(neighbour.address)
    : writeAddressSource(neighbour.source, neighbour.family);
}

/** Writes it so that readDevice reads the same. */
export function writeDevice(device: Device): string {
  return device.kind === 'name'
    ? quote(device.name)
    : writeSource(device.source, (value) => writeTuple([interfaceName], value));
}

/** The expression in nft JSON. */
export function neighbourToJson(neighbour: Neighbour): JsonValue {
  return neighbour.kind === 'address'
    ? formatAddress(neighbour.address)
    : addressSourceToJson(neighbour.source, neighbour.family);
}

/** The expression in nft JSON. */
export function deviceToJson(device: Device): JsonValue {
  return device.kind === 'name' ? device.name : sourceToJson(device.source, [interfaceName]);
}

/** The neighbour that an expression is. */
export function neighbourFromJson(json: JsonValue | undefined): Neighbour | undefined {
  const address = typeof json === 'string' ? parseAddress(json) : undefined;
  if (address) return { kind: 'address', address };
  const found = addressSourceFromJson(json, undefined);
  return found && { kind: 'source', ...found };
}

/** The interface that an expression is. */
export function deviceFromJson(json: JsonValue | undefined): Device | undefined {
  if (typeof json === 'string') return json === '' ? undefined : { kind: 'name', name: json };
  const source = sourceFromJson(json, [[interfaceName]]);
  const isOfNames =
    source?.kind === 'map'
      ? ownData(source).every(([name]) => typeof name === 'string')
      : source && typesOf([source.reading])[0]?.text !== undefined;
  return source && isOfNames ? { kind: 'device-source', source } : undefined;
}

/** The family of an address, where it is told. */
export function familyOfNeighbour(neighbour: Neighbour): 4 | 6 | undefined {
  return neighbour.kind === 'address' ? neighbour.address.family : neighbour.family;
}
