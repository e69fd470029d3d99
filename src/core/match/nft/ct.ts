// What conntrack knows of the connection by direction (net/netfilter/nft_ct.c: nft_ct_get_eval).
import type { Entry } from '../../conntrack/entry.ts';
import type { Tuple } from '../../conntrack/tuple.ts';
import type { DataType } from '../../datatype/define.ts';
import { ipv4Address, ipv6Address, protocol } from '../../datatype/types.ts';
import type { FieldValue } from '../../field/define.ts';
import { isUnknown, type PacketView } from '../../field/view.ts';
import { nftFieldMatch, notTold } from './define.ts';
import { bits } from './vocabulary.ts';

type Direction = 'original' | 'reply';

/** There is nothing to read without a connection. */
function ofEntry({ ct }: PacketView, read: (entry: Entry) => FieldValue): FieldValue {
  const entry = ct?.entry;
  return entry === undefined || isUnknown(entry) ? entry : read(entry);
}

interface TupleField {
  readonly name: string;
  readonly summary: string;
  readonly type: DataType;
  readonly read: (tuple: Tuple) => FieldValue;
}

const tupleFields: readonly TupleField[] = [
  ...addresses('ip', ipv4Address),
  ...addresses('ip6', ipv6Address),
  {
    name: 'protocol',
    summary: 'The transport protocol',
    type: protocol,
    read: (tuple) => BigInt(tuple.protocol),
  },
];

function addresses(family: 'ip' | 'ip6', type: DataType): readonly TupleField[] {
  const version = family === 'ip' ? 4 : 6;
  return (['saddr', 'daddr'] as const).map((side) => ({
    name: `${family} ${side}`,
    summary: `The ${side === 'saddr' ? 'source' : 'destination'} address`,
    type,
    read: (tuple) => {
      if (tuple.family !== version) return undefined;
      return side === 'saddr' ? tuple.source : tuple.destination;
    },
  }));
}

function tupleMatch(dir: Direction, { name, summary, type, read }: TupleField) {
  return nftFieldMatch({
    key: `ct ${dir} ${name}`,
    summary: `${summary} of the connection in its ${dir} direction.`,
    type,
    nft: { ct: { key: name, dir } },
    usesConntrack: true,
    read: (view) => ofEntry(view, (entry) => read(entry[dir])),
  });
}

const counts = ['bytes', 'packets', 'avgpkt'] as const;

function countMatch(name: (typeof counts)[number], dir?: Direction) {
  const key = dir ? `ct ${dir} ${name}` : `ct ${name}`;
  return nftFieldMatch({
    key,
    summary: `The connection's ${name}, where the kernel counts them.`,
    type: bits(64),
    nft: { ct: { key: name, ...(dir && { dir }) } },
    usesConntrack: true,
    read: (view) => ofEntry(view, () => notTold(`\`${key}\``)),
  });
}

export const ctMatches = [
  ...tupleFields.flatMap((field) => [tupleMatch('original', field), tupleMatch('reply', field)]),
  ...counts.flatMap((name) => [countMatch(name), countMatch(name, 'original'), countMatch(name, 'reply')]),
];
