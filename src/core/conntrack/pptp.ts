// What the helper of PPTP knows of the calls beside its connections: net/netfilter/nf_conntrack_pptp.c.
import { protocolNumber } from '../packet/packet.ts';
import type { Expectation } from './expectation.ts';
import type { ConntrackTable } from './table.ts';
import { type Direction, sameTuple, type Tuple } from './tuple.ts';

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

/** What is still expected when a call has come: not its other direction, too (pptp_expectfn, pptp_nat_expected). */
export function withoutAnswer(
  expectations: readonly Expectation[],
  expectation: Expectation,
): readonly Expectation[] {
  const answer = answerOf(expectations, expectation);
  return expectations.filter((one) => one !== answer);
}

/** The other direction of a call: it is expected beside the same connection, and has the key of the server, too. */
function answerOf(
  expectations: readonly Expectation[],
  { tuple: { layer4 }, master }: Expectation,
): Expectation | undefined {
  if (layer4.kind !== 'gre') return undefined;
  return expectations.find(
    ({ tuple: { layer4: other }, ...one }) =>
      other.kind === 'gre' &&
      sameTuple(one.master, master) &&
      (other.sourceKey === layer4.destinationKey || other.destinationKey === layer4.sourceKey),
  );
}

/**
 * The key that the client's own is translated to, or back to (nf_nat_pptp.c: pptp_exp_gre): that of the other direction.
 * Undefined where that is not listed.
 */
export function translatedKey(
  expectations: readonly Expectation[],
  expectation: Expectation,
  direction: Direction,
): number | undefined {
  const layer4 = answerOf(
    expectations.filter((one) => one !== expectation),
    expectation,
  )?.tuple.layer4;
  if (layer4?.kind !== 'gre') return undefined;
  return direction === 'original' ? layer4.destinationKey : layer4.sourceKey;
}
