// `dst`, `hbh`, `frag`, `rt`, `srh`, `mh`, `ipv6header`, `eui64`: extension headers of IPv6.
import { type Refusal, refuse } from '../iptables-spelling.ts';
import { defineModuleMatch } from './define.ts';
import {
  fragmentHeader,
  headers,
  mobilityHeader,
  optionsHeader,
  routingHeader,
  segmentHeader,
} from './nft-ipv6.ts';
import { has, type Settings, without, wordOf } from './settings.ts';
import {
  maskedAddress,
  max8,
  max16,
  max32,
  number,
  numberRange,
  oneWord,
  parseAddressWord,
  parseInteger,
} from './value.ts';

const family = 'ip6';
const unread = 'the packet given says nothing of its extension headers';
const mobility = 135;
const octet = number({ max: max8 });

/** include/uapi/linux/netfilter_ipv6/ip6t_opts.h: IP6T_OPTS_OPTSNR. */
const mostOptions = 16;

const optionList = oneWord(`at most ${mostOptions} options such as 1:2,5`, (word) => {
  const options = word.split(',').map((one) => {
    const parts = one.split(':').map((part) => parseInteger(part, max8));
    return parts.length > 2 || parts.includes(undefined) ? undefined : parts.join(':');
  });
  return options.includes(undefined) || options.length > mostOptions ? undefined : options.join(',');
});

function optionsMatch(module: 'dst' | 'hbh', header: string) {
  return defineModuleMatch({
    module,
    family,
    summary: `The ${header} options header of an IPv6 packet, its length and its options.`,
    options: [
      { option: `--${module}-len`, word: 'len', value: octet, negatable: true },
      { option: `--${module}-opts`, word: 'opts', value: optionList },
    ],
    nft: (settings) => optionsHeader(settings, module),
    truth: unread,
  });
}

export const dstMatch = optionsMatch('dst', 'destination');
export const hbhMatch = optionsMatch('hbh', 'hop-by-hop');

export const fragMatch = defineModuleMatch({
  module: 'frag',
  family,
  summary: 'The fragment header of an IPv6 packet.',
  options: [
    { option: '--fragid', word: 'fragid', value: numberRange({ max: max32 }), negatable: true },
    { option: '--fraglen', word: 'fraglen', value: number({ max: max32 }), negatable: true },
    { option: '--fragres', word: 'fragres' },
    { option: '--fragfirst', word: 'fragfirst' },
    { option: '--fragmore', word: 'fragmore' },
    { option: '--fraglast', word: 'fraglast' },
  ],
  excludes: [['--fragmore', '--fraglast']],
  check: (settings) => without(settings, '--fragid', '0:4294967295'),
  nft: fragmentHeader,
  truth: unread,
});

const addressList = oneWord('at most 16 IPv6 addresses', (word) => {
  const addresses = word.split(',').map((one) => parseAddressWord(one, family));
  return addresses.includes(undefined) || addresses.length > 16 ? undefined : addresses.join(',');
});

const type0 = ['--rt-0-res', '--rt-0-addrs', '--rt-0-not-strict'];

export const rtMatch = defineModuleMatch({
  module: 'rt',
  family,
  summary: 'The routing header of an IPv6 packet.',
  options: [
    { option: '--rt-type', word: 'rt-type', value: octet, negatable: true },
    { option: '--rt-segsleft', word: 'rt-segsleft', value: numberRange({ max: max32 }), negatable: true },
    { option: '--rt-len', word: 'rt-len', value: number({ max: max32 }), negatable: true },
    { option: '--rt-0-res', word: 'rt-0-res' },
    { option: '--rt-0-addrs', word: 'rt-0-addrs', value: addressList },
    { option: '--rt-0-not-strict', word: 'rt-0-not-strict' },
  ],
  check: checkRouting,
  nft: routingHeader,
  truth: unread,
});

/** extensions/libip6t_rt.c: rt_parse. */
function checkRouting(settings: Settings): Settings | Refusal {
  const asked = type0.find((name) => has(settings, name));
  if (asked !== undefined && (wordOf(settings, '--rt-type') !== '0' || settings[0]?.negated))
    return refuse(`\`${asked}\` needs \`--rt-type 0\``);
  return has(settings, '--rt-0-not-strict') && !has(settings, '--rt-0-addrs')
    ? refuse('`--rt-0-not-strict` needs `--rt-0-addrs`')
    : settings;
}

const compared = (name: string, value = octet) =>
  ['eq', 'gt', 'lt'].map((kind) => ({
    option: `--srh-${name}-${kind}`,
    word: `${name}-${kind}`,
    value,
    negatable: true as const,
  }));

/** A segment keeps its mask even if that is full. */
const segment = oneWord('an IPv6 prefix', (word) => {
  const [shown = ''] = maskedAddress.parse([word], family) ?? [];
  if (shown === '') return undefined;
  return shown.includes('/') ? shown : `${shown}/128`;
});

export const srhMatch = defineModuleMatch({
  module: 'srh',
  family,
  summary: 'The segment routing header of an IPv6 packet.',
  options: [
    { option: '--srh-next-hdr', word: 'next-hdr', value: octet, negatable: true },
    ...compared('hdr-len'),
    ...compared('segs-left'),
    ...compared('last-entry'),
    { option: '--srh-tag', word: 'tag-is', value: number({ max: max16 }), negatable: true },
    { option: '--srh-psid', word: 'psid', value: segment, negatable: true },
    { option: '--srh-nsid', word: 'nsid', value: segment, negatable: true },
    { option: '--srh-lsid', word: 'lsid', value: segment, negatable: true },
  ],
  nft: segmentHeader,
  truth: unread,
});

/** extensions/libip6t_mh.c: mh_names. */
const mobilityTypes: Readonly<Record<string, number>> = {
  'binding-refresh-request': 0,
  brr: 0,
  'home-test-init': 1,
  hoti: 1,
  'careof-test-init': 2,
  coti: 2,
  'home-test': 3,
  hot: 3,
  'careof-test': 4,
  cot: 4,
  'binding-update': 5,
  bu: 5,
  'binding-acknowledgement': 6,
  ba: 6,
  'binding-error': 7,
  be: 7,
};

function mobilityType(word: string): bigint | undefined {
  const named = mobilityTypes[word.toLowerCase()];
  return named === undefined ? parseInteger(word, max8) : BigInt(named);
}

export const mhMatch = defineModuleMatch({
  module: 'mh',
  family,
  summary: 'The type of a mobility header of IPv6.',
  options: [
    {
      option: '--mh-type',
      word: 'mh-type',
      value: numberRange({ max: max8, ordered: true, parse: mobilityType }),
      negatable: true,
    },
  ],
  protocol: () => mobility,
  check: (settings) => without(settings, '--mh-type', '0:255'),
  nft: mobilityHeader,
  truth: unread,
});

/** In the order of the bits, with all names that are read; the first is printed (libip6t_ipv6header.c). */
const headerNames: readonly (readonly string[])[] = [
  ['hop-by-hop', 'hop', '0'],
  ['ipv6-opts', 'dst', '60'],
  ['ipv6-route', 'route', '43'],
  ['ipv6-frag', 'frag', '44'],
  ['ah', 'auth', '51'],
  ['esp', '50'],
  ['ipv6-nonxt', 'none', '59'],
  ['protocol', 'prot', '255'],
];

const headerList = oneWord('a list of hop-by-hop, dst, route, frag, auth, esp, none, prot', (word) => {
  const found = word
    .split(',')
    .map((name) => headerNames.find((names) => names.includes(name.toLowerCase())));
  if (found.includes(undefined)) return undefined;
  return headerNames
    .filter((names) => found.includes(names))
    .map(([name]) => name)
    .join(',');
});

export const ipv6headerMatch = defineModuleMatch({
  module: 'ipv6header',
  family,
  summary: 'Which extension headers an IPv6 packet has: exactly these, or with `soft` at least these.',
  options: [
    { option: '--header', word: 'header', value: headerList, negatable: true },
    { option: '--soft', word: 'soft' },
  ],
  needs: [['--header']],
  nft: headers,
  truth: unread,
});

export const eui64Match = defineModuleMatch({
  module: 'eui64',
  family,
  summary: 'The IPv6 source address was made from the Ethernet source address.',
  options: [],
  hooks: ['prerouting', 'input', 'forward'],
  nft: 'nft compares no field of a packet with another one',
  truth: 'the packet given says nothing of its Ethernet header',
});
