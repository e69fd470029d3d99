// Numbers at random that a seed fixes, so that every input can be made again from its number.

/** A number from 0 up to, without, the one given. */
export type Random = (below: number) => number;

/** Marsaglia's xorshift over 32 bits, started from two numbers. */
export function makeRandom(seed: number, index: number): Random {
  let state = (Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca77)) | 1;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
  for (let warm = 0; warm < 8; warm++) next();
  return (below) => (below <= 1 ? 0 : next() % below);
}

/** One of a list that is not empty. */
export function pick<const Item>(random: Random, list: readonly Item[]): Item {
  const found = list[random(list.length)];
  if (found === undefined) throw new Error('nothing to pick from');
  return found;
}
