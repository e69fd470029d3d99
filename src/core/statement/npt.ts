// `SNPT` and `DNPT`: another prefix for an address, packet by packet and without conntrack (RFC 6296,
// net/ipv6/netfilter/ip6t_NPT.c).
import { formatIpv6, parseIpv6 } from '../datatype/address.ts';
import { prefixLength, prefixRange, type Range } from '../datatype/range.ts';
import { ipv6Address } from '../datatype/types.ts';
import { ip6Daddr, ip6Saddr } from '../field/network.ts';
import { refuse } from '../match/iptables-spelling.ts';
import type { Effect, StatementDefinition } from './define.ts';
import { parseNumberWord } from './option-words.ts';
import { changing, isVersion } from './symbolic.ts';
import { freeBits } from './symbolic-source.ts';
import { defineTarget, type OptionData, type OptionValue, type TargetArgs, unknownToNft } from './target.ts';

/** A prefix as text, `2001:db8::/48`; the kernel takes none longer than 64 bits. */
const prefix: OptionValue = {
  parse: (text, option) => {
    const [address = '', length = '128', ...rest] = text.split('/');
    const value = parseIpv6(address);
    const bits = parseNumberWord(length, 64n);
    return value === undefined || bits === undefined || rest.length > 0 || hasHostBits(value, bits)
      ? refuse(`\`${option}\` takes a prefix of up to 64 bits, not \`${text}\``)
      : `${formatIpv6(value)}/${bits}`;
  },
  format: String,
  read: (reader) => {
    const value = reader.value(ipv6Address);
    if (!value) return undefined;
    const [range, ...others] = value.kind === 'ranges' ? value.ranges : [];
    const length = range && others.length === 0 ? prefixLength(range, 128) : undefined;
    if (!range || length === undefined || length > 64)
      return reader.refuse('HK3017', 'this takes one prefix of up to 64 bits');
    return `${formatIpv6(range.lo)}/${length}`;
  },
  write: String,
};

function hasHostBits(value: bigint, bits: bigint): boolean {
  return (value & ((1n << (128n - bits)) - 1n)) !== 0n;
}

interface Prefix extends Range {
  readonly length: number;
}

function prefixOf(data: OptionData | undefined): Prefix {
  const [address = '', length = '0'] = String(data).split('/');
  return { ...prefixRange(parseIpv6(address) ?? 0n, Number(length), 128), length: Number(length) };
}

/** The sum of 16-bit words in ones' complement, as in checksums. */
function onesSum(value: bigint): bigint {
  let sum = value;
  while (sum >> 16n) sum = (sum >> 16n) + (sum & 0xffffn);
  return sum;
}

/** ip6t_npt_map_pfx: one word of the rest takes up what the prefixes differ by, so that no checksum changes. */
function mapped(address: bigint, from: Prefix, to: Prefix): bigint | undefined {
  const length = Math.max(from.length, to.length);
  const hosts = (1n << BigInt(128 - length)) - 1n;
  const moved = (address & hosts) | (to.lo & ~hosts);
  const wordAt = (index: number): bigint => (moved >> BigInt(112 - 16 * index)) & 0xffffn;
  const index = length <= 48 ? 3 : [4, 5, 6, 7].find((one) => wordAt(one) !== 0xffffn);
  if (index === undefined) return undefined;
  const adjustment = onesSum(onesSum(from.lo) + (0xffffn ^ onesSum(to.lo)));
  const sum = onesSum(wordAt(index) + adjustment);
  const shift = BigInt(112 - 16 * index);
  return (moved & ~(0xffffn << shift)) | ((sum === 0xffffn ? 0n : sum) << shift);
}

function defineNpt(key: 'SNPT' | 'DNPT', side: 'source' | 'destination'): StatementDefinition<unknown> {
  const execute = (args: TargetArgs, address: bigint): Effect => {
    const value = mapped(address, prefixOf(args['from']), prefixOf(args['to']));
    if (value === undefined)
      return { kind: 'verdict', verdict: { kind: 'drop' }, note: 'no word is left to adjust' };
    return { kind: 'set-packet', change: { [side]: value }, note: `${side} ${formatIpv6(value)}` };
  };
  return defineTarget({
    key,
    summary: `Replaces the prefix of the ${side} by another, \`from\` one \`to\` one, without conntrack.`,
    family: 'ip6',
    changesPacket: true,
    options: [
      { option: '--src-pfx', word: 'from', value: prefix, required: true },
      { option: '--dst-pfx', word: 'to', value: prefix, required: true },
    ],
    nft: unknownToNft('nft has no translation of prefixes without conntrack'),
    execute: (args, { view: { packet } }) =>
      packet.family === 6
        ? execute(args, packet[side])
        : { kind: 'mismatch', condition: 'IPv6', actual: 'IPv4' },
    symbolic: (_args, context) => {
      const field = side === 'source' ? ip6Saddr : ip6Daddr;
      const mapped6 = freeBits(`the ${side} that ${key} computes`, 128, context);
      const isMapped = context.bdd.and(isVersion(context, 6), context.free('a word is left to adjust'));
      return [
        { when: context.bdd.not(isVersion(context, 6)), effect: { kind: 'mismatch' } },
        { when: isMapped, effect: changing(field, mapped6) },
        {
          when: context.bdd.minus(isVersion(context, 6), isMapped),
          effect: { kind: 'verdict', verdict: { kind: 'drop' } },
        },
      ];
    },
  });
}

export const snpt = defineNpt('SNPT', 'source');
export const dnpt = defineNpt('DNPT', 'destination');
