// Intervals of classes as a segment tree keeps them: each under few nodes, and each class in those above its segment.
import type { Intervals } from './intervals.ts';

/** The first class of each segment, ascending from 0: between two of them all classes are in the same intervals. */
export function segmentsOf(all: readonly Intervals[]): Int32Array {
  const starts = new Int32Array(all.reduce((sum, { length }) => sum + length, 1));
  let used = 1;
  for (const intervals of all)
    for (let at = 0; at < intervals.length; at++) starts[used++] = (intervals[at] ?? 0) + (at & 1);
  starts.sort();
  return starts.filter((start, at) => at === 0 || start !== starts[at - 1]);
}

/** The segment that a class is in. */
export function segmentOf(segments: Int32Array, value: number): number {
  let [low, high] = [0, segments.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((segments[middle] ?? 0) <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** For each segment the lists, one behind the other, in which the rules are that take it; each list ascends. */
export interface SegmentLists {
  readonly lists: readonly SegmentList[];
  /** The place of the first list of each segment, -1 for none. */
  readonly starts: Int32Array;
}

export interface SegmentList {
  readonly rules: readonly number[];
  /** The place of the next list for the same segments, -1 for none. It stands before this one. */
  readonly next: number;
}

/** Lists rules, in their order, under the segments that they take. */
export function segmentLists(
  rules: readonly number[],
  classesOf: (rule: number) => Intervals,
  segments: Int32Array,
): SegmentLists {
  let size = 1;
  while (size < segments.length) size *= 2;
  const under: number[][] = [];
  const put = (place: number, rule: number) => {
    const there = under[place] ?? [];
    under[place] = there;
    there.push(rule);
  };
  for (const rule of rules) {
    const classes = classesOf(rule);
    for (let at = 0; at < classes.length; at += 2) {
      let low = segmentOf(segments, classes[at] ?? 0) + size;
      let high = segmentOf(segments, classes[at + 1] ?? 0) + size + 1;
      for (; low < high; low >>= 1, high >>= 1) {
        if (low & 1) put(low++, rule);
        if (high & 1) put(--high, rule);
      }
    }
  }
  return linked(under, size, segments.length);
}

/** The lists of a tree, each with the next one above it. */
function linked(
  under: readonly (readonly number[] | undefined)[],
  size: number,
  count: number,
): SegmentLists {
  const lists: SegmentList[] = [];
  const nearest = new Int32Array(2 * size).fill(-1);
  for (let place = 1; place < 2 * size; place++) {
    const above = place > 1 ? (nearest[place >> 1] ?? -1) : -1;
    const rules = under[place];
    nearest[place] = rules ? lists.push(withAbove(rules, above, lists)) - 1 : above;
  }
  return { lists, starts: nearest.slice(size, size + count) };
}

/** Short lists take those above them over, so that a search looks at one place. */
const mostTogether = 16;

function withAbove(rules: readonly number[], above: number, lists: readonly SegmentList[]): SegmentList {
  const next = lists[above];
  if (!next || next.next >= 0 || next.rules.length + rules.length > mostTogether)
    return { rules, next: above };
  return { rules: [...next.rules, ...rules].toSorted((a, b) => a - b), next: -1 };
}
