// Entries as `conntrack -o save` prints them (conntrack.c: ct_save_snprintf).
import { ctStatus, type Entry } from '../conntrack/entry.ts';
import { protocolText } from '../conntrack/format.ts';
import type { Tuple } from '../conntrack/tuple.ts';
import { formatAddress } from '../datatype/address.ts';

const statusNames = [
  ['seen-reply', 'SEEN_REPLY'],
  ['assured', 'ASSURED'],
  ['fixed-timeout', 'FIXED_TIMEOUT'],
  ['expected', 'EXPECTED'],
] as const;

/** The command that makes the entry (`-A`), or that it was deleted by (`-D`). Mark, number and counters are not in it. */
export function savedLine(entry: Entry, action: '-A' | '-D'): string {
  const { original, reply, timeout, status, protocolState } = entry;
  const names = statusNames.flatMap(([bit, name]) => (status & ctStatus[bit] ? name : []));
  const words = [
    action,
    ...(timeout === undefined ? [] : ['-t', timeout]),
    '-u',
    names.join(',') || 'UNSET',
    ...zoneWords(entry),
    '-s',
    sourceOf(original),
    '-d',
    destinationOf(original),
    reply.source === original.destination ? '-r' : '-g',
    sourceOf(reply),
    reply.destination === original.source ? '-q' : '-n',
    destinationOf(reply),
    '-p',
    protocolText(original.protocol),
    ...keyWords(entry),
    ...(protocolState === undefined ? [] : ['--state', protocolState]),
  ];
  return words.join(' ');
}

function sourceOf({ family, source }: Tuple): string {
  return formatAddress({ family, value: source });
}

function destinationOf({ family, destination }: Tuple): string {
  return formatAddress({ family, value: destination });
}

function zoneWords({ zone: { original, reply } }: Entry): readonly (string | number)[] {
  if (original === reply) return original === 0 ? [] : ['-w', original];
  return [
    ...(original === 0 ? [] : ['--orig-zone', original]),
    ...(reply === 0 ? [] : ['--reply-zone', reply]),
  ];
}

function keyWords({ original, reply }: Entry): readonly (string | number)[] {
  const [first, second] = [original.layer4, reply.layer4];
  if (first.kind === 'icmp') {
    const name = original.family === 4 ? '--icmp' : '--icmpv6';
    return [`${name}-type`, first.type, `${name}-code`, first.code, `${name}-id`, first.id];
  }
  if (first.kind === 'gre' && second.kind === 'gre')
    return [
      '--srckey',
      first.sourceKey,
      '--dstkey',
      first.destinationKey,
      '--reply-key-src',
      second.sourceKey,
      '--reply-key-dst',
      second.destinationKey,
    ];
  if (first.kind !== 'ports' || second.kind !== 'ports') return [];
  return [
    '--sport',
    first.sport,
    '--dport',
    first.dport,
    '--reply-port-src',
    second.sport,
    '--reply-port-dst',
    second.dport,
  ];
}
