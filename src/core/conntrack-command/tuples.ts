// Both tuples of the connection that a command names.
import { icmpAnswer, type Tuple, type TupleLayer4 } from '../conntrack/tuple.ts';
import type { Ends, NatEnd, Selection } from './command.ts';

/** A connection's tuples. */
export interface Tuples {
  readonly original: Tuple;
  readonly reply: Tuple;
}

/** Both tuples of what a command names; the one that is not said is the other turned round, with its NAT. */
export function tuplesOf(selection: Selection): Tuples | string {
  const { original, reply, nat } = selection;
  const answered: Ends = {
    ...turned(original),
    ...reply,
    ...translatedEnd(nat.destination ?? nat.any, 'source'),
    ...translatedEnd(nat.source ?? nat.any, 'destination'),
  };
  const [first, second] = [
    tupleOf(selection, { ...turned(reply), ...original }, false),
    tupleOf(selection, answered, true),
  ];
  return first && second ? { original: first, reply: second } : 'a tuple is not complete';
}

function turned({ source, destination, sourceKey, destinationKey }: Ends): Ends {
  return {
    ...(destination !== undefined && { source: destination }),
    ...(source !== undefined && { destination: source }),
    ...(destinationKey !== undefined && { sourceKey: destinationKey }),
    ...(sourceKey !== undefined && { destinationKey: sourceKey }),
  };
}

function translatedEnd(end: NatEnd | undefined, side: 'source' | 'destination'): Ends {
  const { address, port } = end ?? {};
  const key = side === 'source' ? 'sourceKey' : 'destinationKey';
  return { ...(address !== undefined && { [side]: address }), ...(port !== undefined && { [key]: port }) };
}

function tupleOf(selection: Selection, ends: Ends, isReply: boolean): Tuple | undefined {
  const { family, protocol } = selection;
  const { source, destination } = ends;
  const layer4 = layer4Of(selection, ends, isReply);
  if (family === undefined || protocol === undefined || !layer4) return undefined;
  return source === undefined || destination === undefined
    ? undefined
    : { family, protocol, source, destination, layer4 };
}

const [icmp, gre, icmpv6, dccp] = [1, 47, 58, 33];

function layer4Of(
  { family, protocol, icmp: message }: Selection,
  { sourceKey, destinationKey }: Ends,
  isReply: boolean,
): TupleLayer4 | undefined {
  if (protocol === icmp || protocol === icmpv6) {
    const { type, code, id = 0 } = message;
    const own = isReply && type !== undefined ? icmpAnswer(family ?? 4, type) : type;
    return own === undefined || code === undefined ? undefined : { kind: 'icmp', type: own, code, id };
  }
  if (sourceKey === undefined && destinationKey === undefined)
    return hasNoKeys(protocol) ? { kind: 'none' } : undefined;
  if (sourceKey === undefined || destinationKey === undefined) return undefined;
  if (protocol === gre) return { kind: 'gre', sourceKey, destinationKey };
  return protocol === dccp ? { kind: 'none' } : { kind: 'ports', sport: sourceKey, dport: destinationKey };
}

function hasNoKeys(protocol: number | undefined): boolean {
  return protocol !== undefined && ![6, 17, 132, 136, gre].includes(protocol);
}
