// Counting checked connections, so that a listing of any size needs no memory.
import { decidingText } from '../trace/render.ts';
import type { CheckedConnection } from './check.ts';

/** How many connections there were of each kind. */
export interface Tally {
  readonly total: number;
  readonly admitted: number;
  readonly stale: number;
  readonly depends: number;
  /** Translated otherwise than the rules say. */
  readonly drift: number;
  /** Connections by the rule or policy that decides about them today. */
  readonly byRule: ReadonlyMap<string, number>;
}

export const emptyTally: Tally = {
  total: 0,
  admitted: 0,
  stale: 0,
  depends: 0,
  drift: 0,
  byRule: new Map(),
};

/** The tally with one more connection. */
export function count(tally: Tally, { admission, translation, way }: CheckedConnection): Tally {
  const rule = way.deciding ? decidingText(way.deciding) : `the stack: ${way.reason}`;
  return {
    ...tally,
    total: tally.total + 1,
    [admission]: tally[admission] + 1,
    drift: tally.drift + (translation.verdict === 'drift' ? 1 : 0),
    byRule: new Map(tally.byRule).set(rule, (tally.byRule.get(rule) ?? 0) + 1),
  };
}
