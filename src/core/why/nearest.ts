// Which of the values that may be tried in a field comes first: what packets usually have, then what is near.
import { type Injection, tcpFlag } from '../packet/packet.ts';
import type { Difference } from './dimension.ts';

/** The flags of a connection that takes its course. */
export const commonFlags = [
  tcpFlag.syn,
  tcpFlag.syn | tcpFlag.ack,
  tcpFlag.ack,
  tcpFlag.fin | tcpFlag.ack,
  tcpFlag.rst,
];

/** A difference, and how early it is tried: 0 for what is usual, 1 for what rules on the way suggest, 2 for all else. */
export interface Found extends Difference {
  readonly tier: number;
}

/** Where an address is the first or the last of a network, also the one beside it that a station may have. */
export function insideOf(injection: Injection, donor: Injection): readonly Injection[] {
  const { packet } = donor;
  if (packet.family === 6) return [];
  return (['source', 'destination'] as const).flatMap((side) => {
    const value = packet[side];
    const step = value === injection.packet[side] ? undefined : stepInside.get(value & 255n);
    return step === undefined ? [] : [{ ...donor, packet: { ...packet, [side]: value + step } }];
  });
}

const stepInside: ReadonlyMap<bigint, bigint> = new Map([
  [0n, 1n],
  [255n, -1n],
]);

/** What is usual first, then what is near. */
export function sorted(injection: Injection, all: readonly Found[]): readonly Difference[] {
  const ranked = all.map((change) => ({ change, rank: rankOf(injection, change) }));
  return ranked
    .toSorted((a, b) => a.rank.kind - b.rank.kind || compare(a.rank.distance, b.rank.distance))
    .map(({ change }) => change);
}

function compare(one: bigint, other: bigint): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** What is usual comes first, then what is near. */
function rankOf(injection: Injection, { dimension, donor, tier }: Found) {
  const changed = dimension.take(injection, donor);
  const kind = isOdd(changed, injection) ? oddTier : tier;
  return { kind, distance: dimension.distance?.(injection, changed) ?? 1n };
}

const oddTier = 3;

/** Whether few packets look like the changed one. */
function isOdd({ packet, iif, oif }: Injection, before: Injection): boolean {
  const { transport, source, destination, family } = packet;
  if (transport.kind === 'tcp' && !commonFlags.includes(transport.flags)) return true;
  if (iif === madeUp || oif === madeUp) return true;
  const isEnd = (now: bigint, then: bigint) => family === 4 && now !== then && stepInside.has(now & 255n);
  return isEnd(source, before.packet.source) || isEnd(destination, before.packet.destination);
}

/** The name that stands for an interface that no policy names. */
const madeUp = 'other0';
