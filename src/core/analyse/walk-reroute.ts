// The second lookup for packets of this host, after a chain at OUTPUT changed what routing depends on: all packets at once
// (src/core/trace/reroute.ts for one).
import type { Node } from '../bdd/bdd.ts';
import type { Field } from '../field/define.ts';
import { metaMark } from '../field/meta.ts';
import { codePoint, destinationAddress, hopLimit, sourceAddress } from '../field/parts.ts';
import { bitsOf, divided, type Journey, marks, together, withValues } from './journey.ts';
import { routeSent } from './walk-route.ts';
import type { Values, WalkState } from './walk-state.ts';

/**
 * Packets of which some bit of these fields has become another one. What is free, or was copied from another field, is not
 * compared to the end where no order of variables makes that small: whether it is another is free then.
 */
export function differing(
  journey: Journey,
  [before, behind]: readonly [Values, Values],
  fields: readonly Field[],
): Node {
  const { bdd, space } = journey;
  return fields.reduce<Node>((any, field) => {
    const [old = [], fresh = []] = [before, behind].map((values) => bitsOf(journey, values, field));
    const changed = old.flatMap((bit, at) => (bit === fresh[at] ? [] : [[bit, fresh[at] ?? bit] as const]));
    let other: Node | undefined = changed.some((pair) => isFree(journey, pair)) ? undefined : 0;
    for (const [bit, now] of changed)
      other =
        other === undefined || bdd.size(other) > mostNodes ? undefined : bdd.or(other, bdd.xor(bit, now));
    const name = `\`${field.name}\` has become another one`;
    return bdd.or(any, other ?? space.at({ hook: 'output' }).free(name));
  }, 0);
}

/** More are not looked through for the bits of one field. */
const mostNodes = 2000;

function isFree({ space }: Journey, bits: readonly Node[]): boolean {
  return bits.some((bit) => space.freeIn(bit).length > 0);
}

/** Looks those up again that a `type route` chain changed so that it matters. */
export function rerouteChanged(journey: Journey, before: WalkState, behind: WalkState): WalkState {
  if (before.values === behind.values) return behind;
  const fields = [metaMark, sourceAddress, destinationAddress, journey.family === 4 ? codePoint : hopLimit];
  return reroute(journey, differing(journey, [before.values, behind.values], fields), behind);
}

/** Looks some of the packets up again. */
export function reroute(journey: Journey, changed: Node, state: WalkState): WalkState {
  const [moved, others] = divided(journey, state, changed);
  if (moved.path === 0) return state;
  const { host } = journey.request;
  return together(journey, [
    others,
    host ? routeSent(journey, host, moved, 'again') : unknown(journey, moved),
  ]);
}

function unknown(journey: Journey, { path, values }: WalkState): WalkState {
  const symbols = journey.space.at({ hook: 'output' });
  const name = {
    kind: 'name',
    present: 1,
    is: (pattern: string) =>
      symbols.free(`routed again, without host facts, the packet leaves by \`${pattern}\``),
  } as const;
  return { path, values: withValues(journey, values, [[marks.rerouted, name]]) };
}
