// `recent`, `statistic`, `rateest`: what earlier packets, or chance, decide.
import type { Node } from '../../bdd/bdd.ts';
import { fieldIs } from '../../field/symbolic.ts';
import type { EvaluationContext, SymbolicContext, Truth } from '../define.ts';
import { type Refusal, refuse } from '../iptables-spelling.ts';
import { takeTurn } from '../memory.ts';
import { countingField } from '../nft/generated.ts';

import { defineModuleMatch } from './define.ts';
import { comparison, type NftSaid, never } from './nft.ts';
import { recentTruth } from './recent-truth.ts';
import { has, plainSetting, type Setting, type Settings, without, wordOf } from './settings.ts';
import { addressMask, anyText, max32, number, oneOf, oneWord } from './value.ts';

const commands = ['--set', '--rcheck', '--update', '--remove'];
const seen = number({ max: max32 });
const fullMask = { ip: '255.255.255.255', ip6: 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff' } as const;

export const recentMatch = defineModuleMatch({
  module: 'recent',
  summary: 'A list of addresses seen lately: `recent update seconds 60 hitcount 4 name "ssh"`.',
  options: [
    { option: '--set', word: 'set', negatable: true },
    { option: '--rcheck', word: 'rcheck', negatable: true },
    { option: '--update', word: 'update', negatable: true },
    { option: '--remove', word: 'remove', negatable: true },
    { option: '--seconds', word: 'seconds', value: seen },
    { option: '--reap', word: 'reap' },
    { option: '--hitcount', word: 'hitcount', value: seen },
    { option: '--rttl', word: 'rttl' },
    { option: '--name', word: 'name', value: anyText(199) },
    { option: '--mask', word: 'mask', value: addressMask },
    { option: '--rsource', word: 'rsource' },
    { option: '--rdest', word: 'rdest' },
  ],
  needs: [commands],
  excludes: [commands],
  check: (settings, family) => {
    const problem = recentProblem(settings);
    if (problem !== undefined) return refuse(problem);
    const named = without(settings, '--name', 'DEFAULT');
    return without(without(named, '--mask', fullMask[family]), '--rsource');
  },
  complete: (settings, family) => [
    ...settings.filter(({ option }) => !['--name', '--mask', '--rdest'].includes(option)),
    plainSetting('--name', wordOf(settings, '--name') ?? 'DEFAULT'),
    plainSetting('--mask', wordOf(settings, '--mask') ?? fullMask[family]),
    plainSetting(has(settings, '--rdest') ? '--rdest' : '--rsource'),
  ],
  stateful: true,
  nft: recentReason,
  knowledge: { unknown: 'which addresses are on a list is not known' },
  truth: recentTruth,
});

/** extensions/libxt_recent.c: recent_opts, and net/netfilter/xt_recent.c: recent_mt_check. */
function recentProblem(settings: Settings): string | undefined {
  const looks = has(settings, '--rcheck') || has(settings, '--update');
  const needsLook = ['--seconds', '--hitcount', '--rttl'].find((name) => has(settings, name));
  if (needsLook !== undefined && !looks) return `\`${needsLook}\` needs \`--rcheck\` or \`--update\``;
  if (has(settings, '--reap') && !has(settings, '--seconds')) return '`--reap` needs `--seconds`';
  if (wordOf(settings, '--name')?.includes('/')) return 'the name of a list has no `/`';
  return Number(wordOf(settings, '--hitcount') ?? 0) > 65535 ? 'the list remembers fewer packets' : undefined;
}

function recentReason(settings: Settings): string {
  if (has(settings, '--hitcount')) return 'a set of nft does not count how often it was asked for an address';
  return 'a list of iptables forgets the address that it saw longest ago when it is full, a set of nft takes no more; use a set with `timeout`, and `add @set` and `@set` instead';
}

/** The kernel keeps 31 bits of a probability (extensions/libxt_statistic.c: statistic_mt_init). */
const probability = oneWord('a probability from 0 to 1', (word) => {
  const value = /^\d*\.?\d+(?:e-?\d+)?$|^\d+\.$/i.test(word) ? Number(word) : Number.NaN;
  return value >= 0 && value <= 1 ? (Math.round(value * 0x80000000) / 0x80000000).toFixed(11) : undefined;
});

export const statisticMatch = defineModuleMatch({
  module: 'statistic',
  summary: 'Matches by chance or each so many packets: `statistic mode nth every 2 packet 0`.',
  options: [
    { option: '--mode', word: 'mode', value: oneOf('random', 'nth') },
    { option: '--probability', word: 'probability', value: probability, negatable: true },
    { option: '--every', word: 'every', value: number({ min: 1n, max: max32 }), negatable: true },
    { option: '--packet', word: 'packet', value: number({ max: max32 }) },
  ],
  needs: [['--mode']],
  check: checkStatistic,
  stateful: true,
  nft: numberGenerated,
  knowledge: { unknown: 'chance, or the number of packets before, decides' },
  truth: statisticTruth,
  symbolic: symbolicStatistic,
});

/** net/netfilter/xt_statistic.c: statistic_mt; `--packet` is the place in each round that matches, from 0. */
function statisticTruth(settings: Settings, { memory }: EvaluationContext): Truth {
  const [, one] = settings;
  if (wordOf(settings, '--mode') !== 'nth') return { result: 'unknown', why: 'chance decides' };
  const place = memory && takeTurn(memory, Number(wordOf(settings, '--every')));
  if (place === undefined) return { result: 'unknown', why: 'the number of packets before decides' };
  const isMeant = place === Number(wordOf(settings, '--packet'));
  return { result: isMeant !== (one?.negated === true), actual: `packet ${place} of the round` };
}

/** Each rule counts by itself, as each `numgen` does. */
function symbolicStatistic(settings: Settings, symbols: SymbolicContext): Node | undefined {
  const [, one] = settings;
  if (wordOf(settings, '--mode') !== 'nth' || !one) return undefined;
  const turn = countingField(Number(one.value[0]));
  const isMeant = fieldIs(symbols, turn, BigInt(wordOf(settings, '--packet') ?? 0));
  return one.negated ? symbols.bdd.minus(symbols.read(turn).present, isMeant) : isMeant;
}

function checkStatistic(settings: Settings): Settings | Refusal {
  const [wanted, other] =
    wordOf(settings, '--mode') === 'nth'
      ? [['--every', '--packet'], ['--probability']]
      : [['--probability'], ['--every', '--packet']];
  const lacking = wanted.find((name) => !has(settings, name));
  if (lacking !== undefined) return refuse(`\`${lacking}\` is missing`);
  const foreign = other.find((name) => has(settings, name));
  if (foreign !== undefined) return refuse(`\`${foreign}\` belongs to the other mode`);
  const [every = 1, packet = 0] = ['--every', '--packet'].map((name) => Number(wordOf(settings, name) ?? 0));
  return wanted.length > 1 && packet >= every ? refuse('`--packet` must be below `--every`') : settings;
}

/**
 * Both count on from where they start: iptables from `--packet`, matching when it comes to `--every`
 * (net/netfilter/xt_statistic.c: statistic_mt); nft from its offset (net/netfilter/nft_numgen.c: nft_ng_inc_gen). Both
 * take the upper bits of a number of 32 random bits.
 */
function numberGenerated(settings: Settings): NftSaid {
  const [, one] = settings;
  if (wordOf(settings, '--mode') !== 'nth') return byChance(one);
  const left = { numgen: { mode: 'inc', mod: Number(one?.value[0]), offset: 0 } };
  return [comparison(left, Number(wordOf(settings, '--packet')), one?.negated)];
}

function byChance(one: Setting | undefined): NftSaid {
  let [share, whole] = [Math.round(Number(one?.value[0]) * 0x80000000), 0x80000000];
  const isNegated = one?.negated === true;
  if (share === 0 || share === whole) return (share === 0) === isNegated ? [] : never;
  while (share % 2 === 0) [share, whole] = [share / 2, whole / 2];
  const left = { numgen: { mode: 'random', mod: whole, offset: 0 } };
  return [{ match: { op: isNegated ? '>=' : '<', left, right: share } }];
}

const bitUnits: Readonly<Record<string, number>> = Object.fromEntries(
  ['', 'k', 'm', 'g', 't'].flatMap((letter, power) => [
    [`${letter}bit`, 1000 ** power / 8],
    [`${letter}bps`, 1000 ** power],
    ...(letter
      ? [
          [`${letter}ibit`, 1024 ** power / 8],
          [`${letter}ibps`, 1024 ** power],
        ]
      : []),
  ]),
);

/** extensions/libxt_rateest.c: rateest_get_rate; whole bytes a second, printed in bits. */
const bitRate = oneWord('a rate such as 5kbit', (word) => {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)([a-z]*)$/i.exec(word) ?? [];
  const factor = unit === '' ? 1 / 8 : bitUnits[unit.toLowerCase()];
  return digits === undefined || factor === undefined
    ? undefined
    : `${Math.floor(Number(digits) * factor) * 8}bit`;
});
const packetRate = number({ max: max32 });
const estimator = anyText(15);
const comparisons = ['--rateest-lt', '--rateest-gt', '--rateest-eq'];
const absolute = ['--rateest-bps', '--rateest-pps', '--rateest-bps2', '--rateest-pps2'];

export const rateestMatch = defineModuleMatch({
  module: 'rateest',
  summary: 'Compares the rate that an estimator measures: `rateest rateest "RE1" gt bps "5000bit"`.',
  options: [
    { option: '--rateest-delta', word: 'delta' },
    { option: '--rateest', word: 'rateest', value: estimator, aliases: ['--rateest1'] },
    { option: '--rateest-bps1', word: 'bps1', value: bitRate },
    { option: '--rateest-pps1', word: 'pps1', value: packetRate },
    { option: '--rateest-lt', word: 'lt', negatable: true },
    { option: '--rateest-gt', word: 'gt', negatable: true },
    { option: '--rateest-eq', word: 'eq', negatable: true },
    { option: '--rateest-bps', word: 'bps', value: bitRate },
    { option: '--rateest-pps', word: 'pps', value: packetRate },
    { option: '--rateest-bps2', word: 'bps2', value: bitRate },
    { option: '--rateest-pps2', word: 'pps2', value: packetRate },
    { option: '--rateest2', word: 'rateest2', value: estimator },
  ],
  needs: [['--rateest'], comparisons, [...absolute, '--rateest2']],
  excludes: [comparisons],
  stateful: true,
  nft: 'nft has no estimators of rates',
  truth: 'what the estimator has measured is not known',
});
