// What has to be undone when the process ends before its time. Nothing else waits for a signal: a listener is heard only
// between two steps of the work, and without one a signal ends the process at once, whatever it computes.
import { constants } from 'node:os';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Runs `undo`, which must be synchronous, if the process exits or is ended by a signal; until the result is called. */
export function undoAtTheEnd(undo: () => void): () => void {
  process.once('exit', undo);
  for (const signal of signals) process.once(signal, exitBy);
  return () => {
    process.off('exit', undo);
    for (const signal of signals) process.off(signal, exitBy);
  };
}

/** Leaves with the code that a shell gives a program ended by this signal. */
function exitBy(signal: (typeof signals)[number]): void {
  process.exit(128 + constants.signals[signal]);
}
