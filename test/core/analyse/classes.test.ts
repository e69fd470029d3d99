// Tables of classes: together exactly the function, the same for the same function, and short.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { classesOf, type Row } from '../../../src/core/analyse/classes.ts';
import { bitsOf, type Dimension, rangesOf } from '../../../src/core/analyse/dimension.ts';
import { type Bdd, createBdd, type Node } from '../../../src/core/bdd/bdd.ts';
import { inRange } from '../../../src/core/bdd/vector.ts';

const sizes = { version: 1, address: 4, port: 3 } as const;
type Name = keyof typeof sizes;
const names = ['version', 'address', 'port'] as const;

/** Addresses are read by version. */
function dimensionsOf(bdd: Bdd): Readonly<Record<Name, Dimension>> {
  const variables = (name: Name, first: number) => Array.from({ length: sizes[name] }, (_, at) => first + at);
  const kinds = { sets: [bdd.not(bdd.variable(0)), bdd.variable(0)], of: new Set(['address']) };
  return {
    version: { name: 'version', variables: variables('version', 0), shape: 'ranges', kinds },
    address: { name: 'address', variables: variables('address', 1), shape: 'prefixes' },
    port: { name: 'port', variables: variables('port', 5), shape: 'ranges' },
  };
}

/** Some ranges of a dimension, and what comes of joining products of them. */
const ranges = (name: Name) =>
  fc.tuple(fc.nat(2 ** sizes[name] - 1), fc.nat(2 ** sizes[name] - 1)).map((both) => {
    const [lo = 0, hi = 0] = both.toSorted((one, other) => one - other);
    return { lo: BigInt(lo), hi: BigInt(hi) };
  });
const product = fc.record({
  version: fc.option(ranges('version')),
  address: fc.option(ranges('address')),
  port: fc.option(ranges('port')),
  isIn: fc.boolean(),
});
type Product = typeof product extends fc.Arbitrary<infer T> ? T : never;
const functions = fc.array(product, { minLength: 1, maxLength: 8 });
function build(bdd: Bdd, products: readonly Product[]): Node {
  const dimensions = dimensionsOf(bdd);
  return products.reduce<Node>((node, given) => {
    const here = names.reduce((all, name) => {
      const range = given[name];
      return range ? bdd.and(all, inRange(bdd, bitsOf(bdd, dimensions[name]), range)) : all;
    }, 1);
    return given.isIn ? bdd.or(node, here) : bdd.minus(node, here);
  }, 0);
}

function nodeOf(bdd: Bdd, rows: readonly Row[]): Node {
  return rows.reduce(
    (any, row) =>
      bdd.or(
        any,
        [...row.values()].reduce((all, set) => bdd.and(all, set), 1),
      ),
    0,
  );
}

function write(bdd: Bdd, rows: readonly Row[]): readonly string[] {
  return rows.map((row) =>
    [...row]
      .map(([dimension, values]) => {
        const written = rangesOf(bdd, dimension, values, 100)?.map(({ lo, hi }) =>
          lo === hi ? lo : `${lo}-${hi}`,
        );
        return `${dimension.name} ${written?.join(', ')}`;
      })
      .join('; '),
  );
}

describe('of drawn functions', () => {
  test('rows are together exactly the function', () => {
    fc.assert(
      fc.property(functions, functions, (products, others) => {
        const bdd = createBdd();
        const dimensions = Object.values(dimensionsOf(bdd));
        const [node, possible] = [build(bdd, products), build(bdd, others)];
        expect(nodeOf(bdd, classesOf(bdd, node, dimensions))).toBe(node);
        const rows = nodeOf(bdd, classesOf(bdd, node, dimensions, possible));
        expect(bdd.and(rows, possible)).toBe(bdd.and(node, possible));
      }),
    );
  });

  test('none is covered by the others, none could be joined with another, and versions are told apart', () => {
    fc.assert(
      fc.property(functions, (products) => {
        const bdd = createBdd();
        const dimensions = dimensionsOf(bdd);
        const rows = classesOf(bdd, build(bdd, products), Object.values(dimensions));
        for (const row of rows) {
          const others = rows.filter((other) => other !== row);
          expect(bdd.implies(nodeOf(bdd, [row]), nodeOf(bdd, others))).toBe(false);
          if (row.has(dimensions.address)) expect(row.has(dimensions.version)).toBe(true);
          expect([...row.values()].every((values) => values > 1)).toBe(true);
        }
      }),
    );
  });

  test('the same function has the same rows, whatever was asked before', () => {
    fc.assert(
      fc.property(functions, functions, (products, before) => {
        const [fresh, used] = [createBdd(), createBdd()];
        for (const some of [before, before.toReversed()])
          classesOf(used, build(used, some), Object.values(dimensionsOf(used)));
        const [one, other] = [fresh, used].map((bdd) =>
          write(bdd, classesOf(bdd, build(bdd, products), Object.values(dimensionsOf(bdd)))),
        );
        expect(other).toEqual(one);
      }),
    );
  });
});

describe('are short', () => {
  const bdd = createBdd();
  const { version, address, port } = dimensionsOf(bdd);
  const is = (dimension: Dimension, lo: number, hi = lo) =>
    inRange(bdd, bitsOf(bdd, dimension), { lo: BigInt(lo), hi: BigInt(hi) });
  const table = (node: Node, possible?: Node) =>
    write(bdd, classesOf(bdd, node, [version, address, port], possible));

  test('where one of two is enough', () => {
    const node = bdd.or(bdd.and(is(version, 1), is(address, 4, 7)), is(port, 5));
    expect(table(node)).toEqual(['port 5', 'version 1; address 4-7']);
  });

  test('where an address in the middle of a network may do more', () => {
    const inside = bdd.and(is(version, 1), is(address, 8, 11));
    const one = bdd.and(is(version, 1), is(address, 9));
    const node = bdd.or(bdd.and(inside, is(port, 2)), one);
    expect(table(node)).toEqual(['version 1; address 8-11; port 2', 'version 1; address 9']);
  });

  test('where several values have the same rest', () => {
    const web = bdd.or(is(port, 2), is(port, 4, 5));
    const node = bdd.or(bdd.and(is(address, 1), web), bdd.and(is(address, 6), web));
    const apart = ['version 0; address 1, 6; port 2, 4-5', 'version 1; address 1, 6; port 2, 4-5'];
    expect(table(node)).toEqual(apart);
  });

  test('where packets that do not exist matter to nobody', () => {
    const possible = bdd.or(is(version, 1), is(port, 0));
    expect(table(bdd.and(is(version, 0), is(port, 0)), possible)).toEqual(['version 0']);
  });

  test('nothing and all', () => {
    expect(table(0)).toEqual([]);
    expect(table(1)).toEqual(['']);
  });
});
