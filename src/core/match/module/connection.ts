// `connbytes`, `connlabel`, `connlimit`, `helper`, `cluster`, `ipvs`, `nfacct`, `state`: what is known of the packet's connection.

import { addressWidth } from '../../datatype/address.ts';
import { isUnknown } from '../../field/view.ts';
import { carriedBy } from '../carried.ts';
import { countConnections, noOthers } from '../connection-count.ts';
import type { EvaluationContext, Truth } from '../define.ts';
import { refuse } from '../iptables-spelling.ts';
import { stateHolds } from './conntrack-symbolic.ts';
import { defineModuleMatch } from './define.ts';
import { carried, connectionCount, expectedBy, label } from './nft-conntrack.ts';
import { has, plainSetting, type Settings, wordOf } from './settings.ts';
import {
  anyText,
  listOf,
  maskedAddress,
  max16,
  max32,
  max64,
  number,
  oneOf,
  oneWord,
  parseInteger,
  parsePort,
  prefixLength,
  protocolNumberWord,
} from './value.ts';

/** A number alone is the least; the most that can be is not printed (extensions/libxt_connbytes.c: print_from_to). */
const carriedRange = oneWord('a least number, and behind `:` a greatest', (word) => {
  const [first = '', last, ...rest] = word.split(':');
  const lo = first === '' && last !== undefined ? 0n : parseInteger(first, max64);
  const hi = last === undefined || last === '' ? max64 : parseInteger(last, max64);
  if (lo === undefined || hi === undefined || rest.length > 0 || lo > hi || word === '') return undefined;
  return hi === max64 ? `${lo}` : `${lo}:${hi}`;
});

const uncounted = 'how much the connection has carried is not known';

/** net/netfilter/xt_connbytes.c: connbytes_mt; without a connection it never holds. */
function connbytesTruth([range, mode, dir]: Settings, { view: { ct } }: EvaluationContext): Truth {
  const entry = ct?.entry;
  if (entry === undefined) return { result: false, actual: 'no connection' };
  if (isUnknown(entry)) return { result: 'unknown', why: entry.unknown };
  const what = (['packets', 'bytes', 'avgpkt'] as const).find((one) => one === mode?.value[0]) ?? 'packets';
  const direction = (['original', 'reply'] as const).find((one) => one === dir?.value[0]);
  const count = carriedBy(entry, what, direction);
  if (count === undefined) return { result: 'unknown', why: uncounted };
  const [least = '0', most = `${max64}`] = range?.value[0]?.split(':') ?? [];
  const isInside = BigInt(least) <= count && count <= BigInt(most);
  return { result: isInside !== (range?.negated === true), actual: `${count}` };
}

export const connbytesMatch = defineModuleMatch({
  module: 'connbytes',
  summary:
    'How much the connection has carried so far: `connbytes connbytes "0:1000" mode packets dir original`.',
  options: [
    {
      option: '--connbytes',
      word: 'connbytes',
      value: carriedRange,
      negatable: true,
    },
    { option: '--connbytes-mode', word: 'mode', value: oneOf('packets', 'bytes', 'avgpkt') },
    { option: '--connbytes-dir', word: 'dir', value: oneOf('original', 'reply', 'both') },
  ],
  needs: [['--connbytes'], ['--connbytes-mode'], ['--connbytes-dir']],
  usesConntrack: true,
  nft: carried,
  knowledge: { unknown: uncounted },
  truth: connbytesTruth,
});

/** net/netfilter/xt_connlabel.c: connlabel_mt; without a connection it only holds if it is negated. */
function connlabelTruth([one, set]: Settings, { view: { ct }, memory }: EvaluationContext): Truth {
  const isNegated = one?.negated === true;
  const entry = ct?.entry;
  if (entry === undefined) return { result: isNegated, actual: 'no connection' };
  if (isUnknown(entry)) return { result: 'unknown', why: entry.unknown };
  const { labelBits } = entry;
  if (labelBits === undefined) return { result: 'unknown', why: unlisted };
  const bit = 1n << BigInt(one?.value[0] ?? 0);
  const isThere = (labelBits & bit) !== 0n;
  if (!isThere && set) memory?.label(bit);
  return { result: (isThere || set !== undefined) !== isNegated, actual: 'without this label' };
}

const unlisted = 'which labels the connection has is not known';

export const connlabelMatch = defineModuleMatch({
  module: 'connlabel',
  summary: 'A label of the connection, by number; with `set` it gets it.',
  options: [
    {
      option: '--label',
      word: 'label',
      value: oneWord('a label from 0 to 127', (word) =>
        /^\d+$/.test(word) && Number(word) < 128 ? `${Number(word)}` : undefined,
      ),
      negatable: true,
    },
    { option: '--set', word: 'set' },
  ],
  needs: [['--label']],
  usesConntrack: true,
  stateful: true,
  nft: label,
  knowledge: { unknown: unlisted },
  truth: connlabelTruth,
});

export const connlimitMatch = defineModuleMatch({
  module: 'connlimit',
  summary: 'How many connections an address, or the addresses of a prefix, have: `connlimit above 10`.',
  options: [
    { option: '--connlimit-upto', word: 'upto', value: number({ max: max32 }), negatable: true },
    { option: '--connlimit-above', word: 'above', value: number({ max: max32 }), negatable: true },
    { option: '--connlimit-mask', word: 'mask', value: prefixLength },
    { option: '--connlimit-saddr', word: 'saddr' },
    { option: '--connlimit-daddr', word: 'daddr' },
  ],
  needs: [['--connlimit-upto', '--connlimit-above']],
  excludes: [
    ['--connlimit-upto', '--connlimit-above'],
    ['--connlimit-saddr', '--connlimit-daddr'],
  ],
  check: (settings, family) =>
    settings
      .map((one) => (one.negated ? { ...one, negated: false, option: otherLimit(one.option) } : one))
      .filter((one) => one.option !== '--connlimit-saddr' && !isFullMask(one.option, one.value[0], family)),
  complete: (settings, family) => [
    ...settings.filter(({ option }) => option === '--connlimit-upto' || option === '--connlimit-above'),
    plainSetting(
      '--connlimit-mask',
      wordOf(settings, '--connlimit-mask') ?? (family === 'ip' ? '32' : '128'),
    ),
    plainSetting(has(settings, '--connlimit-daddr') ? '--connlimit-daddr' : '--connlimit-saddr'),
  ],
  usesConntrack: true,
  stateful: true,
  nft: connectionCount,
  counts: (settings) => ({
    most: BigInt(mostOf(settings)),
    each: wordOf(settings, '--connlimit-mask') !== '0',
  }),
  knowledge: 'history',
  truth: connlimitTruth,
});

/** net/netfilter/xt_connlimit.c: connlimit_mt; connections count by an address of the packet, whatever its direction. */
function connlimitTruth(settings: Settings, { view, memory }: EvaluationContext): Truth {
  const isUpto = has(settings, '--connlimit-upto');
  const most = mostOf(settings);
  const side = has(settings, '--connlimit-daddr') ? 'destination' : 'source';
  const { family, [side]: address } = view.packet;
  const width = addressWidth(family);
  const rest = BigInt(width - Number(wordOf(settings, '--connlimit-mask') ?? width));
  const count =
    memory && !view.unknown[side]
      ? countConnections(view, memory, `${(address >> rest) << rest}`)
      : undefined;
  if (count !== undefined && memory?.fresh)
    return { result: isUpto === count <= most, actual: `${count} connections` };
  return { result: 'assumed', holds: isUpto === (count ?? 1) <= most, assumption: noOthers };
}

function mostOf(settings: Settings): number {
  return Number(wordOf(settings, '--connlimit-upto') ?? wordOf(settings, '--connlimit-above'));
}

function otherLimit(option: string): string {
  return option === '--connlimit-upto' ? '--connlimit-above' : '--connlimit-upto';
}

function isFullMask(option: string, value: string | undefined, family: 'ip' | 'ip6'): boolean {
  return option === '--connlimit-mask' && value === (family === 'ip' ? '32' : '128');
}

export const helperMatch = defineModuleMatch({
  module: 'helper',
  summary: 'The helper that expected the connection: `helper "ftp"`.',
  options: [{ option: '--helper', word: '', value: anyText(29), negatable: true }],
  needs: [['--helper']],
  usesConntrack: true,
  nft: expectedBy,
  knowledge: { unknown: 'what a listing shows of a connection does not tell whether it was expected' },
  truth: helperTruth,
});

/** net/netfilter/xt_helper.c: helper_mt; the name may go on behind that of the helper, and an empty one is any. */
function helperTruth([asked]: Settings, { view: { ct } }: EvaluationContext): Truth {
  const entry = ct?.entry;
  if (isUnknown(entry)) return { result: 'unknown', why: entry.unknown };
  if (entry && !entry.expected && entry.created === undefined)
    return { result: 'unknown', why: 'whether a helper expected the connection is not listed' };
  const helper = entry?.expected?.helper;
  const holds = helper !== undefined && (asked?.value[0] ?? '').startsWith(helper);
  const isAny = helper !== undefined && asked?.value[0] === '';
  return { result: (holds || isAny) !== (asked?.negated ?? false), actual: helper ?? 'no helper' };
}

const nodes = number({ min: 1n, max: 32n });

export const clusterMatch = defineModuleMatch({
  module: 'cluster',
  summary: 'The packet is for this node of a cluster.',
  options: [
    { option: '--cluster-local-node', word: 'local-node', value: nodes, negatable: true },
    {
      option: '--cluster-local-nodemask',
      word: 'local-nodemask',
      value: number({ max: max32, hex: 8 }),
      negatable: true,
    },
    { option: '--cluster-total-nodes', word: 'total-nodes', value: nodes },
    { option: '--cluster-hash-seed', word: 'hash-seed', value: number({ max: max32, hex: 8 }) },
  ],
  needs: [
    ['--cluster-total-nodes'],
    ['--cluster-hash-seed'],
    ['--cluster-local-node', '--cluster-local-nodemask'],
  ],
  excludes: [['--cluster-local-node', '--cluster-local-nodemask']],
  check: (settings) => {
    const total = Number(wordOf(settings, '--cluster-total-nodes'));
    const masks = settings.map((one) => (one.option === '--cluster-local-node' ? nodeMask(one) : one));
    const mask = Number(wordOf(masks, '--cluster-local-nodemask'));
    return mask >= 2 ** total ? refuse('there are fewer nodes than that') : masks;
  },
  usesConntrack: true,
  nft: 'nft can choose by `jhash` of an address, but not by that of the connection that a helper expected this one for',
  truth: 'which node of the cluster a packet belongs to is not worked out',
});

function nodeMask({ negated, value: [node] }: Settings[0]): Settings[0] {
  const mask = 2 ** (Number(node) - 1);
  return { option: '--cluster-local-nodemask', negated, value: [`0x${mask.toString(16).padStart(8, '0')}`] };
}

const virtualPort = oneWord('a port', (word) => {
  const value = parsePort(word);
  return value === undefined || value > max16 ? undefined : `${value}`;
});

export const ipvsMatch = defineModuleMatch({
  module: 'ipvs',
  summary: 'What IPVS knows of the connection.',
  options: [
    { option: '--ipvs', word: 'ipvs', negatable: true },
    { option: '--vproto', word: 'vproto', value: protocolNumberWord, negatable: true },
    { option: '--vaddr', word: 'vaddr', value: maskedAddress, negatable: true },
    { option: '--vport', word: 'vport', value: virtualPort, negatable: true },
    { option: '--vdir', word: 'vdir', value: oneOf('ORIGINAL', 'REPLY') },
    { option: '--vmethod', word: 'vmethod', value: oneOf('GATE', 'IPIP', 'MASQ'), negatable: true },
    { option: '--vportctl', word: 'vportctl', value: virtualPort, negatable: true },
  ],
  needs: [['--ipvs', '--vproto', '--vaddr', '--vport', '--vdir', '--vmethod', '--vportctl']],
  nft: 'nft does not ask IPVS anything',
  truth: 'what IPVS knows of the connection is not known',
});

export const nfacctMatch = defineModuleMatch({
  module: 'nfacct',
  summary: 'Counts the packet in an accounting object of the kernel; always matches.',
  options: [{ option: '--nfacct-name', word: '', value: anyText(31) }],
  needs: [['--nfacct-name']],
  stateful: true,
  nft: 'nft counts in `counter` objects of its own table, and not in those of nfacct',
  truth: () => ({ result: true, actual: 'counted' }),
  symbolic: () => 1,
});

/** In the order in which iptables prints them (extensions/libxt_state.c: state_print_state). */
const states = listOf('INVALID', 'NEW', 'RELATED', 'ESTABLISHED', 'UNTRACKED');

/** In the order of their bits, in which nft lists them. */
const nftStates = ['invalid', 'established', 'related', 'new', 'untracked'];

export const stateMatch = defineModuleMatch({
  module: 'state',
  summary:
    'The state of the connection, as the older module of iptables spells it; `ct state` means the same.',
  options: [{ option: '--state', word: '', value: states, negatable: true }],
  needs: [['--state']],
  usesConntrack: true,
  nft: ([one]) => {
    const given = one?.value[0]?.toLowerCase().split(',') ?? [];
    const names = nftStates.filter((name) => given.includes(name));
    const right = names.length > 1 ? names : (names[0] ?? '');
    return [{ match: { op: one?.negated ? '!' : 'in', left: { ct: { key: 'state' } }, right } }];
  },
  truth: ([one], { view }) => {
    const actual = (view.ct?.state ?? 'invalid').toUpperCase();
    return { result: one?.value[0]?.split(',').includes(actual) !== one?.negated, actual };
  },
  symbolic: ([one], symbols) => one && stateHolds(symbols, one),
});
