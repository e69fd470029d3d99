// Numbers of several bits against constants: each value asked for, with bits that are variables and bits that are functions.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createBdd, type Node } from '../../../src/core/bdd/bdd.ts';
import { createDomain } from '../../../src/core/bdd/domain.ts';
import { atLeast, atMost, equals, inRange, inRanges } from '../../../src/core/bdd/vector.ts';

const width = 5;
const most = 2n ** BigInt(width);
const values = Array.from({ length: Number(most) }, (_, at) => BigInt(at));
const bdd = createBdd();
const variables = Array.from({ length: width }, (_, at) => bdd.variable(at));
const [first = 0, second = 0, third = 0, fourth = 0] = variables;
const vectors: readonly (readonly Node[])[] = [
  variables,
  variables.toReversed(),
  [bdd.xor(first, second), 1, bdd.and(third, second), 0, bdd.not(fourth)],
];
const number = fc.bigInt({ min: -2n, max: most + 2n });
const range = fc.record({ lo: number, hi: number });

/** The vector's value in a case. */
function numberIn(bits: readonly Node[], one: bigint): bigint {
  const value = (index: number) => ((one >> BigInt(index)) & 1n) === 1n;
  return bits.reduce((sum, bit) => sum * 2n + (bdd.evaluate(bit, value) ? 1n : 0n), 0n);
}

function expectHolds(node: Node, bits: readonly Node[], isIn: (value: bigint) => boolean): void {
  for (const one of values) {
    const value = (index: number) => ((one >> BigInt(index)) & 1n) === 1n;
    expect(bdd.evaluate(node, value)).toBe(isIn(numberIn(bits, one)));
  }
}

test('a value, a bound or a range', () => {
  fc.assert(
    fc.property(fc.constantFrom(...vectors), number, range, (bits, value, { lo, hi }) => {
      expectHolds(equals(bdd, bits, value), bits, (one) => one === value);
      expectHolds(atMost(bdd, bits, value), bits, (one) => one <= value);
      expectHolds(atLeast(bdd, bits, value), bits, (one) => one >= value);
      expectHolds(inRange(bdd, bits, { lo, hi }), bits, (one) => one >= lo && one <= hi);
    }),
  );
});

test('many ranges, overlapping and in any order', () => {
  fc.assert(
    fc.property(fc.constantFrom(...vectors), fc.array(range, { maxLength: 8 }), (bits, ranges) => {
      const node = inRanges(bdd, bits, ranges);
      expectHolds(node, bits, (one) => ranges.some(({ lo, hi }) => one >= lo && one <= hi));
    }),
  );
});

test('wide numbers', () => {
  const bits = Array.from({ length: 128 }, (_, at) => bdd.variable(at));
  const prefixes = Array.from({ length: 300 }, (_, at) => {
    const lo = (BigInt(at * at * 7 + 3) << 90n) + (BigInt(at) << 50n);
    return { lo, hi: lo + (1n << BigInt(at % 50)) - 1n };
  });
  const together = prefixes.reduce((any, one) => bdd.or(any, inRange(bdd, bits, one)), 0);
  expect(inRanges(bdd, bits, prefixes)).toBe(together);
  const size = prefixes.reduce((sum, { lo, hi }) => sum + hi - lo + 1n, 0n);
  expect(bdd.count(together, 128)).toBe(size);
  expect(bdd.count(equals(bdd, bits, 2n ** 128n - 1n), 128)).toBe(1n);
});

test.each([1, 2, 3, 5, 8])('a domain of %i values: each assignment means one', (size) => {
  const domain = createDomain(bdd, 40, size);
  const all = Array.from({ length: size }, (_, value) => value);
  for (const value of all) {
    const found = bdd.pick(domain.is(value));
    expect(found && domain.valueOf(found)).toBe(value);
    expect(all.filter((other) => bdd.intersects(domain.is(value), domain.is(other)))).toEqual([value]);
  }
  expect(domain.among(all)).toBe(1);
  expect(domain.among([])).toBe(0);
});
