// How long an analysis may take, and how far it is. Whoever starts it has the clock.
import { type Bdd, createBdd } from '../../bdd/bdd.ts';

/** Is asked often. */
export interface Budget {
  /** Whether the time is over. */
  readonly isOver: () => boolean;
  /** Another rule was looked at. */
  readonly step: () => void;
}

/** All the time that it takes. */
export const unlimited: Budget = { isOver: () => false, step: () => {} };

/** Thrown where the time is over; what is known until then stays. */
export class TimeOver extends Error {
  override readonly name = 'TimeOver';
}

/** What comes of a work; nothing where the time is over before its end. */
export function inTime<Result>(work: () => Result): Result | undefined {
  try {
    return work();
  } catch (problem) {
    if (problem instanceof TimeOver) return undefined;
    throw problem;
  }
}

/** Diagrams that are given up where the time is over. */
export function bddWithin(budget: Budget | undefined): Bdd {
  return createBdd({ tick: () => budget && demandTime(budget) });
}

/** Throws where the time is over. */
export function demandTime({ isOver }: Budget = unlimited): void {
  if (isOver()) throw new TimeOver('the time limit was reached');
}
