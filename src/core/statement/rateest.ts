// `RATEEST`: counts the packets of a rule into a named estimator of their rate (extensions/libxt_RATEEST.c).
import { numberType } from '../datatype/define.ts';
import { type Refusal, refuse } from '../match/iptables-spelling.ts';
import { quote } from '../match/quote.ts';
import { passing } from './symbolic.ts';
import {
  defineTarget,
  type OptionData,
  type OptionValue,
  type TargetArgs,
  textValue,
  unknownToNft,
} from './target.ts';

const microseconds = numberType('integer', 'a number of microseconds', 32);
const second = 1_000_000;

/** `250ms`, `1.5s`, `300us`, or microseconds. */
function parseTime(text: string, option: string): OptionData | Refusal {
  const [, number = '', unit = 'us'] = /^(\d+(?:\.\d*)?)(s|ms|us)?$/.exec(text) ?? [];
  if (number === '') return refuse(`\`${option}\` takes a time, not \`${text}\``);
  const factor = { s: second, ms: 1000, us: 1 }[unit] ?? 1;
  return BigInt(Math.trunc(Number(number) * factor));
}

function formatTime(data: OptionData): string {
  const time = Number(data);
  if (time >= second) return `${(time / second).toFixed(1)}s`;
  return time >= 1000 ? `${(time / 1000).toFixed(1)}ms` : `${time}us`;
}

const time: OptionValue = {
  parse: parseTime,
  format: formatTime,
  read: (reader) => reader.single(microseconds),
  write: String,
};

/** The kernel's steps of the interval are quarters of a second, doubled up to five times. */
function stepOf(interval: number): number | undefined {
  const step = [0, 1, 2, 3, 4, 5].find((power) => interval <= (second / 4) * 2 ** power);
  return step === undefined ? undefined : (second / 4) * 2 ** step;
}

/** The weight of a moving average with this time constant is a power of two. */
function averageOf(interval: number, constant: number): number | undefined {
  let log = 1;
  while (log < 32 && interval / -Math.log(1 - 1 / 2 ** log) <= constant) log++;
  return log - 1 === 0 || log - 1 >= 31 ? undefined : log - 1;
}

/** What the kernel makes of the times; a text where it can't take them. */
function rounded(interval: number, constant: number): readonly [bigint, bigint] | string {
  const step = stepOf(interval);
  if (step === undefined) return 'the interval is longer than 8 seconds';
  const log = averageOf(interval, constant);
  return log === undefined
    ? 'the time constant of the average does not fit its interval'
    : [BigInt(step), BigInt(step * 2 ** log)];
}

function roundedArgs({ interval, average }: TargetArgs): readonly [bigint, bigint] | string {
  return rounded(Number(interval), Number(average));
}

export const rateest = defineTarget({
  key: 'RATEEST',
  summary: 'Counts the packet for an estimator, which the match `rateest` asks; times in microseconds.',
  options: [
    { option: '--rateest-name', word: 'name', value: textValue(15), required: true },
    { option: '--rateest-interval', word: 'interval', value: time, required: true },
    {
      option: '--rateest-ewmalog',
      aliases: ['--rateest-ewma'],
      word: 'average',
      value: time,
      required: true,
    },
  ],
  check: (args) => {
    const times = roundedArgs(args);
    return typeof times === 'string' ? times : undefined;
  },
  round: (args) => {
    const times = roundedArgs(args);
    return typeof times === 'string' ? args : { ...args, interval: times[0], average: times[1] };
  },
  nft: unknownToNft('nft has no estimators of rates'),
  execute: ({ name }) => ({ kind: 'none', note: `counted for the estimator ${quote(String(name))}` }),
  symbolic: passing,
});
