// `hashlimit`: a limit for each address or port of its own.
import { isRefusal, type Refusal, refuse } from '../iptables-spelling.ts';
import { defineModuleMatch } from './define.ts';
import { byteCount, bytesPerSecond, byteUnits, costOf, keptBytes, scale } from './hashlimit-rate.ts';
import { hashlimitTruth } from './hashlimit-truth.ts';
import { bucketForEach } from './nft-limit.ts';
import { formatRate, parseRate } from './rate.ts';
import { has, plainSetting, type Setting, type Settings, without, wordOf } from './settings.ts';
import { anyText, listOf, max32, number, oneWord, prefixLength } from './value.ts';

const counted = number({ max: max32 });
const rate = oneWord('a rate such as 10/sec or 512kb/s', (word) =>
  parseRate(word, scale) || bytesPerSecond(word) !== undefined ? word : undefined,
);
const burst = oneWord('a number, or bytes such as 10kb', (word) =>
  /^\d+$/.test(word) || byteCount(word) !== undefined ? word : undefined,
);

export const hashlimitMatch = defineModuleMatch({
  module: 'hashlimit',
  summary:
    'So many packets or bytes in a time for each address or port: `hashlimit upto "10/sec" mode srcip name "ssh"`.',
  options: [
    { option: '--hashlimit-upto', word: 'upto', value: rate, aliases: ['--hashlimit'], negatable: true },
    { option: '--hashlimit-above', word: 'above', value: rate, negatable: true },
    { option: '--hashlimit-burst', word: 'burst', value: burst },
    { option: '--hashlimit-mode', word: 'mode', value: listOf('srcip', 'srcport', 'dstip', 'dstport') },
    { option: '--hashlimit-name', word: 'name', value: anyText(254) },
    { option: '--hashlimit-htable-size', word: 'htable-size', value: counted },
    { option: '--hashlimit-htable-max', word: 'htable-max', value: counted },
    { option: '--hashlimit-htable-gcinterval', word: 'htable-gcinterval', value: counted },
    { option: '--hashlimit-htable-expire', word: 'htable-expire', value: counted },
    { option: '--hashlimit-srcmask', word: 'srcmask', value: prefixLength },
    { option: '--hashlimit-dstmask', word: 'dstmask', value: prefixLength },
    { option: '--hashlimit-rate-match', word: 'rate-match' },
    { option: '--hashlimit-rate-interval', word: 'rate-interval', value: counted },
  ],
  needs: [['--hashlimit-upto', '--hashlimit-above'], ['--hashlimit-name']],
  excludes: [['--hashlimit-upto', '--hashlimit-above']],
  check: (settings, family) => {
    const shown = checkRate(settings);
    return isRefusal(shown) ? shown : withoutDefaults(shown, family === 'ip' ? '32' : '128');
  },
  stateful: true,
  nft: bucketForEach,
  knowledge: 'history',
  truth: hashlimitTruth,
});

/** The kernel keeps less of a rate than was written; iptables-save prints what is kept (hashlimit_mt_check). */
function checkRate(settings: Settings): Settings | Refusal {
  const given = settings.find(
    ({ option }) => option === '--hashlimit-upto' || option === '--hashlimit-above',
  );
  const bytes = bytesPerSecond(given?.value[0] ?? '');
  return bytes === undefined ? packetRate(settings, given) : byteRate(settings, given, bytes);
}

function replaced(settings: Settings, given: Setting | undefined, word: string): Settings {
  return settings.map((one) => (one === given ? rateSetting(one, word) : one));
}

function rateSetting({ option, negated }: Setting, word: string): Setting {
  if (!negated) return plainSetting(option, word);
  return plainSetting(option === '--hashlimit-upto' ? '--hashlimit-above' : '--hashlimit-upto', word);
}

function packetRate(settings: Settings, given: Setting | undefined): Settings | Refusal {
  const read = parseRate(given?.value[0] ?? '', scale);
  const room = wordOf(settings, '--hashlimit-burst') ?? '5';
  const packets = /^\d+$/.test(room) ? BigInt(room) : byteCount(room);
  if (!read || !packets || packets > 1_000_000n) return refuse(`a burst of \`${room}\` can't be kept`);
  const { text: word, seconds } = formatRate(read.interval, scale);
  const expire = wordOf(settings, '--hashlimit-htable-expire') ?? `${read.seconds * 1000n}`;
  const rest = settings.filter(
    ({ option }) => option !== '--hashlimit-burst' && option !== '--hashlimit-htable-expire',
  );
  const shown = expire === `${seconds * 1000n}` ? [] : [plainSetting('--hashlimit-htable-expire', expire)];
  return inOrder([...replaced(rest, given, word), plainSetting('--hashlimit-burst', `${packets}`), ...shown]);
}

function byteRate(settings: Settings, given: Setting | undefined, bytes: bigint): Settings | Refusal {
  const kept = keptBytes(bytes);
  const written = wordOf(settings, '--hashlimit-burst');
  const room = written === undefined ? undefined : byteCount(written);
  if (written !== undefined && room === undefined) return refuse('the rate counts bytes, its burst packets');
  if (room !== undefined && room < kept)
    return refuse(`a burst must be at least ${kept} bytes for this rate`);
  const usual = room === undefined ? '15000' : '60000';
  const rest = without(without(settings, '--hashlimit-burst'), '--hashlimit-htable-expire', usual);
  const burstWords =
    room === undefined
      ? []
      : [
          plainSetting(
            '--hashlimit-burst',
            formatBytes(((room + kept - 1n) / kept) * kept, () => true),
          ),
        ];
  return inOrder([
    ...replaced(
      rest,
      given,
      `${formatBytes(kept, (size) => costOf(kept - (kept % size)) === costOf(kept))}/s`,
    ),
    ...burstWords,
  ]);
}

const order = [
  'upto',
  'above',
  'burst',
  'mode',
  'name',
  'htable-size',
  'htable-max',
  'htable-gcinterval',
  'htable-expire',
  'srcmask',
  'dstmask',
  'rate-match',
  'rate-interval',
].map((name) => `--hashlimit-${name}`);

function inOrder(settings: Settings): Settings {
  return settings.toSorted((a, b) => order.indexOf(a.option) - order.indexOf(b.option));
}

function withoutDefaults(settings: Settings, fullMask: string): Settings {
  if (!has(settings, '--hashlimit-rate-match') && has(settings, '--hashlimit-rate-interval'))
    return withoutDefaults(without(settings, '--hashlimit-rate-interval'), fullMask);
  const defaults: Readonly<Record<string, string>> = {
    '--hashlimit-htable-gcinterval': '1000',
    '--hashlimit-srcmask': fullMask,
    '--hashlimit-dstmask': fullMask,
    '--hashlimit-rate-interval': '1',
    '--hashlimit-htable-size': '0',
    '--hashlimit-htable-max': '0',
  };
  return settings.filter(({ option, value }) => defaults[option] !== value[0] || value.length === 0);
}

/** In the largest unit that it reaches and that loses nothing of what the kernel keeps (print_bytes). */
function formatBytes(bytes: bigint, isExact: (size: bigint) => boolean): string {
  const [unit, factor] = Object.entries(byteUnits).find(([, size]) => bytes >= size && isExact(size)) ?? [
    '',
    1n,
  ];
  return `${bytes / factor}${unit}b`;
}
