// How nft says what modules of iptables know of a packet's connection (net/netfilter/nft_ct.c: nft_ct_get_eval).
import { type AddressFamily, addressWidth, formatAddress, parseAddress } from '../../datatype/address.ts';
import { prefixRange } from '../../datatype/range.ts';
import { protocol as protocolType } from '../../datatype/types.ts';
import type { JsonObject, JsonValue } from '../../nft/json-value.ts';
import { holdsWithoutConnection } from './conntrack-truth.ts';
import { boundsOf, comparison, headerField, masked, type NftPlace, type NftSaid, never } from './nft.ts';
import { has, type Setting, type Settings, wordOf } from './settings.ts';

function ct(key: string, dir?: string): JsonObject {
  return { ct: { key, ...(dir !== undefined && { dir }) } };
}

/** Without a connection none of its options holds, negated or not (net/netfilter/xt_conntrack.c: conntrack_mt). */
export function connection(settings: Settings, place: NftPlace): NftSaid {
  const state = settings.find(({ option }) => option === '--ctstate');
  const words = state?.value[0]?.split(',') ?? [];
  if (!state || settings.length === 1 || !holdsWithoutConnection(words, state.negated))
    return together(settings, place);
  // Whatever else is asked passes for a packet without a connection, whose state is one of two.
  const without = ['invalid', 'untracked'].filter(
    (name) => words.includes(name.toUpperCase()) !== state.negated,
  );
  const others = settings.filter((one) => one !== state);
  const rest = words.filter((word) => word !== 'INVALID' && word !== 'UNTRACKED');
  // Where there is a connection, these two don't count.
  const states = state.negated ? [...rest, 'INVALID', 'UNTRACKED'] : rest;
  const first = { ...state, value: [states.join(',')] };
  const isNever = rest.length === 0 && !state.negated;
  const said = isNever ? [] : together(rest.length === 0 ? others : [first, ...others], place);
  if (typeof said === 'string') return said;
  const outside = { match: { op: 'in', left: ct('state'), right: oneOrList(without) } };
  return isNever ? [outside] : { anyOf: [[outside], [hasConnection, ...said]] };
}

function oneOrList(names: readonly string[]): JsonValue {
  return names.length === 1 ? (names[0] ?? '') : names;
}

function together(settings: Settings, place: NftPlace): readonly JsonValue[] | string {
  let { protocol } = place;
  const said: (readonly JsonValue[])[] = [];
  for (const setting of settings) {
    const one = sayers[setting.option]?.(setting, { ...place, protocol }) ?? never;
    if (typeof one === 'string') return one;
    said.push(one);
    // In inet tables nft 1.0.6 does not learn it from this.
    if (setting.option === '--ctproto' && !setting.negated && !place.isInet)
      protocol ??= Number(setting.value[0]);
  }
  return said.flat();
}

type Sayer = (setting: Setting, place: NftPlace) => readonly JsonValue[] | string;

const sayers: Readonly<Record<string, Sayer>> = {
  '--ctstate': ({ negated, value: [word = ''] }) => translatedStates(word.split(','), negated),
  '--ctproto': ({ negated, value: [word = ''] }) => [
    comparison(ct('protocol', 'original'), protocolType.toJson(BigInt(word)), negated),
  ],
  '--ctorigsrc': address('original', 'saddr'),
  '--ctorigdst': address('original', 'daddr'),
  '--ctreplsrc': address('reply', 'saddr'),
  '--ctrepldst': address('reply', 'daddr'),
  '--ctorigsrcport': port('original', 'proto-src'),
  '--ctorigdstport': port('original', 'proto-dst'),
  '--ctreplsrcport': port('reply', 'proto-src'),
  '--ctrepldstport': port('reply', 'proto-dst'),
  '--ctstatus': ({ negated, value: [word = ''] }) => statusOf(word, negated),
  '--ctexpire': expiration,
  '--ctdir': ({ value: [word = ''] }) => [comparison(ct('direction'), word.toLowerCase())],
};

function address(dir: string, side: string): Sayer {
  return ({ negated, value: [word = ''] }, { family }) => {
    const whole = ct(`${family} ${side}`, dir);
    const [text = '', length] = word.split('/');
    if (length === undefined) return [comparison(whole, text, negated)];
    const bits = Number(length);
    if (bits === 0) return negated ? never : [hasConnection];
    return [comparison(whole, { prefix: { addr: networkOf(text, bits), len: bits } }, negated)];
  };
}

/** The first address of a network; iptables keeps the host's bits, and does not look at them. */
function networkOf(text: string, bits: number): string {
  const { family, value } = parseAddress(text) ?? { family: 4, value: 0n };
  return formatAddress({ family, value: prefixRange(value, bits, addressWidth(family)).lo });
}

/** Every packet with a connection has one of the two. */
const hasConnection = comparison(ct('direction'), { set: ['original', 'reply'] });

/** nft knows what numbers there are only for one protocol. */
function port(dir: string, key: string): Sayer {
  return ({ negated, value: [word = ''] }, { protocol }) => {
    if (protocol === undefined)
      return 'nft compares ports of a connection only behind a test of its protocol; add `-p tcp` or the like to the rule';
    const [lo, hi] = boundsOf(word);
    return [comparison(ct(key, dir), lo === hi ? lo : { range: [lo, hi] }, negated)];
  };
}

const nftStatuses = ['expected', 'seen-reply', 'assured', 'confirmed'];

function statusOf(word: string, negated: boolean): readonly JsonValue[] | string {
  const names = word.toLowerCase().replaceAll('_', '-').split(',');
  const known = nftStatuses.filter((name) => names.includes(name));
  if (known.length === 0) return negated ? [hasConnection] : never;
  const right = known.length === 1 ? (known[0] ?? '') : known;
  return [{ match: { op: negated ? '!' : 'in', left: ct('status'), right } }];
}

/** In the order of their bits, in which nft lists them. */
const nftStates = ['invalid', 'established', 'related', 'new', 'untracked'];

/**
 * `SNAT` and `DNAT` are bits of nft's status, which a packet without a connection has none of, while it has a state; a
 * negation needs both, so it is the same only where that packet is excluded.
 */
function translatedStates(words: readonly string[], negated: boolean): readonly JsonValue[] | string {
  const names = words.map((word) => word.toLowerCase());
  const states = nftStates.filter((name) => names.includes(name));
  const statuses = ['snat', 'dnat'].filter((name) => names.includes(name));
  const bits = (key: string, some: readonly string[]) => ({
    match: { op: negated ? '!' : 'in', left: ct(key), right: some.length === 1 ? (some[0] ?? '') : some },
  });
  const [state, status] = [bits('state', states), bits('status', statuses)];
  if (statuses.length === 0) return [state];
  if (!negated && states.length === 0) return [status];
  if (negated && states.includes('invalid') && states.includes('untracked')) return [state, status];
  return 'nft tells states and translation (`ct status`) apart; write a rule for each';
}

/** iptables counts whole seconds, nft milliseconds; a last second goes on until the next one. */
function expiration({ negated, value: [word = ''] }: Setting): readonly JsonValue[] | string {
  const [lo, hi] = boundsOf(word);
  const left = ct('expiration');
  if (negated)
    return lo === 0
      ? [{ match: { op: '>=', left, right: hi + 1 } }]
      : 'nft lists times in whole seconds only, and so can say no end of this range; write a rule for what is before and one for what is behind it';
  return [{ match: { op: '>=', left, right: lo } }, { match: { op: '<', left, right: hi + 1 } }];
}

/** net/netfilter/xt_connbytes.c: connbytes_mt compares what nft_ct_get_eval reads. */
export function carried(settings: Settings): NftSaid {
  const one = settings.find(({ option }) => option === '--connbytes');
  const limit = 0xffffffffffffffffn;
  const [first = 0n, last = limit] = one?.value[0]?.split(':').map(BigInt) ?? [];
  const dir = wordOf(settings, '--connbytes-dir') ?? '';
  const left = ct(wordOf(settings, '--connbytes-mode') ?? '', dir === 'both' ? undefined : dir);
  if (last < limit) {
    const right = first === last ? exactly(first) : { range: [exactly(first), exactly(last)] };
    return [comparison(left, right, one?.negated)];
  }
  if (first === 0n) return one?.negated ? never : [hasConnection];
  return [{ match: { op: one?.negated ? '<' : '>=', left, right: exactly(first) } }];
}

function exactly(value: bigint): number | bigint {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}

/** net/netfilter/xt_connlabel.c: connlabel_mt. Setting it, the packet passes if its connection then has the label. */
export function label(settings: Settings): NftSaid {
  const [one] = settings;
  const number = Number(wordOf(settings, '--label'));
  if (one?.negated)
    return 'negated, iptables also matches packets without a connection, of which nft asks nothing';
  const found = { match: { op: 'in', left: ct('label'), right: number } };
  return has(settings, '--set') ? [{ mangle: { key: ct('label'), value: number } }, found] : [found];
}

/** A count for each address is an element of a set that fills itself (net/netfilter/nft_connlimit.c, xt_connlimit.c). */
export function connectionCount(settings: Settings, { family, uniqueName }: NftPlace): NftSaid {
  const above = wordOf(settings, '--connlimit-above');
  const val = Number(above ?? wordOf(settings, '--connlimit-upto'));
  const count = { 'ct count': { val, ...(above !== undefined && { inv: true }) } };
  const length = wordOf(settings, '--connlimit-mask');
  if (length === '0') return [count];
  const field = has(settings, '--connlimit-daddr') ? 'daddr' : 'saddr';
  const name = `connlimit_${family}_${uniqueName}`;
  return [{ meter: { key: networkField(family, field, length), stmt: count, size: 65535, name } }];
}

/** An address of the packet, or the network of so many bits that it is in. */
export function networkField(family: 'ip' | 'ip6', field: string, length: string | undefined): JsonValue {
  const whole = headerField(family, field);
  if (length === undefined) return whole;
  const version: AddressFamily = family === 'ip' ? 4 : 6;
  const width = addressWidth(version);
  const ones = (1n << BigInt(width)) - 1n;
  return masked(
    whole,
    formatAddress({ family: version, value: prefixRange(ones, Number(length), width).lo }),
  );
}

/**
 * Negated, iptables also matches connections that nobody expected; and of a name with a port it takes the part without
 * for the same helper (net/netfilter/xt_helper.c: helper_mt). nft does neither.
 */
export function expectedBy([one]: Settings): NftSaid {
  const name = one?.value[0] ?? '';
  if (one?.negated)
    return 'negated, iptables also matches connections that no helper expected, of which nft asks nothing';
  if (name.includes('-'))
    return 'iptables takes the helper whose name this begins with, nft only the helper of this name';
  return [comparison(ct('helper'), name)];
}
