// How nft says what modules of iptables ask of the extension headers of IPv6 (net/netfilter/nft_exthdr.c:
// nft_exthdr_ipv6_eval finds headers by ipv6_find_hdr, as those modules do).
import type { JsonObject, JsonValue } from '../../nft/json-value.ts';
import { aboutA, comparison, extensionHeader, inRange, type NftSaid, never } from './nft.ts';
import { has, type Setting, type Settings } from './settings.ts';

const present = (name: string, isThere = true): JsonObject => comparison(extensionHeader(name), isThere);

/** The length field counts units of eight bytes without the first. */
function length(header: string, { negated, value: [word = ''] }: Setting): readonly JsonObject[] | undefined {
  const units = Number(word) / 8 - 1;
  if (!Number.isInteger(units) || units < 0 || units > 255) return negated ? [] : undefined;
  return [comparison(extensionHeader(header, 'hdrlength'), units, negated)];
}

/** `hbh` and `dst` (net/ipv6/netfilter/ip6t_hbh.c). */
export function optionsHeader(settings: Settings, header: 'hbh' | 'dst'): NftSaid {
  if (has(settings, `--${header}-opts`)) return 'nft does not look at the options in these headers';
  const [asked] = settings;
  return aboutA(present(header), asked ? length(header, asked) : []);
}

function fragmentField(name: string, value: number): JsonObject {
  return comparison(extensionHeader('frag', name), value);
}

/** The kernel does not look at the length of a fragment header (net/ipv6/netfilter/ip6t_frag.c: frag_mt6). */
export function fragmentHeader(settings: Settings): NftSaid {
  const flags: Readonly<Record<string, readonly JsonObject[]>> = {
    '--fragres': [fragmentField('reserved', 0), fragmentField('reserved2', 0)],
    '--fragfirst': [fragmentField('frag-off', 0)],
    '--fragmore': [fragmentField('more-fragments', 1)],
    '--fraglast': [fragmentField('more-fragments', 0)],
  };
  const conditions = settings.map(({ option, negated, value: [word = ''] }) =>
    option === '--fragid'
      ? inRange(extensionHeader('frag', 'id'), word, 0xffffffff, negated)
      : (flags[option] ?? []),
  );
  return aboutA(present('frag'), ...conditions);
}

/** net/ipv6/netfilter/ip6t_rt.c: rt_mt6. */
export function routingHeader(settings: Settings): NftSaid {
  if (settings.some(({ option }) => option.startsWith('--rt-0-')))
    return 'nft does not look at the addresses in a routing header of type 0';
  const conditions = settings.map((one) => {
    const [word = ''] = one.value;
    if (one.option === '--rt-len') return length('rt', one);
    const name = one.option === '--rt-type' ? 'type' : 'seg-left';
    return inRange(extensionHeader('rt', name), word, 255, one.negated);
  });
  return aboutA(present('rt'), ...conditions);
}

const srhFields: Readonly<Record<string, readonly [header: string, field: string]>> = {
  '--srh-next-hdr': ['rt', 'nexthdr'],
  '--srh-hdr-len': ['rt', 'hdrlength'],
  '--srh-segs-left': ['rt', 'seg-left'],
  '--srh-last-entry': ['srh', 'last-entry'],
  '--srh-tag': ['srh', 'tag'],
};

const segmentRouting = comparison(extensionHeader('rt', 'type'), 4);

/** net/ipv6/netfilter/ip6t_srh.c: srh_mt6. */
export function segmentHeader(settings: Settings): NftSaid {
  if (settings.some(({ option }) => /^--srh-[pnl]sid$/.test(option)))
    return 'nft does not find the segments before, behind and at the end of the way';
  const tag = Number(settings.find(({ option }) => option === '--srh-tag')?.value[0] ?? 0);
  if (tag >> 8 !== (tag & 0xff))
    return 'iptables reads the tag in the byte order of the machine, nft in that of the network';
  return [segmentRouting, ...settings.map(segmentField)];
}

const opposite = { '==': '!=', '>': '<=', '<': '>=' } as const;

function segmentField({ option, negated, value: [word = ''] }: Setting): JsonObject {
  const [, name = '', kind = 'eq'] = /^(--srh-.*?)(?:-(eq|gt|lt))?$/.exec(option) ?? [];
  const [header, field] = srhFields[name] ?? ['rt', 'type'];
  const op = kind === 'gt' ? '>' : kind === 'lt' ? '<' : '==';
  const left = extensionHeader(header, field);
  return { match: { op: negated ? opposite[op] : op, left, right: Number(word) } };
}

/** net/netfilter/ip6t_mh.c: mh_mt6. */
export function mobilityHeader([one]: Settings): NftSaid {
  const said = one ? inRange(extensionHeader('mh', 'type'), one.value[0] ?? '', 255, one.negated) : [];
  return aboutA(present('mh'), said);
}

/** By their name in `ipv6header`. */
const extensions: Readonly<Record<string, string>> = {
  'hop-by-hop': 'hbh',
  'ipv6-opts': 'dst',
  'ipv6-route': 'rt',
  'ipv6-frag': 'frag',
};

const last = (right: JsonValue, negated = false): JsonObject =>
  comparison({ meta: { key: 'l4proto' } }, right, negated);

const behind = 'nft takes an authentication header for the last one, and does not see what follows it';

/**
 * What comes behind the headers that nft goes through: an authentication header ends its walk
 * (net/ipv6/netfilter/ip6t_ipv6header.c: ipv6header_mt6).
 */
export function headers(settings: Settings): NftSaid {
  const { negated, value: [word = ''] = [] } = settings.find(({ option }) => option === '--header') ?? {};
  const names = word.split(',');
  return has(settings, '--soft')
    ? someHeaders(names, negated === true)
    : exactHeaders(names, negated === true);
}

/** What the chain of headers may end in, under nft's name. */
const ends: Readonly<Record<string, string>> = { esp: 'esp', 'ipv6-nonxt': 'ipv6-nonxt', protocol: '' };

/** All of them, or none. */
function someHeaders(names: readonly string[], negated: boolean): NftSaid {
  if (names.some((name) => ends[name] !== undefined)) return behind;
  return names.map((name) => {
    const header = extensions[name];
    return header === undefined ? last('ah', negated) : present(header, !negated);
  });
}

/** These and no others; there is always one end. */
function exactHeaders(names: readonly string[], negated: boolean): NftSaid {
  if (negated) return 'nft has no one condition for a packet that has not exactly these headers';
  if (names.includes('ah')) return behind;
  const [end, ...others] = names.filter((name) => ends[name] !== undefined);
  if (end === undefined || others.length > 0) return never;
  const chain = Object.entries(extensions).map(([name, header]) => present(header, names.includes(name)));
  const isEnd = end === 'protocol' ? last({ set: ['esp', 'ah', 'ipv6-nonxt'] }, true) : last(end);
  return [...chain, isEnd];
}
