// How many events of each kind there are in a second.
import type { EventKind } from './event.ts';
import type { Rates } from './view.ts';

/** Counts events by intervals. */
export interface RateCounter {
  count(kind: EventKind): void;
  /** Ends an interval of so many seconds. */
  turn(seconds: number): void;
  /** The last interval that is over, its length, and new connections a second in those up to it. */
  last(): { readonly seconds: number; readonly rates: Rates; readonly history: readonly number[] };
}

/** So many intervals are remembered. */
const mostIntervals = 60;

/** No event yet. */
export function newRateCounter(): RateCounter {
  let counts = noEvents();
  let seconds = 1;
  let rates: Rates = { created: 0, destroyed: 0, updated: 0 };
  let history: readonly number[] = [];
  return {
    count: (kind) => void counts[kind]++,
    turn(length) {
      seconds = length;
      rates = {
        created: counts.new / length,
        destroyed: counts.destroy / length,
        updated: counts.update / length,
      };
      history = [...history.slice(1 - mostIntervals), rates.created];
      counts = noEvents();
    },
    last: () => ({ seconds, rates, history }),
  };
}

function noEvents(): Record<EventKind, number> {
  return { new: 0, update: 0, destroy: 0 };
}
