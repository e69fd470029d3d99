// How nft says `time` (net/netfilter/xt_time.c: time_mt, net/netfilter/nft_meta.c): hours and dates are in UTC, days of
// the week in the time zone of the kernel, which is UTC unless somebody told it another.
import type { JsonObject } from '../../nft/json-value.ts';
import { comparison, type NftSaid, oneOrSet } from './nft.ts';
import { has, type Settings, wordOf } from './settings.ts';
import { secondsOf, stampOf } from './time-truth.ts';

const dayNames: Readonly<Record<string, string>> = {
  Mon: 'Monday',
  Tue: 'Tuesday',
  Wed: 'Wednesday',
  Thu: 'Thursday',
  Fri: 'Friday',
  Sat: 'Saturday',
  Sun: 'Sunday',
};

/** Times of the day and dates go by the clock of UTC, whatever zone the machine that loads the rule is in. */
export function clockTime(settings: Settings): NftSaid {
  const isLocal = has(settings, '--kerneltz');
  const hours = daytime(settings);
  const dates = dateLimits(settings);
  if (has(settings, '--monthdays')) return 'nft knows no days of the month';
  if (isLocal && hours.length + dates.length > 0)
    return "nft's hours and dates are in UTC; leave `kerneltz` out, and say them in UTC";
  const days = wordOf(settings, '--weekdays');
  if (days !== undefined && has(settings, '--contiguous'))
    return 'the hours behind midnight count for the day before; write a rule for the hours before and one for those behind it';
  const names = days?.split(',').map((day) => dayNames[day] ?? '');
  const isSet = names ? [comparison({ meta: { key: 'day' } }, oneOrSet(nftOrder(names)))] : [];
  return [...dates, ...hours, ...isSet];
}

/** nft begins its week with Sunday. */
function nftOrder(names: readonly string[]): readonly string[] {
  return [...names.filter((name) => name === 'Sunday'), ...names.filter((name) => name !== 'Sunday')];
}

/** A time that ends before it starts goes over midnight; one that ends where it starts is always. */
function daytime(settings: Settings): readonly JsonObject[] {
  if (!has(settings, '--timestart') && !has(settings, '--timestop')) return [];
  const start = secondsOf(wordOf(settings, '--timestart'), 0);
  const stop = secondsOf(wordOf(settings, '--timestop'), 86_399);
  const left = { meta: { key: 'hour' } };
  if (start < stop) return [comparison(left, { range: [start, stop] })];
  if (start <= stop + 1) return [];
  return [comparison(left, { range: [stop + 1, start - 1] }, true)];
}

/** nft takes seconds, and compares nanoseconds; the last second of iptables goes on until the next. */
function dateLimits(settings: Settings): readonly JsonObject[] {
  const left = { meta: { key: 'time' } };
  const [start, stop] = ['--datestart', '--datestop'].map((option) => wordOf(settings, option));
  return [
    ...(start === undefined ? [] : [{ match: { op: '>=', left, right: stampOf(start, 0) } }]),
    ...(stop === undefined ? [] : [{ match: { op: '<', left, right: stampOf(stop, 0) + 1 } }]),
  ];
}
