// How long lint may take, and how far it is. Whoever starts it has the clock.

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

/** Throws where the time is over. */
export function demandTime({ isOver }: Budget): void {
  if (isOver()) throw new TimeOver('the time limit was reached');
}
