// What connections are told apart by: the partitions of all dimensions, which grow with what is asked about packets.
import type { AddressFamily } from '../datatype/address.ts';
import type { Range } from '../datatype/range.ts';
import { beforeMask, type Distinction } from '../match/distinction.ts';
import { type Dimension, dimensions, kindOfField } from './dimension.ts';
import { type Partition, partition, type WidePartition, widePartition } from './partition.ts';

/** Partitions that only get finer. */
export interface Space {
  /** Rises with everything that is told apart from then on. */
  readonly version: number;
  readonly narrow: Readonly<Record<Dimension, Partition>>;
  readonly wide: Readonly<Record<Address, WidePartition>>;
  /** Tells the values in the range from all others. */
  addRange(dimension: Dimension, family: AddressFamily, range: Range): void;
  /** Tells all values of a dimension apart. */
  separate(dimension: Dimension): void;
  /** Tells apart what these do; false where one of them does not say how. */
  distinguish(distinctions: readonly Distinction[]): boolean;
}

/** The dimensions that are addresses. */
export type Address = 'source' | 'destination';

const firstMulticast4 = 0xe0000000;

/**
 * Nothing is told apart but groups of multicast, of which a host may have joined any. `joint`: what is the source of one
 * packet is the destination of another, so that both are told apart by the same.
 */
export function emptySpace(joint: boolean): Space {
  let version = 0;
  const [address, port, wideAddress] = [partition(firstMulticast4), partition(), widePartition()];
  const narrow: Space['narrow'] = {
    source: address,
    destination: joint ? address : partition(firstMulticast4),
    sport: port,
    dport: joint ? port : partition(),
    id: partition(),
  };
  const wide: Space['wide'] = { source: wideAddress, destination: joint ? wideAddress : widePartition() };
  const grows = (changed: boolean) => {
    if (changed) version++;
  };
  const space: Space = {
    get version() {
      return version;
    },
    narrow,
    wide,
    addRange: (dimension, family, { lo, hi }) => {
      for (const border of [lo, hi + 1n])
        grows(
          family === 6 && isAddress(dimension)
            ? wide[dimension].add(border)
            : narrow[dimension].add(Number(border)),
        );
    },
    separate: (dimension) => {
      grows(narrow[dimension].separate());
      if (isAddress(dimension)) grows(wide[dimension].separate());
    },
    distinguish: (distinctions) => {
      let isTold = true;
      for (const one of distinctions) isTold = distinguish(space, one) && isTold;
      return isTold;
    },
  };
  return space;
}

function isAddress(dimension: Dimension): dimension is Address {
  return dimension === 'source' || dimension === 'destination';
}

/** A translated packet has on one side what the reply tuple has on the other. */
const opposite: Readonly<Record<Dimension, Dimension>> = {
  source: 'destination',
  destination: 'source',
  sport: 'dport',
  dport: 'sport',
  id: 'id',
};

function distinguish(space: Space, distinction: Distinction): boolean {
  const kind = kindOfField(distinction.field);
  switch (kind.kind) {
    case 'other':
    case 'device':
      return true;
    case 'untold':
      return false;
    case 'packet':
    case 'original':
      addValues(space, kind.dimension, distinction);
      return true;
    case 'reply':
      addValues(space, kind.dimension, distinction);
      addValues(space, opposite[kind.dimension], distinction);
      return true;
  }
}

function addValues(space: Space, dimension: Dimension, { field, mask, values, bits }: Distinction): void {
  const { width } = field.type;
  const ranges = values.flatMap((value) => {
    if (typeof value === 'string') return [];
    return mask === undefined ? [value] : [beforeMask(value, mask, width)];
  });
  if (bits || ranges.includes(undefined)) space.separate(dimension);
  else for (const range of ranges) if (range) space.addRange(dimension, width > 32 ? 6 : 4, range);
}

/** Tells everything apart. */
export function separateAll(space: Space): void {
  for (const dimension of dimensions) space.separate(dimension);
}
