// Chance that is the same on every run: numbers that follow from a seed.

/** A source of numbers; each call gives the next ones. */
export interface Random {
  /** A whole number from 0 to below `count`, at least 1; `count` is at most 2^32. */
  readonly below: (count: number) => number;
  /** A number of so many bits. */
  readonly bits: (width: number) => bigint;
  /** One of them; undefined if there is none. */
  readonly pick: <T>(list: readonly T[]) => T | undefined;
  /** True in so many of a hundred cases. */
  readonly percent: (share: number) => boolean;
}

/** Numbers by mulberry32, a counter whose bits are mixed: good enough to spread, and quick. */
export function makeRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const below = (count: number): number => Math.floor((next() / 2 ** 32) * count);
  const bits = (width: number): bigint => {
    let value = 0n;
    for (let have = 0; have < width; have += 32) value = (value << 32n) | BigInt(next());
    return BigInt.asUintN(width, value);
  };
  return {
    below,
    bits,
    pick: (list) => list[below(list.length)],
    percent: (share) => below(100) < share,
  };
}
