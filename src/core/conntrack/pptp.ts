// What the helper of PPTP knows of the calls beside its connections: net/netfilter/nf_conntrack_pptp.c.
import { protocolNumber } from '../packet/packet.ts';
import type { Expectation } from './expectation.ts';
import type { ConntrackTable } from './table.ts';
import { invert, sameTuple, type Tuple } from './tuple.ts';

/**
 * The tuple of a packet of a call with both its keys: the packet has only that of its receiver
 * (nf_conntrack_proto_gre.c: gre_keymap_lookup). The sender's is known from what is expected, or from the call itself.
 */
export function withSenderKey(table: ConntrackTable, tuple: Tuple): Tuple {
  if (tuple.layer4.kind !== 'gre' || tuple.layer4.destinationKey === 0) return tuple;
  for (const known of callsOf(table)) {
    const isSame = known.layer4.kind === 'gre' && sameTuple(withoutSenderKey(known), tuple);
    if (isSame) return known;
  }
  return tuple;
}

function* callsOf(table: ConntrackTable): Generator<Tuple> {
  for (const { tuple } of table.expectations) yield tuple;
  for (const { original, reply } of table.entries()) {
    if (original.protocol === protocolNumber.gre) yield* [original, reply];
  }
}

function withoutSenderKey(tuple: Tuple): Tuple {
  return tuple.layer4.kind === 'gre' ? { ...tuple, layer4: { ...tuple.layer4, sourceKey: 0 } } : tuple;
}

/** What is still expected when a call has come: not its other direction, too (pptp_expectfn). */
export function withoutAnswer(
  expectations: readonly Expectation[],
  { tuple }: Expectation,
): readonly Expectation[] {
  const answer = tuple.layer4.kind === 'gre' ? invert(tuple) : undefined;
  return answer ? expectations.filter((one) => !sameTuple(one.tuple, answer)) : expectations;
}
