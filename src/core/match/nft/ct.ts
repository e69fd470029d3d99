// What conntrack knows of the connection by direction (net/netfilter/nft_ct.c: nft_ct_get_eval).
import type { Entry } from '../../conntrack/entry.ts';
import type { Tuple, TupleLayer4 } from '../../conntrack/tuple.ts';
import type { DataType } from '../../datatype/define.ts';
import { anyText, ctLabelBits } from '../../datatype/nft-types.ts';
import { ipv4Address, ipv6Address, networkFamily, port, protocol } from '../../datatype/types.ts';
import { durationType } from '../../datatype/written-types.ts';
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
  {
    name: 'proto-src',
    summary: 'The source port',
    type: port,
    read: ({ layer4 }) => BigInt(sourceOf(layer4)),
  },
  {
    name: 'proto-dst',
    summary: 'The destination port',
    type: port,
    read: ({ layer4 }) => BigInt(destinationOf(layer4)),
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
    // Older words of nft leave the family to the value.
    alsoNft: { ct: { key: name.split(' ').at(-1) ?? name, dir } },
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
    knowledge: notTold(`\`${key}\``),
    read: (view) => ofEntry(view, () => notTold(`\`${key}\``)),
  });
}

interface EntryField {
  readonly name: string;
  readonly summary: string;
  readonly type: DataType;
  /** Absent where no trace is told. */
  readonly read?: (entry: Entry) => bigint;
}

/** A zone for one direction only is the number of the whole (net/netfilter/nft_ct.c: NFT_CT_ZONE). */
const entryFields: readonly EntryField[] = [
  {
    name: 'l3proto',
    summary: 'The IP version of the connection.',
    type: networkFamily,
    read: ({ original }) => (original.family === 4 ? 2n : 10n),
  },
  {
    name: 'protocol',
    summary: 'The transport protocol of the connection.',
    type: protocol,
    read: ({ original }) => BigInt(original.protocol),
  },
  {
    name: 'zone',
    summary: 'The zone of the connection.',
    type: bits(16),
    read: ({ zone }) => BigInt(zone.original || zone.reply),
  },
  { name: 'id', summary: 'A number that the kernel gives the connection.', type: bits(32) },
  {
    name: 'expiration',
    summary: 'How long the connection stays known without a packet.',
    type: durationType,
  },
  { name: 'helper', summary: 'The helper of the connection that this one belongs to.', type: anyText },
  { name: 'label', summary: 'The labels of the connection, by their numbers.', type: ctLabelBits },
];

function entryMatch({ name, summary, type, read }: EntryField) {
  const key = `ct ${name}`;
  return nftFieldMatch({
    key,
    summary,
    type,
    nft: { ct: { key: name } },
    usesConntrack: true,
    knowledge: read ? undefined : notTold(`\`${key}\``),
    read: (view) => ofEntry(view, (entry) => (read ? read(entry) : notTold(`\`${key}\``))),
  });
}

function zoneMatch(dir: Direction) {
  return nftFieldMatch({
    key: `ct ${dir} zone`,
    summary: `The zone of the connection for its ${dir} direction.`,
    type: bits(16),
    nft: { ct: { key: 'zone', dir } },
    usesConntrack: true,
    read: (view) => ofEntry(view, ({ zone }) => BigInt(zone[dir])),
  });
}

export const ctMatches = [
  ...entryFields.map(entryMatch),
  zoneMatch('original'),
  zoneMatch('reply'),
  ...tupleFields.flatMap((field) => [tupleMatch('original', field), tupleMatch('reply', field)]),
  ...counts.flatMap((name) => [countMatch(name), countMatch(name, 'original'), countMatch(name, 'reply')]),
];
