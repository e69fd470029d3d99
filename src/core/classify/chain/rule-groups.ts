// Which part of its head a rule is found by: the one that the fewest other rules share with it.
import { orderedCount } from './part.ts';
import type { RuleHead } from './rule-head.ts';
import { segmentOf, segmentsOf } from './segments.ts';

/** Rules by the part that they are found by. */
export interface RuleGroups {
  readonly byPart: ReadonlyMap<number, readonly number[]>;
  /** Those that are found by none of the parts. */
  readonly rest: readonly number[];
}

/** How many rules share what a rule asks of one part; undefined where it asks nothing. */
type Crowd = (rule: number) => number | undefined;

/** Groups rules, in their order, by parts. */
export function groupRules(
  rules: readonly number[],
  parts: readonly number[],
  heads: readonly RuleHead[],
): RuleGroups {
  const crowds = parts.map((part): readonly [number, Crowd] => [
    part,
    part < orderedCount ? crowdOfClasses(rules, part, heads) : crowdOfBits(rules, part, heads),
  ]);
  const byPart = new Map<number, number[]>();
  const rest: number[] = [];
  for (const rule of rules) {
    const part = loneliest(crowds, rule, rules.length);
    if (part === undefined) rest.push(rule);
    else
      byPart
        .set(part, byPart.get(part) ?? [])
        .get(part)
        ?.push(rule);
  }
  return { byPart, rest };
}

/** Undefined where almost all rules would stand together. */
function loneliest(
  crowds: readonly (readonly [number, Crowd])[],
  rule: number,
  count: number,
): number | undefined {
  let [found, least]: [number | undefined, number] = [undefined, 0.75 * count];
  for (const [part, crowd] of crowds) {
    const size = crowd(rule);
    if (size !== undefined && size < least) [found, least] = [part, size];
  }
  return found;
}

/** How many rules take the same class, at the ends and in the middle of what a rule takes. */
function crowdOfClasses(rules: readonly number[], part: number, heads: readonly RuleHead[]): Crowd {
  const taken = rules.flatMap((rule) => heads[rule]?.classes[part] ?? []);
  const segments = segmentsOf(taken);
  const crowd = new Int32Array(segments.length + 1);
  const add = (classes: Int32Array) => {
    for (let at = 0; at < classes.length; at += 2) {
      const [first, last] = [
        segmentOf(segments, classes[at] ?? 0),
        segmentOf(segments, classes[at + 1] ?? 0),
      ];
      crowd[first] = (crowd[first] ?? 0) + 1;
      crowd[last + 1] = (crowd[last + 1] ?? 0) - 1;
    }
  };
  for (const classes of taken) add(classes);
  for (let at = 1; at < crowd.length; at++) crowd[at] = (crowd[at] ?? 0) + (crowd[at - 1] ?? 0);
  return (rule) => {
    const classes = heads[rule]?.classes[part];
    if (!classes) return undefined;
    let most = 0;
    for (let at = 0; at < classes.length; at += 2) {
      const [first, last] = [
        segmentOf(segments, classes[at] ?? 0),
        segmentOf(segments, classes[at + 1] ?? 0),
      ];
      most = Math.max(most, crowd[first] ?? 0, crowd[last] ?? 0, crowd[(first + last) >> 1] ?? 0);
    }
    return most;
  };
}

/** How many rules have the same condition. */
function crowdOfBits(rules: readonly number[], part: number, heads: readonly RuleHead[]): Crowd {
  const own = (rule: number) => heads[rule]?.bits.filter((one) => one.part === part) ?? [];
  const crowd = new Map<number, number>();
  for (const rule of rules) for (const { bit } of own(rule)) crowd.set(bit, (crowd.get(bit) ?? 0) + 1);
  return (rule) => {
    const sizes = own(rule).map(({ bit }) => crowd.get(bit) ?? 0);
    return sizes.length === 0 ? undefined : Math.min(...sizes);
  };
}
