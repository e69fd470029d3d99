// `cpu`, `cgroup`, `devgroup`, `realm`, `socket`, `rpfilter`, `mac`: where a packet is, came from, and to
// whom it belongs on this host.
import type { Node } from '../../bdd/bdd.ts';
import { equals } from '../../bdd/vector.ts';
import { macType } from '../../datatype/written-types.ts';
import { inputGroup, outputGroup } from '../../field/group.ts';
import { reversePath } from '../../field/routing.ts';
import { bitsOf, constantBits, fieldIs, heldByRouting } from '../../field/symbolic.ts';
import { isUnknown, type ReverseQuestion } from '../../field/view.ts';
import type { JsonObject } from '../../nft/json-value.ts';
import type { EvaluationContext, SymbolicContext, Truth } from '../define.ts';
import { etherSource } from '../nft/link.ts';
import { allOf } from '../symbolic.ts';
import { defineModuleMatch, lacksInterface } from './define.ts';
import { comparison, headerField, masked, type NftSaid } from './nft.ts';
import { hostSocket, reversePath as reversePathTest } from './nft-routing.ts';
import { has, type Setting, type Settings } from './settings.ts';
import { anyText, maskedNumber, max32, number, oneWord } from './value.ts';

export const cpuMatch = defineModuleMatch({
  module: 'cpu',
  summary: 'The processor that handles the packet.',
  options: [{ option: '--cpu', word: '', value: number({ max: max32 }), negatable: true }],
  needs: [['--cpu']],
  nft: (settings) => numbers(settings, { meta: { key: 'cpu' } }),
  truth: 'which processor handles the packet is not known',
});

export const cgroupMatch = defineModuleMatch({
  module: 'cgroup',
  summary: 'The control group of the socket, by path or class id.',
  options: [
    { option: '--path', word: 'path', value: anyText(4095), negatable: true },
    { option: '--cgroup', word: 'cgroup', value: number({ max: max32 }), negatable: true },
  ],
  needs: [['--path', '--cgroup']],
  excludes: [['--path', '--cgroup']],
  hooks: ['input', 'output', 'postrouting'],
  nft: (settings) =>
    has(settings, '--cgroup')
      ? numbers(settings, { meta: { key: 'cgroup' } })
      : "nft's `socket cgroupv2` needs the depth of the group, and looks for sockets that iptables does not see",
  truth: 'which control group the socket belongs to is not known',
});

const group = maskedNumber(max32);

export const devgroupMatch = defineModuleMatch({
  module: 'devgroup',
  summary: 'The group of the interface: `devgroup src-group 0x1`.',
  options: [
    { option: '--src-group', word: 'src-group', value: group, negatable: true },
    { option: '--dst-group', word: 'dst-group', value: group, negatable: true },
  ],
  needs: [['--src-group', '--dst-group']],
  misplaced: (settings, hook) => lacksInterface(settings, hook, { in: '--src-group', out: '--dst-group' }),
  nft: (settings) =>
    settings.flatMap((one) =>
      numbers([one], { meta: { key: one.option === '--src-group' ? 'iifgroup' : 'oifgroup' } }),
    ),
  truth: 'which group the interface belongs to is not known',
  symbolic: (settings, symbols) =>
    allOf(
      symbols.bdd,
      settings.map((one) => symbolicGroup(one, symbols)),
    ),
});

/** net/netfilter/xt_devgroup.c: devgroup_mt; as nft's `iifgroup` and `oifgroup`. */
function symbolicGroup({ option, negated, value: [word = ''] }: Setting, symbols: SymbolicContext): Node {
  const { bdd } = symbols;
  const field = option === '--src-group' ? inputGroup : outputGroup;
  const [value = 0n, mask = max32] = word.split('/').map(BigInt);
  const kept = constantBits(mask, field.type.width);
  const bits = bitsOf(symbols, field).map((bit, at) => bdd.and(bit, kept[at] ?? 0));
  const found = equals(bdd, bits, value);
  return bdd.and(symbols.read(field).present, negated ? bdd.not(found) : found);
}

/** nft writes realms, which may have names, as texts. */
function realm(settings: Settings): NftSaid {
  return settings.map(({ negated, value: [word = ''] }) => {
    const [value = '0', mask] = word.split('/').map((text) => `${Number(text)}`);
    const field = { rt: { key: 'classid' } };
    return comparison(mask === undefined ? field : masked(field, mask), value, negated);
  });
}

/** Comparisons with a number, under a mask if there is one. */
function numbers(settings: Settings, field: JsonObject): readonly JsonObject[] {
  return settings.map(({ negated, value: [word = ''] }) => {
    const [value = '0', mask] = word.split('/');
    return comparison(mask === undefined ? field : masked(field, Number(mask)), Number(value), negated);
  });
}

export const realmMatch = defineModuleMatch({
  module: 'realm',
  family: 'ip',
  summary: 'The realm of the route that the packet takes, by number.',
  options: [{ option: '--realm', word: '', value: maskedNumber(max32), negatable: true }],
  needs: [['--realm']],
  hooks: ['input', 'forward', 'output', 'postrouting'],
  nft: realm,
  truth: 'which realm the route has is not known',
});

export const socketMatch = defineModuleMatch({
  module: 'socket',
  summary: 'A socket of this host waits for the packet.',
  options: [
    { option: '--transparent', word: 'is-transparent' },
    { option: '--nowildcard', word: 'nowildcard' },
    { option: '--restore-skmark', word: 'restore-skmark' },
  ],
  hooks: ['prerouting', 'input'],
  nft: hostSocket,
  truth: 'which sockets this host has is not known',
});

export const rpfilterMatch = defineModuleMatch({
  module: 'rpfilter',
  summary: 'An answer to the packet would go out by the interface that it came in by.',
  options: [
    { option: '--loose', word: 'loose' },
    { option: '--validmark', word: 'validmark' },
    { option: '--accept-local', word: 'accept-local' },
    { option: '--invert', word: 'invert' },
  ],
  hooks: ['prerouting'],
  tables: ['raw', 'mangle'],
  nft: reversePathTest,
  truth: wayBack,
  symbolic: (settings, symbols) => {
    const isRight = heldByRouting(symbols, 'saddr', (view) => reversePath(view, questionOf(settings)));
    return isRight !== undefined && has(settings, '--invert') ? symbols.bdd.not(isRight) : isRight;
  },
  knowledge: 'host',
});

function questionOf(settings: Settings): ReverseQuestion {
  return {
    loose: has(settings, '--loose'),
    validMark: has(settings, '--validmark'),
    acceptLocal: has(settings, '--accept-local'),
  };
}

/** net/ipv4/netfilter/ipt_rpfilter.c, net/ipv6/netfilter/ip6t_rpfilter.c. */
function wayBack(settings: Settings, { view }: EvaluationContext): Truth {
  const isRight = reversePath(view, questionOf(settings));
  if (isUnknown(isRight)) return { result: 'unknown', why: isRight.unknown };
  const actual = isRight ? 'an answer may take this way' : 'an answer would not take this way';
  return { result: isRight !== has(settings, '--invert'), actual };
}

const macAddress = oneWord('an Ethernet address', (word) => {
  const parts = word.split(':');
  const sound = parts.length === 6 && parts.every((part) => /^[0-9a-fA-F]{1,2}$/.test(part));
  return sound ? parts.map((part) => part.toLowerCase().padStart(2, '0')).join(':') : undefined;
});

export const macMatch = defineModuleMatch({
  module: 'mac',
  summary: 'The Ethernet address that the frame came from: `mac "00:11:22:33:44:55"`.',
  options: [{ option: '--mac-source', word: '', value: macAddress, negatable: true }],
  needs: [['--mac-source']],
  hooks: ['prerouting', 'input', 'forward'],
  nft: (settings) =>
    settings.map(({ negated, value: [word = ''] }) =>
      comparison(headerField('ether', 'saddr'), word, negated),
    ),
  truth: ([setting], { view }) => {
    const source = etherSource.read(view);
    if (isUnknown(source)) return { result: 'unknown', why: source.unknown };
    if (typeof source !== 'bigint') return { result: false, actual: 'no Ethernet header' };
    const actual = macType.format(source);
    return { result: (source === addressIn(setting)) !== setting?.negated, actual };
  },
  symbolic: ([setting], symbols) => {
    const found = fieldIs(symbols, etherSource, addressIn(setting));
    return setting?.negated ? symbols.bdd.minus(symbols.read(etherSource).present, found) : found;
  },
});

function addressIn(setting: Setting | undefined): bigint {
  return macType.parse(setting?.value[0] ?? '') ?? 0n;
}
