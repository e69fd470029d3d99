// The engine against a textbook's: operations on drawn functions make as many different functions, and the same cases.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createNaiveBdd, type NaiveNode } from '../../../bench/naive-bdd.ts';
import { createBdd, type Node } from '../../../src/core/bdd/bdd.ts';

const operators = ['and', 'or', 'minus'] as const;
const width = 24;
const steps = fc.array(
  fc.record({ operator: fc.constantFrom(...operators), left: fc.nat(), right: fc.nat() }),
  { minLength: 20, maxLength: 200 },
);

test('drawn operations on functions of many variables', () => {
  fc.assert(
    fc.property(
      steps,
      fc.array(fc.bigInt({ min: 0n, max: 2n ** BigInt(width) - 1n }), { minLength: 8 }),
      (drawn, cases) => {
        const [bdd, naive] = [createBdd(), createNaiveBdd()];
        const nodes: Node[] = Array.from({ length: width }, (_, index) => bdd.variable(index));
        const others: NaiveNode[] = nodes.map((_, index) => naive.choice(index, false, true));
        for (const { operator, left, right } of drawn) {
          const [one, other] = [left % nodes.length, right % nodes.length];
          nodes.push(bdd[operator](nodes[one] ?? 0, nodes[other] ?? 0));
          others.push(naive[operator](others[one] ?? false, others[other] ?? false));
        }
        expect(ids(nodes)).toEqual(ids(others));
        for (const drawnCase of cases) {
          const value = (index: number) => ((drawnCase >> BigInt(index)) & 1n) === 1n;
          const values = nodes.map((node) => bdd.evaluate(node, value));
          expect(values).toEqual(others.map((node) => naiveValue(node, value)));
        }
      },
    ),
  );
});

/** Which of them are the same. */
function ids(all: readonly unknown[]): readonly number[] {
  return all.map((one) => all.indexOf(one));
}

function naiveValue(node: NaiveNode, value: (index: number) => boolean): boolean {
  let at = node;
  while (typeof at !== 'boolean') at = value(at.variable) ? at.high : at.low;
  return at;
}
