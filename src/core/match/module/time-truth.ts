// Whether `time` holds at a moment.
import { formatTime } from '../../datatype/time.ts';
import { timeInUtc, timeInZone } from '../../field/clock.ts';
import { isUnknown, type PacketView } from '../../field/view.ts';
import type { Truth } from '../define.ts';

/** The options, in the words of iptables-save; absent: no condition. */
export interface TimeTest {
  /** `09:00:00`. */
  readonly dayStart: string | undefined;
  readonly dayStop: string | undefined;
  /** `2030-01-31T09:30:00`. */
  readonly dateStart: string | undefined;
  readonly dateStop: string | undefined;
  /** 1 to 7 from Monday. */
  readonly weekdays: readonly number[] | undefined;
  readonly monthdays: readonly number[] | undefined;
  readonly inKernelZone: boolean;
  /** What is past midnight belongs to the day before. */
  readonly contiguous: boolean;
}

const secondsOfDay = 86_400;
/** include/linux/types.h: INT_MAX, which extensions/libxt_time.c sets where no end is given. */
const lastStamp = 0x7fffffff;

/** net/netfilter/xt_time.c: time_mt. */
export function timeTruth(test: TimeTest, view: PacketView): Truth {
  const stamp = test.inKernelZone ? timeInZone(view) : timeInUtc(view);
  if (isUnknown(stamp)) return { result: 'unknown', why: stamp.unknown };
  const actual = formatTime(stamp);
  const time = stamp % secondsOfDay;
  const [start, stop] = [secondsOf(test.dayStart, 0), secondsOf(test.dayStop, secondsOfDay - 1)];
  const crosses = start >= stop;
  const isInside = crosses ? time >= start || time <= stop : time >= start && time <= stop;
  const day = test.contiguous && crosses && time <= stop ? stamp - secondsOfDay : stamp;
  return { result: isInside && isWithinDates(test, stamp) && isOnDay(test, day), actual };
}

function isWithinDates({ dateStart, dateStop }: TimeTest, stamp: number): boolean {
  return stamp >= stampOf(dateStart, 0) && stamp <= stampOf(dateStop, lastStamp);
}

function isOnDay({ weekdays, monthdays }: TimeTest, stamp: number): boolean {
  const date = new Date(stamp * 1000);
  const weekday = date.getUTCDay() || 7;
  return weekdays?.includes(weekday) !== false && monthdays?.includes(date.getUTCDate()) !== false;
}

/** The second of the day of a time such as `09:00:00`. */
export function secondsOf(time: string | undefined, absent: number): number {
  if (time === undefined) return absent;
  return time.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
}

/**
 * Seconds since 1970 of a date such as `2030-01-31T09:30:00`; mktime counts the 31st of April as the 1st of May
 * (extensions/libxt_time.c: time_parse_date).
 */
export function stampOf(date: string | undefined, absent: number): number {
  if (date === undefined) return absent;
  const [year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0] = date.split(/[-T:]/).map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second) / 1000;
}
