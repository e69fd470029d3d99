// What need not be said of classes of packets, and what decides about them.
import type { Node } from '../bdd/bdd.ts';
import type { Field } from '../field/define.ts';
import { metaPkttype } from '../field/meta.ts';
import { hopLimit, laterFragment, moreFragments } from '../field/parts.ts';
import type { Deciding } from '../trace/step.ts';
import type { FateEnd } from './journey.ts';
import type { Space } from './space.ts';
import { decidingName } from './walk.ts';

/** What decides about packets, each once. */
export function decidingOf(ends: readonly FateEnd[]): readonly Deciding[] {
  const named = ends.flatMap(({ deciding }) =>
    deciding ? [[decidingName(deciding), deciding] as const] : [],
  );
  return [...new Map(named).values()];
}

/** What only tells packets from those that the host refuses need not be said. */
export function asUsual(space: Space, node: Node, refused: Node): Node {
  const { bdd } = space;
  return space.parts().reduce((before, { field, variables }) => {
    if (!field || !hardlyTold.includes(field)) return before;
    const wide = bdd.exists(before, variables);
    return bdd.implies(bdd.minus(bdd.and(wide, space.valid()), node), refused) ? wide : before;
  }, node);
}

/** The packets, and those that differ from them only in what hosts refuse packets for. */
export function andRefused(space: Space, node: Node): Node {
  const told = space.parts().filter(({ field }) => field && hardlyTold.includes(field));
  return space.bdd.exists(
    node,
    told.flatMap(({ variables }) => variables),
  );
}

/** Values of these have hosts refuse packets, or hold them back. */
const hardlyTold: readonly Field[] = [metaPkttype, hopLimit, moreFragments, laterFragment];
