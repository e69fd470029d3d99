// `tos`, `set`, `owner`, `conntrack`: what of these modules no match of one field says.
import type { Node } from '../../bdd/bdd.ts';
import { equals } from '../../bdd/vector.ts';
import { codePoint, congestion, isIpPacket } from '../../field/parts.ts';
import { bitsOf } from '../../field/symbolic.ts';
import { isIp } from '../../packet/packet.ts';
import type { SymbolicContext } from '../define.ts';
import { type Refusal, refuse } from '../iptables-spelling.ts';
import { symbolicConnection } from './conntrack-symbolic.ts';
import { connectionTruth, holdsWithoutConnection, partUnknown } from './conntrack-truth.ts';
import { defineModuleMatch, type ValueKind } from './define.ts';
import { comparison, type NftSaid } from './nft.ts';
import { connection } from './nft-conntrack.ts';
import { typeOfService } from './nft-header.ts';
import { has, type Settings } from './settings.ts';
import {
  listOf,
  maskedAddress,
  max8,
  max32,
  max64,
  number,
  numberRange,
  oneOf,
  oneWord,
  parseInteger,
  portRange,
  protocolNumberWord,
} from './value.ts';

/** extensions/tos_values.c: tos_symbol_names, all under the mask 0x3f. */
const tosNames: Readonly<Record<string, number>> = {
  'minimize-delay': 0x10,
  'maximize-throughput': 0x08,
  'maximize-reliability': 0x04,
  'minimize-cost': 0x02,
  'normal-service': 0x00,
};

const tosValue = oneWord('a type of service such as 0x10/0x3f', (word) => {
  const named = tosNames[word.toLowerCase()];
  const [valueText = '', maskText = '0xff', ...rest] = word.split('/');
  const value = named === undefined ? parseInteger(valueText, max8) : BigInt(named);
  const mask = named === undefined ? parseInteger(maskText, max8) : 0x3fn;
  if (value === undefined || mask === undefined || rest.length > 0) return undefined;
  return `0x${value.toString(16).padStart(2, '0')}/0x${mask.toString(16).padStart(2, '0')}`;
});

export const tosMatch = defineModuleMatch({
  module: 'tos',
  summary: 'Bits of the type of service or traffic class: `tos "0x10/0x3f"`.',
  options: [{ option: '--tos', word: '', value: tosValue, negatable: true }],
  needs: [['--tos']],
  nft: typeOfService,
  truth: ([one], { view: { packet } }) => {
    if (!isIp(packet)) return { result: false, actual: 'no IP packet' };
    const [value = 0, mask = 0] = (one?.value[0] ?? '').split('/').map(Number);
    const isDecided = ((packet.dscp * 4) & mask & ~3) !== (value & ~3);
    if (packet.ecn === undefined && (mask & 3) !== 0 && !isDecided)
      return { result: 'unknown', why: 'the packet was given without its ECN bits' };
    const actual = packet.dscp * 4 + (packet.ecn ?? 0);
    return { result: ((actual & mask) === value) !== one?.negated, actual: `0x${actual.toString(16)}` };
  },
  symbolic: symbolicService,
});

const directions: ValueKind = {
  label: 'the name of a set and a list of src and dst',
  words: 2,
  parse: ([name = '', list = '']) => {
    const sides = list.split(',');
    const sound = sides.length <= 6 && sides.every((side) => side === 'src' || side === 'dst');
    return sound && /^[^\s:]{1,31}$/.test(name) ? [name, list] : undefined;
  },
};

const count = number({ max: max64 });
const counted = (what: 'packets' | 'bytes') =>
  [
    { option: `--${what}-eq`, word: `${what}-eq`, value: count, negatable: true },
    { option: `--${what}-lt`, word: `${what}-lt`, value: count },
    { option: `--${what}-gt`, word: `${what}-gt`, value: count },
  ] as const;

function symbolicService([one]: Settings, symbols: SymbolicContext): Node {
  const { bdd } = symbols;
  const [value = 0, mask = 0] = (one?.value[0] ?? '').split('/').map(Number);
  const bits = [...bitsOf(symbols, codePoint), ...bitsOf(symbols, congestion)];
  const asked = bits.map((bit, at) => ((mask >> (7 - at)) & 1 ? bit : 0));
  const found = bdd.and(isIpPacket(symbols), equals(bdd, asked, BigInt(value)));
  return one?.negated ? bdd.minus(isIpPacket(symbols), found) : found;
}

export const setMatch = defineModuleMatch({
  module: 'set',
  key: 'match-set',
  summary: 'The packet is in a set of ipset: `match-set set "blocked" "src"`.',
  options: [
    { option: '--match-set', word: 'set', value: directions, negatable: true, aliases: ['--set'] },
    { option: '--return-nomatch', word: 'return-nomatch' },
    { option: '--update-counters', word: 'update-counters', negatable: true },
    { option: '--update-subcounters', word: 'update-subcounters', negatable: true },
    ...counted('packets'),
    ...counted('bytes'),
  ],
  needs: [['--match-set']],
  excludes: [
    ['--packets-eq', '--packets-lt', '--packets-gt'],
    ['--bytes-eq', '--bytes-lt', '--bytes-gt'],
  ],
  nft: "nft doesn't look into sets of ipset; declare the set in the policy and use `@name`",
  truth: 'what the set of ipset holds is not known',
});

/** A user or group by number; of names only root's number is the same everywhere. */
const owner = oneWord('a number, a range of numbers or `root`', (word) => {
  const [first = '', last, ...rest] = word.split('-').map((part) => (part === 'root' ? '0' : part));
  const lo = parseInteger(first, max32 - 1n);
  const hi = last === undefined ? lo : parseInteger(last, max32 - 1n);
  if (lo === undefined || hi === undefined || rest.length > 0 || lo > hi) return undefined;
  return lo === hi ? `${lo}` : `${lo}-${hi}`;
});

export const ownerMatch = defineModuleMatch({
  module: 'owner',
  summary:
    'To whom the sending socket belongs, as iptables asks: what has no socket is nobody, so a negation matches it.',
  options: [
    { option: '--socket-exists', word: 'socket-exists', negatable: true },
    { option: '--uid-owner', word: 'uid', value: owner, negatable: true },
    { option: '--gid-owner', word: 'gid', value: owner, negatable: true },
    { option: '--suppl-groups', word: 'suppl-groups' },
  ],
  needs: [['--socket-exists', '--uid-owner', '--gid-owner']],
  elsewhere: (given) =>
    given.length > 0 &&
    given.every(
      ({ option, negated, words: [word = ''] }) =>
        option.endsWith('id-owner') && !negated && /^\d+(?:-\d+)?$/.test(word),
    ),
  hooks: ['output', 'postrouting'],
  check: (settings) =>
    has(settings, '--suppl-groups') && !has(settings, '--gid-owner')
      ? refuse('`--suppl-groups` needs `--gid-owner`')
      : settings,
  nft: socketOwner,
  truth: 'to whom the socket belongs was not said',
});

const ownerKeys: Readonly<Record<string, string>> = { '--uid-owner': 'skuid', '--gid-owner': 'skgid' };

/** net/netfilter/xt_owner.c: owner_mt, net/netfilter/nft_meta.c: nft_meta_get_eval_skugid. */
function socketOwner(settings: Settings): NftSaid {
  if (has(settings, '--suppl-groups'))
    return 'nft knows only the one group of a socket, not those of its user';
  if (has(settings, '--socket-exists')) return 'nft does not tell packets with a socket from those without';
  if (settings.some(({ negated }) => negated))
    return 'negated, iptables also matches packets without a socket, of which nft asks nothing';
  return settings.map(({ option, value: [word = ''] }) => {
    const [lo = 0, hi] = word.split('-').map(Number);
    const left = { meta: { key: ownerKeys[option] ?? '' } };
    return comparison(left, hi === undefined ? lo : { range: [lo, hi] });
  });
}

const states = listOf('INVALID', 'NEW', 'RELATED', 'ESTABLISHED', 'UNTRACKED', 'SNAT', 'DNAT');
const listedStatuses = listOf('EXPECTED', 'SEEN_REPLY', 'ASSURED', 'CONFIRMED', 'NONE');
const statuses = oneWord(listedStatuses.label, (word) => {
  const [list] = listedStatuses.parse([word], 'ip') ?? [];
  const [first, ...others] = list?.split(',').filter((name) => name !== 'NONE') ?? [];
  return first === undefined ? list : [first, ...others].join(',');
});
const address = { value: maskedAddress, negatable: true } as const;
const ports = { value: portRange, negatable: true } as const;

export const conntrackMatch = defineModuleMatch({
  module: 'conntrack',
  shares: true,
  summary: 'The connection of the packet, its two directions included: `conntrack ctorigdst "192.0.2.1"`.',
  options: [
    { option: '--ctstate', word: 'ctstate', value: states, negatable: true },
    { option: '--ctproto', word: 'ctproto', value: protocolNumberWord, negatable: true },
    { option: '--ctorigsrc', word: 'ctorigsrc', ...address },
    { option: '--ctorigdst', word: 'ctorigdst', ...address },
    { option: '--ctreplsrc', word: 'ctreplsrc', ...address },
    { option: '--ctrepldst', word: 'ctrepldst', ...address },
    { option: '--ctorigsrcport', word: 'ctorigsrcport', ...ports },
    { option: '--ctorigdstport', word: 'ctorigdstport', ...ports },
    { option: '--ctreplsrcport', word: 'ctreplsrcport', ...ports },
    { option: '--ctrepldstport', word: 'ctrepldstport', ...ports },
    { option: '--ctstatus', word: 'ctstatus', value: statuses, negatable: true },
    { option: '--ctexpire', word: 'ctexpire', value: numberRange({ max: max32 }), negatable: true },
    { option: '--ctdir', word: 'ctdir', value: oneOf('ORIGINAL', 'REPLY') },
  ],
  check: (settings: Settings): Settings | Refusal =>
    settings.length === 0 ? refuse('an option is missing') : settings,
  usesConntrack: true,
  nft: connection,
  claims: (given) =>
    given.length > 1 &&
    given.some(
      ({ option, negated, words: [word = ''] }) =>
        option === '--ctstate' && holdsWithoutConnection(word.toUpperCase().split(','), negated),
    ),
  truth: (settings, { view }) => connectionTruth(settings, view),
  symbolic: symbolicConnection,
  knowledge: { unknown: partUnknown },
});
