// Who may talk to whom, against every pair of addresses of a small domain.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Dimension } from '../../../src/core/analyse/dimension.ts';
import { matrixOf } from '../../../src/core/analyse/matrix.ts';
import { createBdd, type Node } from '../../../src/core/bdd/bdd.ts';
import { equals } from '../../../src/core/bdd/vector.ts';
import { contains } from '../../../src/core/datatype/range.ts';

const width = 4;
const size = 2 ** width;
const side = (name: string, first: number): Dimension => ({
  name,
  variables: Array.from({ length: width }, (_, at) => first + at),
  shape: 'prefixes',
});
const destination = side('destination', 0);
const source = side('source', width);
const numbers = Array.from({ length: size }, (_, at) => at);

test('groups allow exactly the pairs of the relation, and no two of them are alike', () => {
  const pairs = fc.array(fc.tuple(fc.nat(size - 1), fc.nat(size - 1)), { maxLength: 40 });
  fc.assert(
    fc.property(pairs, (allowed) => {
      const bdd = createBdd();
      const bits = ({ variables }: Dimension) => variables.map((one) => bdd.variable(one));
      const node = allowed.reduce<Node>((any, [from, to]) => {
        const asking = equals(bdd, bits(source), BigInt(from));
        return bdd.or(any, bdd.and(asking, equals(bdd, bits(destination), BigInt(to))));
      }, 0);
      const groups = matrixOf(bdd, { node, source, destination });
      const groupOf = (address: number) =>
        groups.findIndex(({ ranges }) => contains(ranges, BigInt(address)));
      const may = new Set(allowed.map(([from, to]) => `${from} ${to}`));
      for (const from of numbers)
        for (const to of numbers)
          expect(groups[groupOf(from)]?.to.includes(groupOf(to))).toBe(may.has(`${from} ${to}`));
      const behaviours = groups.map(({ to }, at) =>
        JSON.stringify([to, groups.map((one) => one.to.includes(at))]),
      );
      expect(new Set(behaviours).size).toBe(groups.length);
    }),
  );
});
