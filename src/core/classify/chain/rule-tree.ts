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
 * first lists. Of a plain part `segments` is -1, and `borders` the number of the branch among such.
 */
export const branchAt = { part: 0, least: 1, segments: 2, borders: 3, starts: 4, size: 5 } as const;

/** The same of a list: where the next one is, 0 for none; the rules, or a node where the count is -1. */
export const listAt = { next: 0, rules: 1, count: 2, size: 3 } as const;

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

/** Makes the tree of rules by their heads. */
export function ruleTree(heads: readonly RuleHead[], holds: PlainTruth): RuleTree {
  const arena = growingNumbers();
  const plain: PlainBranch[] = [];
  const all = heads.map((_, rule) => rule);
  const root = build(
    { arena, plain, heads },
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
      const made = own.length === 0 ? 0 : writeList({ arena, plain, heads }, own, left, 0);
      lists.set(truths, made);
      return made;
    },
  };
}

interface Building {
  readonly arena: GrowingNumbers;
  readonly plain: PlainBranch[];
  readonly heads: readonly RuleHead[];
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
  const first = arena.append(starts.map((start) => (start < 0 ? 0 : (places[start] ?? 0))));
  return [segments.length, arena.append(segments), first];
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
    return arena.append([next, build(building, rules, left), -1]);
  return arena.append([next, arena.append(rules), rules.length]);
}
