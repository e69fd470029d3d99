// Every operation on drawn functions of six variables against their truth tables, and the laws that make equal functions
// equal numbers.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Bdd, createBdd, type Node } from '../../../src/core/bdd/bdd.ts';

const width = 6;
const cases = 2 ** width;
const indexes = Array.from({ length: width }, (_, at) => at);
const runs = { numRuns: 150 };

/** One bit for each case; variable `index` is bit `index` of the case's number. */
type Table = bigint;

const all: Table = (1n << BigInt(cases)) - 1n;

const tables = fc.bigInt({ min: 0n, max: all });
/** Some that depend on few variables, or hold rarely. */
const functions = fc.oneof(
  tables,
  fc.tuple(tables, tables, tables).map(([one, other, third]) => one & other & third),
  fc.array(fc.integer({ min: 0, max: 2 ** 30 }), { minLength: 1, maxLength: 3 }).map((seeds) => {
    const parts = seeds.map((seed) => variableTable(seed % width) ^ (seed & 64 ? all : 0n));
    return parts.reduce((one, other, at) => (((seeds[0] ?? 0) >> at) & 1 ? one & other : one | other));
  }),
);
const someIndexes = fc.subarray(indexes);

function variableTable(index: number): Table {
  return tableOf((value) => ((value >> index) & 1) === 1);
}

function tableOf(isIn: (value: number) => boolean): Table {
  let table = 0n;
  for (let value = 0; value < cases; value++) if (isIn(value)) table |= 1n << BigInt(value);
  return table;
}

function holds(table: Table, value: number): boolean {
  return ((table >> BigInt(value)) & 1n) === 1n;
}

/** By its cases: nothing that is tested but `ite`, and that by what comes out. */
function build(bdd: Bdd, table: Table, index = 0, value = 0): Node {
  if (index === width) return holds(table, value) ? 1 : 0;
  const high = build(bdd, table, index + 1, value | (1 << index));
  return bdd.ite(bdd.variable(index), high, build(bdd, table, index + 1, value));
}

function read(bdd: Bdd, node: Node): Table {
  return tableOf((value) => bdd.evaluate(node, (index) => ((value >> index) & 1) === 1));
}

function cofactor(table: Table, index: number, bit: 0 | 1): Table {
  return tableOf((value) => holds(table, bit ? value | (1 << index) : value & ~(1 << index)));
}

/** In one engine, so that what is cached of a case before is used. */
const bdd = createBdd();
const of = (table: Table) => build(bdd, table);

test('a function is what was built, and one number', () => {
  fc.assert(
    fc.property(functions, (f) => {
      expect(read(bdd, of(f))).toBe(f);
      expect(of(f)).toBe(of(f));
      expect(of(all ^ f)).toBe(bdd.not(of(f)));
    }),
    runs,
  );
  expect([of(0n), of(all), of(variableTable(3))]).toEqual([0, 1, bdd.variable(3)]);
});

test('operations on two or three functions', () => {
  fc.assert(
    fc.property(functions, functions, functions, (f, g, h) => {
      expect(bdd.and(of(f), of(g))).toBe(of(f & g));
      expect(bdd.or(of(f), of(g))).toBe(of(f | g));
      expect(bdd.xor(of(f), of(g))).toBe(of(f ^ g));
      expect(bdd.minus(of(f), of(g))).toBe(of(f & ~g));
      expect(bdd.ite(of(f), of(g), of(h))).toBe(of((f & g) | (all & ~f & h)));
    }),
    runs,
  );
});

test('implication and intersection make no node', () => {
  fc.assert(
    fc.property(functions, functions, (f, g) => {
      const [left, right, both, rest] = [of(f), of(g), of(f & g), of(f & ~g)];
      const before = bdd.nodes();
      expect(bdd.implies(left, right)).toBe((f & ~g) === 0n);
      expect(bdd.implies(both, right)).toBe(true);
      expect(bdd.intersects(left, right)).toBe((f & g) !== 0n);
      expect(bdd.intersects(rest, right)).toBe(false);
      expect(bdd.nodes()).toBe(before);
    }),
    runs,
  );
});

test('quantification', () => {
  fc.assert(
    fc.property(functions, functions, someIndexes, (f, g, variables) => {
      const some = (table: Table) =>
        variables.reduce((one, index) => cofactor(one, index, 0) | cofactor(one, index, 1), table);
      expect(bdd.exists(of(f), variables)).toBe(of(some(f)));
      expect(bdd.forall(of(f), variables)).toBe(of(all ^ some(all ^ f)));
      expect(bdd.relationalProduct(of(f), of(g), new Set(variables))).toBe(of(some(f & g)));
    }),
    runs,
  );
});

test('composition and restriction', () => {
  fc.assert(
    fc.property(
      functions,
      fc.dictionary(fc.constantFrom('0', '1', '2', '3', '4', '5'), functions),
      (f, by) => {
        const given = Object.entries(by).map(([index, table]) => [Number(index), table] as const);
        const composed = tableOf((value) => {
          const set = given.reduce(
            (sum, [index, table]) => (sum & ~(1 << index)) | (holds(table, value) ? 1 << index : 0),
            value,
          );
          return holds(f, set);
        });
        const nodes = new Map(given.map(([index, table]) => [index, of(table)]));
        expect(bdd.compose(of(f), nodes)).toBe(of(composed));
        const values = given.map(([index, table]) => [index, holds(table, 5)] as const);
        const restricted = values.reduce((one, [index, value]) => cofactor(one, index, value ? 1 : 0), f);
        expect(bdd.restrict(of(f), new Map(values))).toBe(of(restricted));
      },
    ),
    runs,
  );
});

test('counting, picking, cubes and support', () => {
  fc.assert(
    fc.property(functions, tables, (f, preferred) => {
      const cubes = [...bdd.cubes(of(f))].map((cube) =>
        tableOf((value) => [...cube].every(([index, bit]) => ((value >> index) & 1) === (bit ? 1 : 0))),
      );
      expect(cubes.reduce((one, other) => one | other, 0n)).toBe(f);
      expect(cubes.reduce((one, other) => one + bitsIn(other), 0)).toBe(bitsIn(f));
      expect(bdd.count(of(f), width + 3)).toBe(BigInt(bitsIn(f)) * 8n);
      const needed = indexes.filter((index) => cofactor(f, index, 0) !== cofactor(f, index, 1));
      expect(bdd.support(of(f))).toEqual(needed);
      const picked = bdd.pick(of(f), (index) => holds(preferred, index));
      expect(picked === undefined).toBe(f === 0n);
      if (picked) expect(bdd.restrict(of(f), picked)).toBe(1);
    }),
    runs,
  );
});

function bitsIn(table: Table): number {
  return table.toString(2).replaceAll('0', '').length;
}

test('the preferred value is picked wherever it leads to true', () => {
  const either = bdd.xor(bdd.variable(0), bdd.variable(2));
  expect(bdd.pick(either)).toEqual(
    new Map([
      [0, false],
      [2, true],
    ]),
  );
  expect(bdd.pick(either, (index) => index === 0)).toEqual(
    new Map([
      [0, true],
      [2, false],
    ]),
  );
  expect(bdd.pick(1)).toEqual(new Map());
});

describe('what is deep', () => {
  const deep = 50_000;

  test('does not overflow the stack', () => {
    const engine = createBdd();
    const step = (at: number) => engine.xor(engine.variable(at), engine.variable(at + deep));
    let [conjunction, parity] = [1, 0];
    for (let at = deep - 1; at >= 0; at--) {
      conjunction = engine.and(engine.variable(at), conjunction);
      parity = engine.xor(engine.variable(at), parity);
    }
    const both = engine.and(conjunction, parity);
    expect(both).toBe(deep % 2 === 0 ? 0 : conjunction);
    expect(engine.intersects(parity, engine.not(conjunction))).toBe(true);
    expect(engine.ite(engine.variable(deep - 1), parity, conjunction)).not.toBe(parity);
    expect(engine.exists(parity, [deep - 1])).toBe(1);
    expect(engine.forall(conjunction, [deep - 1, 0])).not.toBe(conjunction);
    expect(engine.compose(conjunction, new Map([[deep - 1, step(3)]]))).not.toBe(conjunction);
    expect(engine.count(conjunction, deep)).toBe(1n);
    expect(engine.size(parity)).toBe(deep);
    expect([...engine.cubes(conjunction)].map((cube) => cube.size)).toEqual([deep]);
  });
});

test('a tick may stop an operation, and what is known stays right', () => {
  let ticks = 0;
  const engine = createBdd({
    tick: () => {
      if (++ticks === 2) throw new Error('enough');
    },
  });
  // The pairs of variables are far from each other, so that a node is needed for each choice of the first half.
  const pairs = () =>
    Array.from({ length: 13 }, (_, at) => engine.xor(engine.variable(at), engine.variable(at + 13)));
  const build13 = () => pairs().reduce((one, other) => engine.or(one, other), 0);
  expect(build13).toThrow('enough');
  const node = build13();
  expect(ticks).toBeGreaterThan(2);
  expect(engine.count(engine.not(node), 26)).toBe(2n ** 13n);
});
