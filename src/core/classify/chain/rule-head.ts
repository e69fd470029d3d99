// What decides whether a rule is reached at all, as numbers: the classes of ordered parts that it takes, and conditions on
// plain parts. Packed, so that asking it takes a few comparisons.
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
  const boxes = Int32Array.from(heads.flatMap(boxOf));
  const more = heads.map(moreThanBox);
  const hasMore = Uint8Array.from(more, (one) => (one ? 1 : 0));
  const isInBox = (rule: number): boolean => {
    for (let part = 0, at = ends * rule; part < orderedCount; part++, at += 2) {
      const code = codes[part] ?? 0;
      if (code < (boxes[at] ?? 0) || code > (boxes[at + 1] ?? 0)) return false;
    }
    return true;
  };
  const hasTheRest = (rule: number): boolean => {
    const { bits, scattered } = more[rule] ?? none;
    for (let at = 0; at < bits.length; at += 2) {
      const bit = bits[at + 1] ?? 0;
      const word = truths.words[(codes[bits[at] ?? 0] ?? 0) + (bit >> 5)] ?? 0;
      if (((word >>> (bit & 31)) & 1) === 0) return false;
    }
    return scattered.every(({ part, classes }) => includes(classes, codes[part] ?? 0));
  };
  return {
    holds: (rule) => isInBox(rule) && (hasMore[rule] === 0 || hasTheRest(rule)),
    bytes: boxes.byteLength + hasMore.byteLength + more.reduce((sum, one) => sum + bytesOf(one), 0),
  };
}

/** What the first and the last class of each part do not say. */
interface More {
  /** Part and bit of each condition. */
  readonly bits: Int32Array;
  readonly scattered: readonly { readonly part: number; readonly classes: Intervals }[];
}

const none: More = { bits: new Int32Array(0), scattered: [] };

function boxOf({ classes }: RuleHead): readonly number[] {
  return Array.from({ length: orderedCount }, (_, part) => {
    const own = classes[part];
    return own ? [own[0] ?? top, own.at(-1) ?? -1] : [0, top];
  }).flat();
}

function moreThanBox({ classes, bits }: RuleHead): More | undefined {
  const scattered = classes.flatMap((own, part) => (own && own.length > 2 ? [{ part, classes: own }] : []));
  if (bits.length === 0 && scattered.length === 0) return undefined;
  return { bits: Int32Array.from(bits.flatMap(({ part, bit }) => [part, bit])), scattered };
}

function bytesOf(more: More | undefined): number {
  if (!more) return 0;
  return more.scattered.reduce((sum, { classes }) => sum + classes.byteLength, more.bits.byteLength);
}
