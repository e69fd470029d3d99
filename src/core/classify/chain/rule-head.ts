// What decides whether a rule is reached at all, as numbers: the classes of ordered parts that it takes, and conditions on
// plain parts. Packed, so that asking it takes a few comparisons.
import { type GrowingNumbers, growingNumbers } from './growing.ts';
import { type Intervals, includes } from './intervals.ts';
import { orderedCount } from './part.ts';

/** The head of one rule. */
export interface RuleHead {
  /** For each ordered part the classes that it takes; absent where it takes all. */
  readonly classes: readonly (Intervals | undefined)[];
  readonly bits: readonly PlainBit[];
}

/** A condition on a plain part, by the number that it has among those on this part. */
export interface PlainBit {
  readonly part: number;
  readonly bit: number;
}

/** What is asked of each packet. `codes`: the class of an ordered part, and where the truths of a plain one begin. */
export interface Asking {
  readonly codes: Int32Array;
  /** How many classes each ordered part has. */
  readonly counts: readonly number[];
  /** Truths of conditions on plain parts, 32 in a word. */
  readonly truths: { words: Uint32Array };
}

/** Asks the heads of rules about the packet that `codes` are of. */
export interface PackedHeads {
  holds(rule: number): boolean;
  readonly bytes: number;
}

const ends = 2 * orderedCount;
const top = 0x7fff_ffff;

/** Packs the heads of the rules of a chain. */
export function packHeads(heads: readonly RuleHead[], { codes, truths }: Asking): PackedHeads {
  const boxes = new Int32Array(ends * heads.length);
  const pool = growingNumbers();
  const more = new Int32Array(heads.length);
  for (const [rule, head] of heads.entries()) {
    for (let part = 0; part < orderedCount; part++) {
      const own = head.classes[part];
      boxes[ends * rule + 2 * part] = own ? (own[0] ?? top) : 0;
      boxes[ends * rule + 2 * part + 1] = own ? (own.at(-1) ?? -1) : top;
    }
    more[rule] = writeMore(head, pool);
  }
  const { words } = pool;
  const isIn = (part: number, at: number): boolean => {
    const code = codes[part] ?? 0;
    return code >= (boxes[at] ?? 0) && code <= (boxes[at + 1] ?? 0);
  };
  const hasBits = (from: number, count: number): boolean => {
    for (let at = from; at < from + 2 * count; at += 2) {
      const bit = words[at + 1] ?? 0;
      const word = truths.words[(codes[words[at] ?? 0] ?? 0) + (bit >> 5)] ?? 0;
      if (((word >>> (bit & 31)) & 1) === 0) return false;
    }
    return true;
  };
  const isScattered = (from: number, count: number): boolean => {
    for (let at = from; at < from + 3 * count; at += 3) {
      const [part = 0, first = 0, length = 0] = [words[at], words[at + 1], words[at + 2]];
      if (!includes(words, first, length, codes[part] ?? 0)) return false;
    }
    return true;
  };
  return {
    holds: (rule) => {
      const box = ends * rule;
      if (!isIn(0, box) || !isIn(1, box + 2) || !isIn(2, box + 4) || !isIn(3, box + 6)) return false;
      const at = more[rule] ?? 0;
      if (at === 0) return true;
      const bits = words[at] ?? 0;
      return hasBits(at + 2, bits) && isScattered(at + 2 + 2 * bits, words[at + 1] ?? 0);
    },
    bytes: boxes.byteLength + more.byteLength + words.byteLength,
  };
}

/**
 * Writes what the first and the last class of each part do not say, and answers where; 0 for nothing. First how many
 * conditions on plain parts and how many parts with gaps there are; then part and bit of each of those, and part, place and
 * length of the intervals of each of these.
 */
function writeMore({ classes, bits }: RuleHead, pool: GrowingNumbers): number {
  const scattered = classes.flatMap((own, part) =>
    own && own.length > 2 ? [part, pool.append(own), own.length] : [],
  );
  if (bits.length === 0 && scattered.length === 0) return 0;
  const conditions = bits.flatMap(({ part, bit }) => [part, bit]);
  return pool.append([bits.length, scattered.length / 3, ...conditions, ...scattered]);
}
