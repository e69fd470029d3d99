// Where all packets at once are translated to by maps: each place with the packets that find it.
import type { Node } from '../bdd/bdd.ts';
import type { EntryData, Tuple } from '../ir/tuple.ts';
import type { SymbolicContext } from '../match/define.ts';
import { symbolicLookUp } from '../match/lookup.ts';
import type { Endpoint } from '../match/reader.ts';
import type { NatSource } from './nat-source.ts';
import type { Source } from './source.ts';

/** Packets with the place that they are sent to. */
interface SymbolicPlace {
  readonly when: Node;
  readonly place: Endpoint;
}

/** Every packet is with one place, or finds none, or one that is not worked out. */
export interface SymbolicPlaces {
  readonly places: readonly SymbolicPlace[];
  readonly missed: Node;
  readonly open: Node;
}

/** Where packets go: an address, perhaps with a port, then a port. */
export function symbolicPlaces(
  { address, port }: NatSource,
  fixed: Endpoint,
  context: SymbolicContext,
): SymbolicPlaces {
  const first: SymbolicPlaces = { places: [{ when: 1, place: fixed }], missed: 0, open: 0 };
  const behindAddress = address ? refined(first, address, withAddress, context) : first;
  return port ? refined(behindAddress, port, withPort, context) : behindAddress;
}

function withAddress(place: Endpoint, [address, ports]: Tuple): Endpoint {
  return {
    ...place,
    ...(typeof address === 'object' && { address }),
    ...(typeof ports === 'object' && { port: ports }),
  };
}

function withPort(place: Endpoint, [ports]: Tuple): Endpoint {
  return { ...place, ...(typeof ports === 'object' && { port: ports }) };
}

function refined(
  { places, missed, open }: SymbolicPlaces,
  source: Source,
  withValue: (place: Endpoint, value: Tuple) => Endpoint,
  context: SymbolicContext,
): SymbolicPlaces {
  const { bdd } = context;
  if (source.kind === 'reading') return { places: [], missed, open: bdd.not(missed) };
  const looked = symbolicLookUp(source.lookup, context);
  const missing = bdd.minus(bdd.or(looked.none, looked.missing), bdd.or(missed, open));
  return {
    places: places.flatMap(({ when, place }) =>
      looked.found.flatMap(({ when: found, data }) => {
        const both = bdd.and(when, found);
        return both === 0 ? [] : [{ when: both, place: placed(place, data, withValue) }];
      }),
    ),
    missed: bdd.or(missed, missing),
    open: bdd.or(open, bdd.minus(looked.unknown, missed)),
  };
}

function placed(
  place: Endpoint,
  data: EntryData,
  withValue: (place: Endpoint, value: Tuple) => Endpoint,
): Endpoint {
  return data.kind === 'value' ? withValue(place, data.value) : place;
}
