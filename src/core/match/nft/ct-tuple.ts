// What a tuple of a connection has, and how iptables asks for it (net/netfilter/nft_ct.c: nft_ct_get_eval,
// net/netfilter/xt_conntrack.c).

import type { Entry } from '../../conntrack/entry.ts';
import type { Tuple, TupleLayer4 } from '../../conntrack/tuple.ts';
import type { DataType } from '../../datatype/define.ts';
import { ipv4Address, ipv6Address, port, protocol } from '../../datatype/types.ts';
import { ofConnection, ofConnectionOf } from '../../field/ct.ts';
import { defineField, type Field, type FieldValue } from '../../field/define.ts';
import type { Condition as SymbolicCondition } from '../../field/symbolic.ts';
import { isUnknown, type PacketView } from '../../field/view.ts';
import type { FieldTest } from '../field-match.ts';
import type { Condition } from '../iptables-spelling.ts';
import type { NftField } from './define.ts';
import { prefixCondition, rangeCondition } from './iptables.ts';

/** Which of the two tuples. */
export type Direction = 'original' | 'reply';

/** What a tuple has of a connection, and what it is called. */
export interface TupleField {
  /** Connections of the other have none (net/netfilter/nft_ct.c: nft_ct_get_eval). */
  readonly family?: 'ip' | 'ip6';
  /** The same for all packets. */
  readonly present: SymbolicCondition;
  readonly name: string;
  readonly summary: string;
  readonly type: DataType;
  readonly read: (tuple: Tuple) => FieldValue;
  /** The option of `-m conntrack`, without the direction. */
  readonly option?: string;
}

/** There is nothing to read without a connection. */
export function ofEntry({ ct }: PacketView, read: (entry: Entry) => FieldValue): FieldValue {
  const entry = ct?.entry;
  return entry === undefined || isUnknown(entry) ? entry : read(entry);
}

/** What a direction of the connection has under this name: `ip saddr`, `proto-dst`. */
export function fieldOfTuple(dir: Direction, wanted: string): Field {
  const field = tupleFields.find(({ name }) => name === wanted);
  if (!field) throw new Error(`no \`${wanted}\` of a connection`);
  const { name, type, read, present } = field;
  return defineField(`ct ${dir} ${name}`, type, (view) => ofEntry(view, (entry) => read(entry[dir])), {
    symbol: { kind: 'own', present },
  });
}

/** Everything that `ct original` and `ct reply` ask of a tuple. */
export const tupleFields: readonly TupleField[] = [
  ...addresses('ip', ipv4Address),
  ...addresses('ip6', ipv6Address),
  {
    name: 'protocol',
    present: ofConnection,
    summary: 'The transport protocol',
    type: protocol,
    read: (tuple) => BigInt(tuple.protocol),
  },
  {
    name: 'proto-src',
    present: ofConnection,
    summary: 'The source port',
    type: port,
    read: ({ layer4 }) => BigInt(sourceOf(layer4)),
    option: 'srcport',
  },
  {
    name: 'proto-dst',
    present: ofConnection,
    summary: 'The destination port',
    type: port,
    read: ({ layer4 }) => BigInt(destinationOf(layer4)),
    option: 'dstport',
  },
];

/** What stands in the place of a port (include/uapi/linux/netfilter/nf_conntrack_tuple_common.h: nf_conntrack_man_proto). */
function sourceOf(layer4: TupleLayer4): number {
  if (layer4.kind === 'ports') return layer4.sport;
  if (layer4.kind === 'icmp') return layer4.id;
  return layer4.kind === 'gre' ? layer4.sourceKey : 0;
}

function destinationOf(layer4: TupleLayer4): number {
  if (layer4.kind === 'ports') return layer4.dport;
  if (layer4.kind === 'icmp') return (layer4.type << 8) | layer4.code;
  return layer4.kind === 'gre' ? layer4.destinationKey : 0;
}

function addresses(family: 'ip' | 'ip6', type: DataType): readonly TupleField[] {
  const version = family === 'ip' ? 4 : 6;
  return (['saddr', 'daddr'] as const).map((side) => ({
    name: `${family} ${side}`,
    family,
    present: ofConnectionOf(version),
    summary: `The ${side === 'saddr' ? 'source' : 'destination'} address`,
    type,
    read: (tuple) => {
      if (tuple.family !== version) return undefined;
      return side === 'saddr' ? tuple.source : tuple.destination;
    },
    option: side === 'saddr' ? 'src' : 'dst',
  }));
}

const optionsOfDirection = { original: '--ctorig', reply: '--ctrepl' } as const;

/** A connection of the other IP version has no such address; the protocol is that of both directions. */
export function tupleCondition(dir: Direction, { name, type, option }: TupleField): NftField['iptables'] {
  const key = `ct ${dir} ${name}`;
  if (option === undefined) return (test) => protocolCondition(test, key);
  const spec = { key, type, module: 'conntrack', option: `${optionsOfDirection[dir]}${option}` };
  if (!type.prefixes) return (test) => rangeCondition(test, spec);
  return (test, { family }) =>
    name.startsWith(`${family} `) ? prefixCondition(test, spec) : { kind: 'never' };
}

/** net/netfilter/xt_conntrack.c: a packet without connection does not match, negated or not. */
export function protocolCondition(test: FieldTest, key: string): Condition {
  return rangeCondition(test, { key, type: protocol, module: 'conntrack', option: '--ctproto', most: 64 });
}
