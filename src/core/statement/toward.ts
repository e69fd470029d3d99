// The neighbour and the interface that `dup` and `fwd` send to: constants, or worked out for each packet.
import { type Address, formatAddress, parseAddress } from '../datatype/address.ts';
import { interfaceName } from '../datatype/types.ts';
import type { EvaluationContext } from '../match/define.ts';
import { quote } from '../match/quote.ts';
import type { TermReader } from '../match/reader.ts';
import { typesOf } from '../match/reading.ts';
import { writeTuple } from '../match/tuple-language.ts';
import type { JsonValue } from '../nft/json-value.ts';
import type { Effect } from './define.ts';
import {
  addressSourceFromJson,
  addressSourceToJson,
  readAddressSource,
  writeAddressSource,
} from './nat-source.ts';
import {
  evaluateSource,
  ownData,
  readSource,
  type Source,
  sourceFromJson,
  sourceToJson,
  type Valuation,
  writeSource,
} from './source.ts';

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

/** Where a packet goes. */
export interface Place {
  readonly to?: bigint;
  readonly device?: string;
}

/** What a statement does once it is known where to. The rule ends where a map has nothing; `open`: what else is done. */
export function effectToward(
  { to, device }: { readonly to?: Neighbour | undefined; readonly device?: Device | undefined },
  { text, context }: { readonly text: string; readonly context: EvaluationContext },
  effectOf: (place: Place) => Effect,
  open: (why: string) => Effect,
): Effect {
  const address = to && addressOf(to, context);
  const name = device && nameOf(device, context);
  for (const one of [address, name])
    if (one?.kind === 'none') return { kind: 'mismatch', condition: text, actual: one.actual };
    else if (one?.kind === 'unknown') return open(one.why);
  return effectOf({
    ...(address?.kind === 'value' && { to: address.value }),
    ...(name?.kind === 'value' && { device: name.value }),
  });
}

function addressOf(neighbour: Neighbour, context: EvaluationContext): Valuation<bigint> {
  if (neighbour.kind === 'address') return { kind: 'value', value: neighbour.address.value };
  const found = evaluateSource(neighbour.source, context);
  if (found.kind !== 'value') return without(found);
  const [range] = found.value;
  return typeof range === 'object' ? { kind: 'value', value: range.lo } : noValue;
}

function nameOf(device: Device, context: EvaluationContext): Valuation<string> {
  if (device.kind === 'name') return { kind: 'value', value: device.name };
  const found = evaluateSource(device.source, context);
  if (found.kind !== 'value') return without(found);
  const [name] = found.value;
  return typeof name === 'string' ? { kind: 'value', value: name } : noValue;
}

const noValue = { kind: 'none', actual: 'no value' } as const;

/** What it may be is not followed one by one. */
function without<Value>(
  found: Exclude<Valuation<Value>, { kind: 'value' }>,
): Exclude<Valuation<never>, { kind: 'value' }> {
  return found.kind === 'none' ? found : { kind: 'unknown', why: found.why, mayMiss: found.mayMiss };
}
