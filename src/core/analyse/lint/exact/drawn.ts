// One packet of many, drawn.
import type { Node } from '../../../bdd/bdd.ts';
import type { Space } from '../../space.ts';

/** The value of each variable. */
export type PacketCase = (variable: number) => boolean;

/** One of the packets, with drawn values for whatever does not matter: the same ones in the same round. */
export function drawn(space: Space, node: Node, round: number): PacketCase | undefined {
  if (node === 0) return undefined;
  const { bdd } = space;
  const forced = new Map<number, boolean>();
  let left = node;
  for (let variable = bdd.root(left); variable !== undefined; variable = bdd.root(left)) {
    const wanted = drawnBit(round, space.keyOf(variable));
    const next = wanted ? bdd.high(left) : bdd.low(left);
    if (next === 0) forced.set(variable, !wanted);
    left = next === 0 ? (wanted ? bdd.low(left) : bdd.high(left)) : next;
  }
  return (variable) => forced.get(variable) ?? drawnBit(round, space.keyOf(variable));
}

/** As good as a toss of a coin (the finalizer of MurmurHash3, by Austin Appleby, public domain). */
function drawnBit(round: number, key: number): boolean {
  let mixed = Math.imul(round + 1, 0x9e37_79b1) ^ Math.imul(key + 1, 0x85eb_ca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85eb_ca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35);
  return ((mixed ^ (mixed >>> 16)) & 1) === 1;
}
