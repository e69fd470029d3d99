// Further fields of the IP headers.
import type { Node } from '../../bdd/bdd.ts';
import { ecn } from '../../datatype/nft-types.ts';
import {
  dontFragment as dontFragmentBit,
  congestion as ecnBits,
  fragmentOffset,
  moreFragments,
  ofVersion,
} from '../../field/parts.ts';
import {
  bitsOf,
  type Condition,
  constantBits,
  type FieldSymbol,
  type SymbolicNumber,
  type Symbols,
} from '../../field/symbolic.ts';
import { isIp, type Packet } from '../../packet/packet.ts';
import { evaluatesTo } from '../field-match.ts';
import { always } from '../iptables-condition.ts';
import { type NftField, nftFieldMatch, notTold, orNotTold, payload } from './define.ts';
import { rangeCondition } from './iptables.ts';
import { bits } from './vocabulary.ts';

type Family = 'ip' | 'ip6';

interface Entry extends Pick<NftField, 'type' | 'summary' | 'iptables' | 'knowledge'> {
  /** What it is for all packets, if not a field of its own. */
  readonly all?: (symbols: Symbols) => readonly Node[];
  readonly of: (packet: Packet) => ReturnType<NftField['read']>;
}

function field(family: Family, name: string, { of, all, ...more }: Entry) {
  const key = `${family} ${name}`;
  const version = family === 'ip' ? 4 : 6;
  return nftFieldMatch({
    key,
    family,
    nft: payload(family, name),
    symbol: symbolOf(ofVersion(version), all),
    read: ({ packet }) => (isIp(packet, version) ? of(packet) : undefined),
    ...more,
  });
}

function symbolOf(present: Condition, all: Entry['all']): FieldSymbol {
  if (!all) return { kind: 'own', present };
  const value = (symbols: Symbols): SymbolicNumber => ({
    kind: 'number',
    present: present(symbols),
    bits: all(symbols),
  });
  return { kind: 'worked out', value };
}

function versionField(family: Family) {
  const number = family === 'ip' ? 4n : 6n;
  return field(family, 'version', {
    summary: 'The version in the header, which is that of the family.',
    type: bits(4),
    of: () => number,
    all: () => constantBits(number, 4),
    iptables: (test) => (evaluatesTo(test, number) ? always() : { kind: 'never' }),
  });
}

function congestion(family: Family) {
  return field(family, 'ecn', {
    summary: 'Explicit congestion notification: `not-ect`, `ect0`, `ect1`, `ce`.',
    type: ecn,
    of: (packet) => orNotTold(packet.ecn, 'the congestion notification'),
    all: (symbols) => bitsOf(symbols, ecnBits),
    // net/netfilter/xt_ecn.c compares the same bits in both families.
    iptables: (test) =>
      rangeCondition(test, {
        key: `${family} ecn`,
        type: ecn,
        module: 'ecn',
        option: '--ecn-ip-ect',
        most: 4,
      }),
  });
}

/** Flags and offset as they stand in the header (include/net/ip.h: IP_DF, IP_MF). */
function fragmentBits({ fragment: { dontFragment, more, offset } }: Packet): bigint {
  return BigInt((dontFragment ? 0x4000 : 0) | (more ? 0x2000 : 0) | offset);
}

export const networkMatches = [
  versionField('ip'),
  field('ip', 'hdrlength', {
    summary: 'The length of the header in units of four bytes.',
    type: bits(4),
    knowledge: notTold('the length of the options'),
    of: () => notTold('the length of the options'),
  }),
  congestion('ip'),
  field('ip', 'id', {
    summary: 'The identification that fragments of one packet share.',
    type: bits(16),
    of: (packet) => orNotTold(packet.identification, 'the identification'),
  }),
  field('ip', 'frag-off', {
    summary: 'The fragment flags and offset as one number.',
    type: bits(16),
    of: fragmentBits,
    all: (symbols) => [
      0,
      ...bitsOf(symbols, dontFragmentBit),
      ...bitsOf(symbols, moreFragments),
      ...bitsOf(symbols, fragmentOffset),
    ],
  }),
  field('ip', 'checksum', {
    summary: 'The checksum of the header.',
    type: bits(16),
    knowledge: notTold('the checksum'),
    of: () => notTold('the checksum'),
  }),
  versionField('ip6'),
  congestion('ip6'),
  field('ip6', 'flowlabel', {
    summary: 'The flow label.',
    type: bits(20),
    knowledge: notTold('the flow label'),
    of: () => notTold('the flow label'),
  }),
];
