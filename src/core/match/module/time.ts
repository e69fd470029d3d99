// `time`: the time at which a packet comes, in UTC or the kernel's time zone.
import { type Refusal, refuse } from '../iptables-spelling.ts';
import { defineModuleMatch } from './define.ts';
import { clockTime } from './nft-time.ts';
import { has, plainSetting, type Setting, type Settings, wordOf } from './settings.ts';
import { type TimeTest, timeTruth } from './time-truth.ts';

import { oneWord } from './value.ts';

const lastSecond = '23:59:59';
/** include/uapi/linux/netfilter/xt_time.h counts seconds in 32 bits, one of them the sign. */
const lastDate = '2038-01-19T03:14:07';

const two = (value: string): string => value.padStart(2, '0');

const daytime = oneWord('a time of day, hh:mm or hh:mm:ss', (word) => {
  const [, hours = '', minutes = '', seconds = '0'] = /^(\d{1,2}):(\d{1,2})(?::(\d{1,2}))?$/.exec(word) ?? [];
  const sound = hours !== '' && Number(hours) < 24 && Number(minutes) < 60 && Number(seconds) < 60;
  return sound ? [hours, minutes, seconds].map(two).join(':') : undefined;
});

const date = oneWord('a date, YYYY-MM-DDThh:mm:ss or a beginning of that', (word) => {
  const [, ...parts] =
    /^(\d{4})(?:-(\d{1,2})(?:-(\d{1,2})(?:T(\d{1,2})(?::(\d{1,2})(?::(\d{1,2}))?)?)?)?)?$/.exec(word) ?? [];
  const [year = '', month = '1', day = '1', hour = '0', minute = '0', second = '0'] = parts;
  const sound =
    Number(year) >= 1970 &&
    Number(year) <= 2038 &&
    inside(month, 1, 12) &&
    inside(day, 1, 31) &&
    inside(hour, 0, 23) &&
    inside(minute, 0, 59) &&
    inside(second, 0, 59);
  return sound ? `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:${two(second)}` : undefined;
});

function inside(text: string, first: number, last: number): boolean {
  return Number(text) >= first && Number(text) <= last;
}

const dayNames = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

const weekdays = oneWord('a list of days such as Mon,Tue', (word) =>
  days(word, 7, (text) => {
    const prefix = text.slice(0, 2).toLowerCase();
    const named = dayNames.findIndex((name) => name.slice(0, 2).toLowerCase() === prefix) + 1;
    return /^\d+$/.test(text) ? Number(text) : named;
  })
    ?.map((day) => dayNames[day - 1])
    .join(','),
);

const monthdays = oneWord('a list of days from 1 to 31', (word) =>
  days(word, 31, (text) => (/^\d+$/.test(text) ? Number(text) : 0))?.join(','),
);

function days(word: string, last: number, read: (text: string) => number): readonly number[] | undefined {
  const found = word.split(',').map(read);
  if (found.some((day) => day < 1 || day > last)) return undefined;
  return [...new Set(found)].toSorted((a, b) => a - b);
}

export const timeMatch = defineModuleMatch({
  module: 'time',
  summary:
    'The time of day, the weekday, the date: `time timestart "09:00:00" timestop "17:00:00" weekdays "Mon,Tue"`.',
  options: [
    { option: '--timestart', word: 'timestart', value: daytime },
    { option: '--timestop', word: 'timestop', value: daytime },
    { option: '--monthdays', word: 'monthdays', value: monthdays, negatable: true },
    { option: '--weekdays', word: 'weekdays', value: weekdays, negatable: true },
    { option: '--datestart', word: 'datestart', value: date },
    { option: '--datestop', word: 'datestop', value: date },
    { option: '--kerneltz', word: 'kerneltz' },
    { option: '--contiguous', word: 'contiguous' },
  ],
  check: checkTime,
  nft: clockTime,
  complete: (settings) => {
    const daily = has(settings, '--timestart') || has(settings, '--timestop');
    const start = plainSetting('--timestart', wordOf(settings, '--timestart') ?? '00:00:00');
    const stop = plainSetting('--timestop', wordOf(settings, '--timestop') ?? lastSecond);
    const end = plainSetting('--datestop', wordOf(settings, '--datestop') ?? lastDate);
    const of = (...names: readonly string[]): Settings =>
      settings.filter(({ option }) => names.includes(option));
    return [
      ...(daily ? [start, stop] : []),
      ...of('--monthdays', '--weekdays', '--datestart'),
      end,
      ...of('--kerneltz', '--contiguous'),
    ];
  },
  knowledge: 'time',
  truth: (settings, { view }) => timeTruth(testOf(settings), view),
});

function testOf(settings: Settings): TimeTest {
  const word = (option: string): string | undefined => wordOf(settings, option);
  return {
    dayStart: word('--timestart'),
    dayStop: word('--timestop'),
    dateStart: word('--datestart'),
    dateStop: word('--datestop'),
    weekdays: word('--weekdays')
      ?.split(',')
      .map((name) => dayNames.indexOf(name) + 1),
    monthdays: word('--monthdays')?.split(',').map(Number),
    inKernelZone: has(settings, '--kerneltz'),
    contiguous: has(settings, '--contiguous'),
  };
}

function checkTime(settings: Settings): Settings | Refusal {
  const start = wordOf(settings, '--timestart') ?? '00:00:00';
  const stop = wordOf(settings, '--timestop') ?? lastSecond;
  if (has(settings, '--contiguous') && stop >= start)
    return refuse('`--contiguous` needs a time that stops before it starts');
  const usual: Readonly<Record<string, string>> = {
    '--timestart': '00:00:00',
    '--timestop': lastSecond,
    '--datestart': '1970-01-01T00:00:00',
    '--datestop': lastDate,
  };
  return settings
    .map(positive)
    .filter(({ option, value: [word = ''] }) => usual[option] !== word && !isEveryDay(option, word));
}

function isEveryDay(option: string, word: string): boolean {
  const count = word.split(',').length;
  return (option === '--weekdays' && count === 7) || (option === '--monthdays' && count === 31);
}

/** The kernel keeps the days that match. */
function positive(one: Setting): Setting {
  if (!one.negated) return one;
  const all = one.option === '--weekdays' ? dayNames : Array.from({ length: 31 }, (_, day) => `${day + 1}`);
  const given = one.value[0]?.split(',') ?? [];
  return plainSetting(one.option, all.filter((day) => !given.includes(day)).join(','));
}
