// The parts of a packet that conditions are on, numbered: those of many values, whose values come in classes of their
// own order, and plain ones.
import { type PlainPart, plainParts } from './columns.ts';

/** Parts of many values: addresses and ports. */
export const orderedParts = ['source', 'destination', 'sport', 'dport'] as const;

export type OrderedPart = (typeof orderedParts)[number];

export type PartName = OrderedPart | PlainPart;

/** All of them; the place of one is its number. */
export const partNames: readonly PartName[] = [...orderedParts, ...plainParts];

/** So many of the numbers are those of ordered parts, which come first. */
export const orderedCount = orderedParts.length;

/** Parts as bits, each at its number. */
export type PartBits = number;

/** Stands for whatever has no column. */
export const elsewhere: PartBits = 1 << partNames.length;

/** All ordered parts. */
export const orderedBits: PartBits = (1 << orderedCount) - 1;

/** The bit of a part. */
export function bitOf(part: PartName): PartBits {
  return 1 << partNames.indexOf(part);
}

/** Whether it is one of those of many values. */
export function isOrdered(part: PartName): part is OrderedPart {
  return orderedParts.some((one) => one === part);
}

/** Bits of its value. */
export function widthOf(part: OrderedPart, family: 4 | 6): 16 | 32 | 128 {
  if (part === 'sport' || part === 'dport') return 16;
  return family === 4 ? 32 : 128;
}

/** The parts that the bits stand for. */
export function partsIn(bits: PartBits): readonly PartName[] {
  return partNames.filter((_, number) => ((bits >> number) & 1) === 1);
}
