// Signals that come while something is changed wait until it is whole.
import { constants } from 'node:os';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

type Signal = (typeof signals)[number];

/** Signals that are held back. */
export interface HeldSignals {
  /** The first that came. */
  signal(): Signal | undefined;
  /** Lets them pass again; one that came ends the process as it would have. */
  release(): void;
}

/** Holds signals back from now on. */
export function holdSignals(): HeldSignals {
  let came: Signal | undefined;
  const note = (signal: NodeJS.Signals) => {
    came ??= signals.find((one) => one === signal);
  };
  for (const signal of signals) process.on(signal, note);
  return {
    signal: () => came,
    release: () => {
      for (const signal of signals) process.off(signal, note);
      if (came) process.exit(128 + constants.signals[came]);
    },
  };
}
