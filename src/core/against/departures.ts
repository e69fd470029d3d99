// The frames that left, to be found by what a trace says leaves; each is found once.
import type { Packet } from '../packet/packet.ts';
import type { CaptureStep } from '../trace/step.ts';
import { differencesOf } from './alike.ts';
import type { Departure } from './frames.ts';

/** Those that were not taken yet. */
export interface Departures {
  /** A frame for each of these packets, undefined where there is none; nothing is taken. `from`: when the packet came in. */
  readonly find: (
    foretold: readonly CaptureStep[],
    from: bigint | undefined,
  ) => readonly (Departure | undefined)[];
  readonly take: (departure: Departure) => void;
  readonly left: () => readonly Departure[];
}

/** All of them. */
export function openDepartures(departures: readonly Departure[]): Departures {
  const shelves = new Map<string, Departure[]>();
  for (const one of departures) {
    const key = shelfOf(one.device, one.packet);
    const shelf = shelves.get(key);
    if (shelf) shelf.push(one);
    else shelves.set(key, [one]);
  }
  const taken = new Set<Departure>();
  return {
    find: (foretold, from) => {
      const chosen = new Set<Departure>();
      return foretold.map((step) => {
        const shelf = shelves.get(shelfOf(step.device ?? '', step.packet)) ?? [];
        const found = bestOf(shelf, step, from, (one) => !taken.has(one) && !chosen.has(one));
        if (found) chosen.add(found);
        return found;
      });
    },
    take: (departure) => {
      taken.add(departure);
      const shelf = shelves.get(shelfOf(departure.device, departure.packet));
      shelf?.splice(shelf.indexOf(departure), 1);
    },
    left: () => departures.filter((one) => !taken.has(one)),
  };
}

/** What a trace always knows of a packet; of fragments and what is cut the rest may differ. */
function shelfOf(device: string, { family, protocol, length, ttl }: Packet): string {
  return `${device} ${family} ${protocol} ${length} ${ttl}`;
}

/** The first that left behind the time; clocks of several machines may differ. */
function bestOf(
  shelf: readonly Departure[],
  step: CaptureStep,
  from: bigint | undefined,
  isFree: (one: Departure) => boolean,
): Departure | undefined {
  let early: Departure | undefined;
  for (const one of shelf) {
    if (!isFree(one) || differencesOf(step, one.packet).length > 0) continue;
    if (from === undefined || one.time === undefined || one.time >= from) return one;
    early ??= one;
  }
  return early;
}
