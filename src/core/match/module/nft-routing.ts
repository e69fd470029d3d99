// How nft asks the routing tables, IPsec and the sockets of the host what modules of iptables ask.
import type { JsonObject, JsonValue } from '../../nft/json-value.ts';
import { comparison, headerField, type NftPlace, type NftSaid, oneOrSet } from './nft.ts';
import { has, type Setting, type Settings, wordOf } from './settings.ts';

/** `addrtype`: for IPv4 it looks up what `fib` does; for IPv6 it looks at bits of the address first. */
export function addressTypes(settings: Settings, { family }: NftPlace): NftSaid {
  const flag = interfaceFlag(settings);
  const sides = settings.filter(({ option }) => option.endsWith('-type'));
  const said = sides.map((one) => (family === 'ip' ? ipv4Types(one, flag) : ipv6Types(one, flag)));
  const reason = said.find((one) => typeof one === 'string');
  return reason ?? said.flatMap((one) => (typeof one === 'string' ? [] : one));
}

/** The interface whose addresses alone count. */
export function interfaceFlag(settings: Settings): readonly ('iif' | 'oif')[] {
  if (has(settings, '--limit-iface-in')) return ['iif'];
  return has(settings, '--limit-iface-out') ? ['oif'] : [];
}

/** Of these nft has no names, only the kernel's numbers (src/fib.c: addrtype_tbl, include/uapi/linux/rtnetlink.h). */
const unnamed: Readonly<Record<string, number>> = { THROW: 9, NAT: 10, XRESOLVE: 11 };

function fibType(option: string, flag: readonly string[], types: readonly string[], negated: boolean) {
  const flags = [option === '--src-type' ? 'saddr' : 'daddr', ...flag];
  const names = types.map((type) => unnamed[type] ?? type.toLowerCase());
  return comparison({ fib: { result: 'type', flags } }, oneOrSet(names), negated);
}

/** net/ipv4/netfilter/nft_fib_ipv4.c: nft_fib4_eval_type asks as net/netfilter/xt_addrtype.c: match_type does. */
function ipv4Types({ option, negated, value: [word = ''] }: Setting, flag: readonly string[]): JsonObject[] {
  return [fibType(option, flag, word.split(','), negated)];
}

/** `fib` tells apart what `addrtype` calls unreachable (net/netfilter/xt_addrtype.c: match_lookup_rt6). */
const lookedUp: Readonly<Record<string, readonly string[]>> = {
  LOCAL: ['LOCAL'],
  ANYCAST: ['ANYCAST'],
  UNREACHABLE: ['UNREACHABLE', 'BLACKHOLE', 'PROHIBIT', 'THROW'],
};

/** What the bits of an address say must all hold, and of the other types one (match_type6). */
function ipv6Types(
  { option, negated, value: [word = ''] }: Setting,
  flag: readonly string[],
): readonly JsonValue[] | string {
  const types = word.split(',');
  const address = headerField('ip6', option === '--src-type' ? 'saddr' : 'daddr');
  const bits = types.flatMap((type) => addressBits(address, type, negated) ?? []);
  const routed = types.flatMap((type) => lookedUp[type] ?? []);
  const all = [...bits, ...(routed.length > 0 ? [fibType(option, flag, routed, negated)] : [])];
  return negated && all.length > 1
    ? 'for IPv6, addresses must be of all these types at once, and nft can only negate one'
    : all;
}

/** include/net/ipv6.h: ipv6_addr_type. */
const notUnicast = [
  '::',
  { prefix: { addr: '::ffff:0.0.0.0', len: 96 } },
  { prefix: { addr: 'ff00::', len: 8 } },
];

function addressBits(address: JsonValue, type: string, negated: boolean): JsonObject | undefined {
  switch (type) {
    case 'UNICAST':
      return comparison(address, { set: notUnicast }, !negated);
    case 'MULTICAST':
      return comparison(address, { prefix: { addr: 'ff00::', len: 8 } }, negated);
    case 'UNSPEC':
      return comparison(address, '::', negated);
    default:
      return undefined;
  }
}

/**
 * `rpfilter`: net/ipv4/netfilter/nft_fib_ipv4.c: nft_fib4_eval looks as rpfilter_mt does, but never takes local
 * addresses. For IPv6 rpfilter takes the unspecified address for right, which `fib` only does in neighbour discovery.
 */
export function reversePath(settings: Settings, { family }: NftPlace): NftSaid {
  if (has(settings, '--accept-local'))
    return 'nft has no `fib … oif` that takes the addresses of this host for right; test `fib saddr type local` in a rule before';
  const isInverted = has(settings, '--invert');
  const flags = [
    'saddr',
    ...(has(settings, '--validmark') ? ['mark'] : []),
    ...(has(settings, '--loose') ? [] : ['iif']),
  ];
  const found = comparison({ fib: { result: 'oif', flags } }, !isInverted);
  if (family === 'ip') return [found];
  const unspecified = comparison(headerField('ip6', 'saddr'), '::', isInverted);
  const specified = comparison(headerField('ip6', 'saddr'), '::', true);
  return isInverted ? [unspecified, found] : { anyOf: [[unspecified], [specified, found]] };
}

/** `policy`: whether there is any transformation is all that both can ask (net/netfilter/xt_policy.c: policy_mt). */
export function ipsecPolicy(settings: Settings): NftSaid {
  const elements = settings.filter(({ option }) => !['--dir', '--pol', '--strict'].includes(option));
  if (elements.length > 0)
    return 'iptables looks for a transformation like this among all of the packet, and nft looks at one by its number';
  const isIn = wordOf(settings, '--dir') === 'in';
  const left = isIn ? { meta: { key: 'ipsec' } } : { rt: { key: 'ipsec' } };
  return [comparison(left, wordOf(settings, '--pol') === 'ipsec')];
}

/** `socket`: net/netfilter/nft_socket.c: nft_socket_eval finds what net/netfilter/xt_socket.c: socket_match does. */
export function hostSocket(settings: Settings): NftSaid {
  if (has(settings, '--restore-skmark'))
    return 'nft finds no mark of connections that are being made or closed, and then ends the rule';
  if (!has(settings, '--nowildcard'))
    return "nft's `socket wildcard` is not told of connections that are being made or closed; add `nowildcard` if sockets for any address count too";
  const transparent = { socket: { key: 'transparent' } };
  if (has(settings, '--transparent')) return [comparison(transparent, 1)];
  return [comparison(transparent, { set: [0, 1] })];
}
