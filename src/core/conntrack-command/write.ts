// The command line that deletes exactly one entry.

import type { DumpedEntry } from '../conntrack/dumped.ts';
import type { Entry } from '../conntrack/entry.ts';
import { protocolText } from '../conntrack/format.ts';
import type { Tuple } from '../conntrack/tuple.ts';
import { formatAddress } from '../datatype/address.ts';

/** The words behind `conntrack`; without them, why no line means this entry alone. */
export type Deletion =
  | { readonly words: readonly string[] }
  | { readonly words: undefined; readonly reason: string };

/**
 * `conntrack -D …` for one entry and no other. With its number (`conntrack -L -o id`) it does not delete an entry either
 * that came in its place meanwhile.
 */
export function deletionOf(entry: Entry & Partial<Pick<DumpedEntry, 'id'>>): Deletion {
  const { original, id } = entry;
  // libnetfilter_conntrack 1.0.9, conntrack/compare.c: cmp_orig_l4proto leaves GRE out.
  if (original.layer4.kind === 'gre' && id === undefined)
    return {
      words: undefined,
      reason: '`conntrack -D` does not look at the keys of GRE; list with `-o id`, and its number tells it',
    };
  return { words: ['-D', ...idWords(id), ...tupleWords(original), ...zoneWords(entry)] };
}

function idWords(id: number | undefined): readonly string[] {
  return id === undefined ? [] : ['-i', String(id)];
}

function tupleWords({ family, source, destination, protocol, layer4 }: Tuple): readonly string[] {
  const [from, to] = [source, destination].map((value) => formatAddress({ family, value }));
  return ['-s', from ?? '', '-d', to ?? '', '-p', protocolText(protocol), ...layer4Words(family, layer4)];
}

function layer4Words(family: Tuple['family'], layer4: Tuple['layer4']): readonly string[] {
  switch (layer4.kind) {
    case 'ports':
      return ['--sport', String(layer4.sport), '--dport', String(layer4.dport)];
    case 'gre':
      return ['--srckey', String(layer4.sourceKey), '--dstkey', String(layer4.destinationKey)];
    case 'icmp': {
      const name = family === 4 ? '--icmp' : '--icmpv6';
      const pairs = [
        ['type', layer4.type],
        ['code', layer4.code],
        ['id', layer4.id],
      ] as const;
      return pairs.flatMap(([key, value]) => [`${name}-${key}`, String(value)]);
    }
    case 'none':
      return [];
  }
}

/**
 * Without a zone all zones are meant. An entry with a zone of its own for a direction has 0 for both, so three words tell
 * one that has none; a number tells it already.
 */
function zoneWords({ zone: { original, reply }, id }: Entry & { readonly id?: number }): readonly string[] {
  if (original === reply && (original !== 0 || id !== undefined))
    return original === 0 ? [] : ['-w', String(original)];
  const [from, to] = original === reply ? [0, 0] : [original, reply];
  return ['-w', '0', '--orig-zone', String(from), '--reply-zone', String(to)];
}
