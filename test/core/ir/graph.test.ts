import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findCycles } from '../../../src/core/ir/graph.ts';

interface Arrow {
  readonly from: number;
  readonly to: number;
}

const nodes = fc.nat(7);
const graphs = fc.array(fc.record({ from: nodes, to: nodes }), { maxLength: 14 });

const cyclesOf = (arrows: readonly Arrow[]) =>
  findCycles(
    arrows.map((arrow) => arrow.from),
    (node) => arrows.filter((arrow) => arrow.from === node),
  );

/** Kahn's algorithm: nothing is left exactly if there is no cycle. */
function remainder(arrows: readonly Arrow[]): readonly Arrow[] {
  const kept = arrows.filter((arrow) => arrows.some((next) => next.from === arrow.to));
  return kept.length === arrows.length ? kept : remainder(kept);
}

test('there is a cycle exactly where arrows cannot be put in order', () => {
  fc.assert(
    fc.property(graphs, (arrows) => {
      expect(cyclesOf(arrows).length > 0).toBe(remainder(arrows).length > 0);
    }),
  );
});

test('each cycle ends where it begins', () => {
  fc.assert(
    fc.property(graphs, (arrows) => {
      for (const cycle of cyclesOf(arrows))
        for (const [at, arrow] of cycle.entries()) expect(arrow.from).toBe(cycle.at(at - 1)?.to);
    }),
  );
});

test('a long way takes no recursion', () => {
  const last = 100_000;
  const [cycle] = findCycles([0], (node) => [{ to: node === last ? 0 : node + 1 }]);
  expect(cycle).toHaveLength(last + 1);
});
