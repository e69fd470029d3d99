// Counting checked connections, so that a listing of any size needs no memory.
import { decidingText } from '../trace/deciding-text.ts';
import type { CheckedConnection } from './check.ts';

/** How many connections there were of each kind. */
export interface Tally {
  total: number;
  admitted: number;
  stale: number;
  depends: number;
  /** Translated otherwise than the rules say. */
  drift: number;
  /** Connections by the rule or policy that decides about them today. */
  readonly byRule: Map<string, number>;
}

/** A tally of no connections. */
export function newTally(): Tally {
  return { total: 0, admitted: 0, stale: 0, depends: 0, drift: 0, byRule: new Map() };
}

/** Counts one more connection. Changes the tally in place: a listing may have millions, and a policy many rules. */
export function count(tally: Tally, { admission, translation, way }: CheckedConnection): void {
  const rule = way.deciding ? decidingText(way.deciding) : `the stack: ${way.reason}`;
  tally.total++;
  tally[admission]++;
  if (translation.verdict === 'drift') tally.drift++;
  tally.byRule.set(rule, (tally.byRule.get(rule) ?? 0) + 1);
}
