// Points of time: read from text such as `2030-01-31 09:30 +01:00`, and written for people.

/** A point of time, and the time zone that was said with it. */
export interface ZonedTime {
  /** Seconds since 1970-01-01 00:00 UTC. */
  readonly seconds: number;
  /** How far the zone is ahead of UTC, in minutes; absent where none was said and UTC was meant. */
  readonly zone?: number;
}

const shape = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d))?)?\s*(Z|UTC|[+-]\d\d:?\d\d)?$/;

/** Reads ISO 8601, with a blank in the place of `T` if one likes; undefined where it is no point of time. */
export function parseTime(text: string): ZonedTime | undefined {
  const [, year, month, day, hour = '00', minute = '00', second = '00', offset] = shape.exec(text) ?? [];
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}`;
  const plain = Date.parse(`${iso}Z`);
  // Date.parse takes the 31st of April for the 1st of May.
  if (Number.isNaN(plain) || new Date(plain).toISOString().slice(0, 19) !== iso) return undefined;
  const zone = offset === undefined ? undefined : minutesOf(offset);
  return { seconds: plain / 1000 - (zone ?? 0) * 60, ...(zone !== undefined && { zone }) };
}

function minutesOf(offset: string): number {
  const [, sign, hours, minutes] = /^([+-])(\d\d):?(\d\d)$/.exec(offset) ?? [];
  const size = Number(hours ?? 0) * 60 + Number(minutes ?? 0);
  return sign === '-' ? -size : size;
}

const dayNames = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;

/** `Thu 2030-01-31 09:30:00`, of seconds that are counted in whatever zone is meant. */
export function formatTime(seconds: number): string {
  const date = new Date(seconds * 1000);
  return `${dayNames[date.getUTCDay()]} ${date.toISOString().slice(0, 19).replace('T', ' ')}`;
}
