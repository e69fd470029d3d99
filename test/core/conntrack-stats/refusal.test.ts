// The chance that source NAT is refused, held against the kernel's own steps played out.
import { describe, expect, test } from 'vitest';
import { fillOfRefusal, mostAttempts, refusalChance } from '../../../src/core/conntrack-stats/refusal.ts';
import { makeRandom, type Random } from '../../../src/core/policy-test/random.ts';

/** nf_nat_l4proto_unique_tuple, step by step, with the offsets that `random` draws. */
function isRefused(taken: ReadonlySet<number>, lo: number, size: number, random: Random): boolean {
  let attempts = Math.min(size, 128);
  for (;;) {
    const offset = random.below(65_536);
    for (let at = 0; at < attempts; at++)
      if (!taken.has(lo + (((offset + at) & 0xffff) % size))) return false;
    if (attempts >= size || attempts < 16) return true;
    attempts = Math.floor(attempts / 2);
  }
}

function range(lo: number, hi: number): number[] {
  return Array.from({ length: hi - lo + 1 }, (_, at) => lo + at);
}

test('a range of up to 128 ports is searched to its end', () => {
  expect(refusalChance(range(3001, 3127), { lo: 3000, hi: 3127 })).toBe(0);
  expect(refusalChance(range(3000, 3127), { lo: 3000, hi: 3127 })).toBe(1);
});

test('of a larger one a part is tried', () => {
  expect(mostAttempts).toBe(248);
  expect(refusalChance([], { lo: 1024, hi: 65_535 })).toBe(0);
  expect(refusalChance(range(1024, 65_535), { lo: 1024, hi: 65_535 })).toBe(1);
  expect(refusalChance(range(1025, 65_535), { lo: 1024, hi: 65_535 })).toBeGreaterThan(0.99);
  expect(fillOfRefusal(0.01)).toBeCloseTo(0.9816, 4);
});

test('ports outside of the range do not count', () => {
  expect(refusalChance(range(1, 1023), { lo: 1024, hi: 2047 })).toBe(0);
});

describe('the kernel’s steps end as foretold', () => {
  const random = makeRandom(7);
  const spread = range(3000, 3999).filter(() => random.below(1000) < 990);
  const block = range(3000, 3999).filter((port) => port < 3300 || port > 3340);
  test.each([
    ['spread', spread, 3000, 1000],
    ['in two blocks', block, 3000, 1000],
    ['a large one', range(1024, 65_000), 1024, 64_512],
  ])('%s', (_name, taken, lo, size) => {
    const chance = refusalChance(taken, { lo, hi: lo + size - 1 });
    const set = new Set(taken);
    const tries = 20_000;
    let refused = 0;
    for (let one = 0; one < tries; one++) if (isRefused(set, lo, size, random)) refused++;
    const deviation = Math.sqrt((chance * (1 - chance)) / tries);
    expect(Math.abs(refused / tries - chance)).toBeLessThanOrEqual(5 * deviation + 1e-4);
  });
});
