// Writing entries as `conntrack -L` prints them: libnetfilter_conntrack's snprintf_default.c.
import { formatAddress } from '../datatype/address.ts';
import { type Entry, hasStatus } from './entry.ts';
import type { Tuple, TupleLayer4 } from './tuple.ts';

/** libnetfilter_conntrack: l4proto2str; every other protocol is `unknown`. */
const names: Readonly<Record<number, string>> = {
  1: 'icmp',
  6: 'tcp',
  17: 'udp',
  33: 'dccp',
  47: 'gre',
  58: 'icmpv6',
  132: 'sctp',
  136: 'udplite',
};

/** The name of a protocol, or its number. */
export function protocolText(protocol: number): string {
  return names[protocol] ?? String(protocol);
}

/** One line as `conntrack -L` has it, which reads back as the same entry. */
export function formatEntry(entry: Entry): string {
  const { original, reply, zone, timeout, protocolState, mark, helper } = entry;
  const name = (names[original.protocol] ?? 'unknown').padEnd(8);
  const words = [
    `${name} ${original.protocol}`,
    timeout?.toString(),
    protocolState,
    formatTuple(original),
    zone.original !== zone.reply && zoneWord('zone-orig', zone.original),
    !hasStatus(entry, 'seen-reply') && '[UNREPLIED]',
    formatTuple(reply),
    zone.original !== zone.reply && zoneWord('zone-reply', zone.reply),
    hasStatus(entry, 'assured') && '[ASSURED]',
    `mark=${mark}`,
    zone.original === zone.reply && zoneWord('zone', zone.original),
    helper !== undefined && `helper=${helper}`,
    'use=1',
  ];
  return words.filter(Boolean).join(' ');
}

function zoneWord(key: string, zone: number): string {
  return zone === 0 ? '' : `${key}=${zone}`;
}

/** One tuple, as in `src=10.0.0.1 dst=10.0.0.2 sport=1024 dport=80`. */
export function formatTuple({ family, source, destination, layer4 }: Tuple): string {
  const [from, to] = [source, destination].map((value) => formatAddress({ family, value }));
  return `src=${from} dst=${to}${formatLayer4(layer4)}`;
}

function formatLayer4(layer4: TupleLayer4): string {
  switch (layer4.kind) {
    case 'ports':
      return ` sport=${layer4.sport} dport=${layer4.dport}`;
    case 'icmp':
      return ` type=${layer4.type} code=${layer4.code} id=${layer4.id}`;
    case 'gre':
      return ` srckey=0x${layer4.sourceKey.toString(16)} dstkey=0x${layer4.destinationKey.toString(16)}`;
    case 'none':
      return '';
  }
}
