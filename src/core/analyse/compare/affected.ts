// Which packets may fare differently by two rule sets at all: those that meet a rule which only one of both has. All others
// meet the same rules with the same values, so that nobody need take them through either rule set.
import type { Node } from '../../bdd/bdd.ts';
import { wordsOf } from '../../source-map/meaning.ts';
import type { Direction, Subject } from '../question.ts';
import type { Space } from '../space.ts';
import { andRefused } from '../usual.ts';
import { walk } from '../walk.ts';
import type { RuleName } from '../walk-place.ts';
import { changesValuesIn } from './changes-values.ts';
import { type Own, pairingOf } from './pairing.ts';
import { type Sketch, sketchOf } from './sketch.ts';

/** Two rule sets that are compared. */
export interface Compared {
  /** Some packets of a direction that are all of those that may fare differently. */
  affected(direction: Direction): Affected;
  /** What rules of the second one are called; by their numbers if absent. */
  readonly nameAfter?: RuleName;
}

/** Packets, and what is taken for granted of all others. */
interface Affected {
  readonly packets: Node;
  readonly assumptions: readonly string[];
}

/** So many rules that only one of both has: more are not looked at by themselves. */
const mostRules = 500;

/** Lays two rule sets side by side. */
export function comparedIn(space: Space, before: Subject, after: Subject): Compared {
  const pairing = pairingOf(before.ruleSet, after.ruleSet);
  const everything: Affected = { packets: 1, assumptions: [] };
  if (!pairing) return { affected: () => everything };
  const { nameAfter } = pairing;
  const sides = [
    [before, pairing.before],
    [after, pairing.after],
  ] as const;
  const count = sides.reduce((sum, [, own]) => sum + sizeOf(own), 0);
  if (count > mostRules || wordsOf(before.host) !== wordsOf(after.host))
    return { affected: () => everything, nameAfter };
  const changes = changesValuesIn(space);
  const sketches = sides.map(([{ ruleSet, ...subject }, own]) => ({
    sketch: sketchOf(ruleSet, own, changes),
    subject,
  }));
  return { affected: (direction) => watched(space, sketches, direction, count === 0), nameAfter };
}

function sizeOf({ rules, ends }: Own): number {
  return [...rules.values()].reduce((sum, some) => sum + some.size, ends.size);
}

interface Sketched {
  readonly sketch: Sketch;
  readonly subject: Omit<Subject, 'ruleSet'>;
}

/** `isSame`: no rule is watched. */
function watched(
  space: Space,
  sketches: readonly Sketched[],
  direction: Direction,
  isSame: boolean,
): Affected {
  const { bdd } = space;
  const assumptions = new Set<string>();
  let packets: Node = 0;
  for (const { sketch, subject } of sketches) {
    const { ends, assumptions: own } = walk({
      space,
      ruleSet: sketch.ruleSet,
      ...subject,
      direction,
      seen: ({ rule }, _reached, matched) => {
        if (sketch.watching.has(rule)) packets = bdd.or(packets, matched);
      },
    });
    for (const one of own) assumptions.add(one);
    if (isSame) continue;
    for (const end of ends) if (end.verdict === 'depends') packets = bdd.or(packets, end.node);
  }
  // By the same name both rule sets may mean another condition that nobody can tell.
  const all = bdd.exists(packets, space.freeVariables());
  return { packets: andRefused(space, all), assumptions: [...assumptions] };
}
