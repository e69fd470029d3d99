import fc from 'fast-check';
import { expect, test } from 'vitest';
import { confirm } from '../../../src/core/conntrack/confirm.ts';
import { defaultZone, hasStatus } from '../../../src/core/conntrack/entry.ts';
import { layeredMap } from '../../../src/core/conntrack/layered-map.ts';
import { conntrackTable } from '../../../src/core/conntrack/table.ts';
import { track } from '../../../src/core/conntrack/track.ts';
import { invert, sameTuple, type Tuple, tupleKey, tupleOf } from '../../../src/core/conntrack/tuple.ts';
import { icmp, ip, only, tableAfter, udp } from './support/packets.ts';

const query = udp('10.0.0.1:1000', '10.0.0.2:53');

const tuples: fc.Arbitrary<Tuple> = fc.record({
  family: fc.constant(4 as const),
  protocol: fc.constantFrom(6, 17),
  source: fc.bigInt(0n, 3n),
  destination: fc.bigInt(0n, 3n),
  layer4: fc.record({
    kind: fc.constant('ports' as const),
    sport: fc.integer({ min: 0, max: 20 }),
    dport: fc.integer({ min: 0, max: 20 }),
  }),
});

test('a tuple inverted twice is itself, and keys are equal exactly for equal tuples', () => {
  fc.assert(
    fc.property(tuples, tuples, (one, other) => {
      const inverse = invert(one);
      expect(inverse && invert(inverse)).toEqual(one);
      const equal = JSON.stringify(one, text) === JSON.stringify(other, text);
      expect(tupleKey(one) === tupleKey(other)).toBe(equal);
      expect(sameTuple(one, other)).toBe(equal);
    }),
  );
});

function text(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}

test.each([
  ['10.0.0.1', 8, 0],
  ['10.0.0.1', 13, 14],
  ['10.0.0.1', 15, 16],
  ['10.0.0.1', 17, 18],
  ['fd00::1', 128, 129],
  ['fd00::1', 139, 140],
])('of %s ICMP type %i is answered by %i', (host, request, reply) => {
  const tuple = tupleOf(icmp(host, host, request, { id: 9 }));
  expect(tuple && invert(tuple)?.layer4).toEqual({ kind: 'icmp', type: reply, code: 0, id: 9 });
});

function ascending(one: number, other: number): number {
  return one - other;
}

test('a map in layers does what a map does, and its earlier forms stay', () => {
  const edits = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), fc.option(fc.integer())), {
    maxLength: 60,
  });
  fc.assert(
    fc.property(edits, fc.integer({ min: 0, max: 60 }), (changes, forkAt) => {
      const plain = new Map([['a', 0]]);
      let layered = layeredMap(new Map([['a', 0]]));
      let fork = { map: layered, values: [...plain.values()] };
      for (const [index, [key, value]] of changes.entries()) {
        if (index === forkAt) fork = { map: layered, values: [...plain.values()] };
        if (value === null) plain.delete(key);
        else plain.set(key, value);
        layered = value === null ? layered.without(key) : layered.with(key, value);
        expect([layered.size, layered.get(key)]).toEqual([plain.size, plain.get(key)]);
      }
      expect([...layered.values()].toSorted(ascending)).toEqual([...plain.values()].toSorted(ascending));
      expect([...fork.map.values()].toSorted(ascending)).toEqual(fork.values.toSorted(ascending));
    }),
  );
});

test('a map in layers folds its changes and keeps all of them', () => {
  let layered = layeredMap(new Map<string, number>());
  for (let index = 0; index < 500; index++) layered = layered.with(`k${index}`, index);
  for (let index = 0; index < 500; index += 2) layered = layered.without(`k${index}`);
  expect(layered.size).toBe(250);
  expect([...layered.values()].toSorted(ascending).slice(0, 3)).toEqual([1, 3, 5]);
});

test('a table finds connections by both tuples and by source, the newest first', () => {
  const table = tableAfter([query, udp('10.0.0.1:1000', '10.0.0.3:53')]);
  const tuple = tupleOf(query);
  if (!tuple) throw new Error('no tuple');
  const reply = invert(tuple);
  expect(table.size).toBe(2);
  expect(table.lookup(tuple, defaultZone)?.direction).toBe('original');
  expect(reply && table.lookup(reply, defaultZone)?.direction).toBe('reply');
  const targets = table.bySource(tuple, defaultZone).map((entry) => entry.original.destination);
  expect(targets).toEqual([ip('10.0.0.3'), ip('10.0.0.2')]);
});

test('a table without an entry finds it no more, in any way', () => {
  const table = tableAfter([query]);
  const entry = only(table);
  if (!entry) throw new Error('no entry');
  const changed = table.with({ ...entry, mark: 5 });
  expect(only(changed)?.mark).toBe(5);
  expect(changed.bySource(entry.original, defaultZone)).toHaveLength(1);
  const empty = changed.without(entry);
  expect([empty.size, [...empty.entries()]]).toEqual([0, []]);
  expect(empty.lookup(entry.reply, defaultZone)).toBeUndefined();
  expect(empty.bySource(entry.original, defaultZone)).toEqual([]);
});

test('confirming puts a new connection into the table', () => {
  const { entry, table } = track(conntrackTable(), query);
  if (!entry) throw new Error('no entry');
  expect(table.size).toBe(0);
  const result = confirm(table, entry);
  expect(result.kind === 'confirmed' && hasStatus(result.entry, 'confirmed')).toBe(true);
  expect(only(result.table)).toMatchObject({ original: entry.original });
});

test('confirming a known connection keeps its changes, and one that ended stays out', () => {
  const table = tableAfter([query]);
  const entry = only(table);
  if (!entry) throw new Error('no entry');
  expect(only(confirm(table, { ...entry, mark: 3 }).table)?.mark).toBe(3);
  const dying = { ...entry, status: entry.status | 0x200 };
  expect(confirm(table.without(entry), dying).table.size).toBe(0);
});

test('a connection whose reply tuple is taken is refused', () => {
  const { entry, table } = track(tableAfter([query]), udp('10.0.0.9:1000', '10.0.0.2:53'));
  const known = only(table);
  if (!entry || !known) throw new Error('no entry');
  expect(confirm(table, { ...entry, reply: known.reply })).toEqual({ kind: 'clash', table, with: known });
});
