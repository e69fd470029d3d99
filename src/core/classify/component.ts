// The parts of a listed connection that a packet of it may carry.
import { addressAt, type CompactEntry, keyAt, layer4Code } from '../conntrack/compact/compact-entry.ts';
import type { Direction } from '../conntrack/tuple.ts';
import type { Borders } from './borders.ts';
import type { Dimension } from './dimension.ts';
import { type KeyTable, keyTable } from './key-table.ts';

/** One number of one of both tuples. */
export interface Component {
  readonly tuple: Direction;
  readonly dimension: Dimension;
}

/** Whether the dimension is an address. */
export function isAddress(dimension: Dimension): dimension is 'source' | 'destination' {
  return dimension === 'source' || dimension === 'destination';
}

/** What a packet that goes one way has on one side, one that comes back has on the other. */
export const opposite: Readonly<Record<Dimension, Dimension>> = {
  source: 'destination',
  destination: 'source',
  sport: 'dport',
  dport: 'sport',
  id: 'id',
};

/** Where the words of an address begin among those of a connection. */
function addressPlace({ tuple, dimension }: Component): number {
  const first = tuple === 'original' ? addressAt.originalSource : addressAt.replySource;
  return dimension === 'destination' ? first + 4 : first;
}

const layer4s = { sport: layer4Code.ports, dport: layer4Code.ports, id: layer4Code.icmp } as const;
const keyPlaces = { sport: 0, dport: 1, id: 2 } as const;

/** The number of a component that is no address of IPv6; 0 where the connection has none. */
function numberOf({ addresses, keys, layer4 }: CompactEntry, component: Component): number {
  const { tuple, dimension } = component;
  if (isAddress(dimension)) return addresses[addressPlace(component)] ?? 0;
  if (layer4 !== layer4s[dimension]) return 0;
  return keys[keyAt[tuple] + keyPlaces[dimension]] ?? 0;
}

/** The value of a component; an ICMP identifier or a port that the connection has not is 0. */
export function valueOfComponent(connection: CompactEntry, component: Component): bigint {
  if (connection.family === 4 || !isAddress(component.dimension))
    return BigInt(numberOf(connection, component));
  const place = addressPlace(component);
  return connection.addresses
    .subarray(place, place + 4)
    .reduce((sum, word) => (sum << 32n) | BigInt(word), 0n);
}

/** The class of a component. */
export function classOf(connection: CompactEntry, component: Component, borders: Borders): number {
  return connection.family === 6 && isAddress(component.dimension)
    ? borders.classOfWords(connection.addresses, addressPlace(component))
    : borders.classOf(numberOf(connection, component));
}

/** A number for each value of a component, of IPv6 addresses one that this function gave them. */
export function identity(component: Component): (connection: CompactEntry) => number {
  let known: KeyTable | undefined;
  const place = addressPlace(component);
  return (connection) => {
    if (connection.family === 4 || !isAddress(component.dimension)) return numberOf(connection, component);
    known ??= keyTable(4);
    return known.indexOf(connection.addresses.subarray(place, place + 4));
  };
}
