// What rules see of the time at which a packet comes.
import { isUnknown, type PacketView, type Unknown } from './view.ts';

const secondsOfDay = 86_400;

const notSaid: Unknown = { unknown: 'at what time the packet comes was not said' };
const zoneNotSaid: Unknown = {
  unknown: 'the time zone of the host was not said: give the time as `2030-01-31 09:30 +01:00`',
};

/** Seconds since 1970 in UTC. */
export function timeInUtc({ clock }: PacketView): number | Unknown {
  return clock ? clock.seconds : notSaid;
}

/** Seconds since 1970 as a clock in the kernel's time zone counts them (`sys_tz.tz_minuteswest`). */
export function timeInZone({ clock }: PacketView): number | Unknown {
  if (!clock) return notSaid;
  return clock.zone === undefined ? zoneNotSaid : clock.seconds + clock.zone * 60;
}

/** From 0 for Sunday, in the kernel's time zone (net/netfilter/nft_meta.c: nft_meta_weekday). */
export function dayOfWeek(view: PacketView): bigint | Unknown {
  const seconds = timeInZone(view);
  // 1970 began on a Thursday.
  return isUnknown(seconds) ? seconds : BigInt((Math.floor(seconds / secondsOfDay) + 4) % 7);
}

/** Seconds since midnight; nft turns what is written into UTC, in which the kernel counts (nft_meta_hour). */
export function timeOfDay(view: PacketView): bigint | Unknown {
  const seconds = timeInZone(view);
  return isUnknown(seconds) ? seconds : BigInt(seconds % secondsOfDay);
}

/** Nanoseconds since 1970, by the same clock. */
export function pointOfTime(view: PacketView): bigint | Unknown {
  const seconds = timeInZone(view);
  return isUnknown(seconds) ? seconds : BigInt(seconds) * 1_000_000_000n;
}
