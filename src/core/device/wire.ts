// What kinds of devices have in common: sending by a cable, by the device below, and taking what is one's own.
import type { Frame, Passage, Place, Wiring } from './frame.ts';

/** Sends by the cable; every other end of it receives. */
export function byCable(at: Place, frame: Frame, wiring: Wiring): readonly Passage[] {
  const others = wiring.acrossFrom(at);
  if (!others) return [lost(at, `\`${at.device}\` of ${at.host} is connected to nothing`)];
  return others.map((other) => ({ kind: 'receive', at: other, frame }));
}

/** Hands it to the device below. */
export function byLower(at: Place, frame: Frame, wiring: Wiring): readonly Passage[] {
  const lower = wiring.lowerOf(at);
  return lower ? [{ kind: 'send', by: lower, frame }] : [lost(at, `\`${at.device}\` stands on no device`)];
}

/** A frame that ends here. */
export function lost(at: Place, why: string): Passage {
  return { kind: 'lost', at, why };
}

/** Whether two places are one. */
export function isSame(one: Place, other: Place): boolean {
  return one.host === other.host && one.device === other.device;
}
