// Two texts side by side: no line of either is lost, and as many as can stand next to their like.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { alignLines, countSameLines } from '../../../src/core/text/align.ts';

test("lines that take each other's place share a row", () => {
  expect(alignLines(['a', 'b', 'c'], ['a', 'x', 'c', 'd'])).toEqual([
    { left: 'a', right: 'a', same: true },
    { left: 'b', right: 'x', same: false },
    { left: 'c', right: 'c', same: true },
    { left: undefined, right: 'd', same: false },
  ]);
});

test('both texts are there, in order', () => {
  const lines = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 8 });
  fc.assert(
    fc.property(lines, lines, (left, right) => {
      const rows = alignLines(left, right);
      expect(rows.flatMap((row) => row.left ?? [])).toEqual(left);
      expect(rows.flatMap((row) => row.right ?? [])).toEqual(right);
      expect(rows.filter(({ same }) => same).every((row) => row.left === row.right)).toBe(true);
      expect(rows.filter(({ same }) => same).length).toBe(countSameLines(left, right));
      expect(countSameLines(left, right)).toBe(countSameLines(right, left));
      expect(countSameLines(left, left)).toBe(left.length);
    }),
  );
});
