// How long connections have until they are forgotten, in bins that get wider.
import { untold } from '../conntrack/compact/compact-entry.ts';

/** Connections with a number in a range. */
export interface Bin {
  /** Seconds, from here on … */
  readonly from: number;
  /** … to below here; no end if absent. */
  readonly to?: number;
  readonly connections: number;
}

/** Where bins begin: around the timeouts that the kernel has of itself. */
const begins = [0, 5, 10, 30, 60, 120, 180, 300, 600, 1800, 3600, 21_600, 86_400, 172_800, 432_000] as const;

/** Counts remaining times. */
export interface RemainingTimes {
  /** Seconds, or untold. */
  add(timeout: number): void;
  /** Every bin, empty ones too. */
  bins(): readonly Bin[];
}

/** None yet; offloaded connections have no time. */
export function remainingTimes(): RemainingTimes {
  const counts = begins.map(() => 0);
  return {
    add(timeout) {
      if (timeout === untold) return;
      let at = begins.length - 1;
      while (at > 0 && (begins[at] ?? 0) > timeout) at--;
      counts[at] = (counts[at] ?? 0) + 1;
    },
    bins: () =>
      begins.map((from, at) => {
        const to = begins[at + 1];
        return { from, ...(to !== undefined && { to }), connections: counts[at] ?? 0 };
      }),
  };
}
