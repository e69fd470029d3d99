// The classes of a plain part: values for which the same conditions hold. They are found by evaluating all conditions on
// the part for each value that comes up, once.
import type { Match } from '../../ir/ruleset.ts';
import type { PlainPart } from './columns.ts';
import { evaluated, type Setting } from './conditions.ts';
import { bitOf } from './part.ts';

/** What conditions on plain parts say of the classes of all such parts, 32 in a word. */
export interface Truths {
  words: Uint32Array;
  used: number;
}

/** No classes yet. */
export function newTruths(): Truths {
  return { words: new Uint32Array(64), used: 0 };
}

/** The classes of one part. */
export interface PlainClasses {
  /** Where the truths of those small values begin that came up; -1 for others. */
  table: Int32Array;
  /** The same of any value; -1 where a condition turned out to be on more than this part. */
  classOf(value: number): number;
}

/** Values below this have their classes in a table. */
const mostTabled = 65_536;

/** So many larger values are kept. */
const mostKept = 1_000_000;

/** Classes by these conditions; those that are not on this part alone are given to `misfit`. */
export function plainClasses(
  part: PlainPart,
  conditions: readonly Match[],
  setting: Setting,
  truths: Truths,
  misfit: (condition: Match) => void,
): PlainClasses {
  const classes = { table: new Int32Array(256).fill(-1) };
  const larger = new Map<number, number>();
  const known = new Map<string, number>();
  const find = (value: number): number => {
    const bits = truthsOf(part, value, conditions, setting, misfit);
    if (!bits) return -1;
    const name = bits.join();
    const place = known.get(name) ?? append(truths, bits);
    known.set(name, place);
    return place;
  };
  const keep = (value: number, place: number) => {
    if (value >= mostTabled) {
      if (larger.size >= mostKept) larger.clear();
      larger.set(value, place);
      return;
    }
    if (value >= classes.table.length) classes.table = enlarged(classes.table, value);
    classes.table[value] = place;
  };
  const classOf = (value: number): number => {
    const before = value < mostTabled ? -1 : (larger.get(value) ?? -1);
    if (before >= 0) return before;
    const place = find(value);
    if (place >= 0) keep(value, place);
    return place;
  };
  return Object.assign(classes, { classOf });
}

function enlarged(table: Int32Array, value: number): Int32Array<ArrayBuffer> {
  let size = table.length;
  while (size <= value) size *= 2;
  const larger = new Int32Array(size).fill(-1);
  larger.set(table);
  return larger;
}

function append(truths: Truths, bits: Uint32Array): number {
  const place = truths.used;
  truths.used += bits.length;
  if (truths.used > truths.words.length) {
    const larger = new Uint32Array(2 * truths.used);
    larger.set(truths.words);
    truths.words = larger;
  }
  truths.words.set(bits, place);
  return place;
}

/** A bit for each condition that holds. */
function truthsOf(
  part: PlainPart,
  value: number,
  conditions: readonly Match[],
  setting: Setting,
  misfit: (condition: Match) => void,
): Uint32Array | undefined {
  const bits = new Uint32Array(Math.max(1, Math.ceil(conditions.length / 32)));
  let fits = true;
  setting.packet.set(part, BigInt(value));
  for (const [at, condition] of conditions.entries()) {
    const { holds, read } = evaluated(condition, setting);
    if (holds === undefined || (read & ~bitOf(part)) !== 0) {
      fits = false;
      misfit(condition);
    } else if (holds) bits[at >> 5] = (bits[at >> 5] ?? 0) | (1 << (at & 31));
  }
  return fits ? bits : undefined;
}
