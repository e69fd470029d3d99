// The rules of a chain by what their heads ask. Each is listed under the part that the fewest others share with it: under the
// intervals of its classes as a segment tree keeps them, so that memory grows little faster than the rules, or under the
// class of a plain part. Long lists are divided again by the parts that are left.
import { type GrowingNumbers, growingNumbers } from './growing.ts';
import { orderedCount, partNames } from './part.ts';
import { groupRules } from './rule-groups.ts';
import type { RuleHead } from './rule-head.ts';
import { segmentLists, segmentsOf } from './segments.ts';

/** Where the numbers of a node stand: its first rule, the rules under no part, how many parts; then its branches. */
export const nodeAt = { least: 0, rest: 1, restCount: 2, branches: 3, size: 4 } as const;

/**
 * The same of a branch, which is a part of a node. `segments`: how many; `borders`: their first classes; `starts`: their
 * first lists. `segments` is 0 where there is a start for each class, and -1 of a plain part, whose `borders` are the number
 * of the branch among such.
 */
export const branchAt = { part: 0, least: 1, segments: 2, borders: 3, starts: 4, size: 5 } as const;

/** The same of a list: where the next one is, 0 for none; how many rules, and these; or -1, and where a node is. */
export const listAt = { next: 0, count: 1, rules: 2 } as const;

/** The tree in one list of numbers. */
export interface RuleTree {
  readonly arena: GrowingNumbers;
  /** Where the first node is. */
  readonly root: number;
  /** The list of a plain branch for a class of its part, where its truths begin; made when it is first wanted. */
  plainList(branch: number, truths: number): number;
}

/** Tells whether the conditions of a rule on a plain part hold for a class of it. */
export type PlainTruth = (rule: number, part: number, truths: number) => boolean;

/** Shorter lists are not divided. */
const shortList = 12;

interface PlainBranch {
  readonly part: number;
  readonly rules: readonly number[];
  readonly left: readonly number[];
  readonly lists: Map<number, number>;
}

/** Makes the tree of rules by their heads; `counts` has how many classes each ordered part has. */
export function ruleTree(heads: readonly RuleHead[], counts: readonly number[], holds: PlainTruth): RuleTree {
  const building: Building = { arena: growingNumbers(), plain: [], heads, counts };
  const { arena, plain } = building;
  const all = heads.map((_, rule) => rule);
  const root = build(
    building,
    all,
    partNames.map((_, part) => part),
  );
  return {
    arena,
    root,
    plainList: (branch, truths) => {
      const { part, rules, left, lists } = plain[branch] ?? {
        part: 0,
        rules: [],
        left: [],
        lists: new Map(),
      };
      const known = lists.get(truths);
      if (known !== undefined) return known;
      const own = rules.filter((rule) => holds(rule, part, truths));
      const made = own.length === 0 ? 0 : writeList(building, own, left, 0);
      lists.set(truths, made);
      return made;
    },
  };
}

interface Building {
  readonly arena: GrowingNumbers;
  readonly plain: PlainBranch[];
  readonly heads: readonly RuleHead[];
  readonly counts: readonly number[];
}

/** Writes a node of rules, found by the parts; answers where it is. */
function build(building: Building, rules: readonly number[], parts: readonly number[]): number {
  const { arena, heads } = building;
  const groups = groupRules(rules, parts, heads);
  const rest = arena.append(groups.rest);
  const byLeast = [...groups.byPart].toSorted(([, some], [, others]) => (some[0] ?? 0) - (others[0] ?? 0));
  const branches = byLeast.flatMap(([part, own]) => {
    const left = parts.filter((one) => one !== part);
    const made =
      part < orderedCount ? orderedBranch(building, part, own, left) : plainBranch(building, part, own, left);
    return [part, own[0] ?? 0, ...made];
  });
  return arena.append([rules[0] ?? 0, rest, groups.rest.length, byLeast.length, ...branches]);
}

function plainBranch(
  { plain }: Building,
  part: number,
  rules: readonly number[],
  left: readonly number[],
): readonly number[] {
  return [-1, plain.push({ part, rules, left, lists: new Map() }) - 1, 0];
}

const nothing = new Int32Array(0);

function orderedBranch(
  building: Building,
  part: number,
  rules: readonly number[],
  left: readonly number[],
): readonly number[] {
  const { arena, heads } = building;
  const classesOf = (rule: number) => heads[rule]?.classes[part] ?? nothing;
  const segments = segmentsOf(rules.map(classesOf));
  const { lists, starts } = segmentLists(rules, classesOf, segments);
  const places: number[] = [];
  for (const { rules: own, next } of lists)
    places.push(writeList(building, own, left, next < 0 ? 0 : (places[next] ?? 0)));
  const first = starts.map((start) => (start < 0 ? 0 : (places[start] ?? 0)));
  const count = building.counts[part] ?? 0;
  if (count > mostSpread * segments.length)
    return [segments.length, arena.append(segments), arena.append(first)];
  return [0, 0, arena.append(spread(first, segments, count))];
}

/** Up to so many times as many classes as segments have a start each, which saves the search for the segment. */
const mostSpread = 4;

function spread(starts: Int32Array, segments: Int32Array, count: number): Int32Array {
  const found = new Int32Array(count);
  for (const [at, start] of starts.entries()) found.fill(start, segments[at], segments[at + 1] ?? count);
  return found;
}

/** Writes a list, or a node in its place; answers where it is. */
function writeList(
  building: Building,
  rules: readonly number[],
  left: readonly number[],
  next: number,
): number {
  const { arena } = building;
  if (rules.length > shortList && left.length > 0)
    return arena.append([next, -1, build(building, rules, left)]);
  return arena.append([next, rules.length, ...rules]);
}
