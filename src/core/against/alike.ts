// Whether a packet of a capture is the one that a trace says leaves: everything is compared that both sides tell, but for
// Ethernet, which is new on every link, and checksums, which the card may compute behind the capture.
import { formatAddress } from '../datatype/address.ts';
import type { UnknownParts } from '../field/view.ts';
import { formatPacket } from '../packet/format.ts';
import { formatBytes } from '../packet/link-text.ts';
import type { Packet } from '../packet/packet.ts';
import type { CaptureStep } from '../trace/step.ts';

/** A part of a packet that is not as foretold. */
export interface Difference {
  readonly part: string;
  readonly foretold: string;
  readonly seen: string;
}

type Value = string | number | undefined;

/** Something that can be compared: undefined where a packet does not tell it. */
interface Part {
  readonly name: string;
  readonly of: (packet: Packet) => Value;
  /** Under which name a trace says that it is not known. */
  readonly known?: keyof UnknownParts;
}

const ends: readonly Part[] = [
  { name: 'protocol', of: ({ protocol }) => protocol },
  { name: 'source address', of: ({ family, source }) => text(family, source), known: 'source' },
  {
    name: 'destination address',
    of: ({ family, destination }) => text(family, destination),
    known: 'destination',
  },
  {
    name: 'source port',
    of: ({ transport }) => ('sport' in transport ? transport.sport : undefined),
    known: 'sport',
  },
  {
    name: 'destination port',
    of: ({ transport }) => ('dport' in transport ? transport.dport : undefined),
    known: 'dport',
  },
  { name: 'ICMP type', of: ({ transport }) => (transport.kind === 'icmp' ? transport.type : undefined) },
  { name: 'ICMP code', of: ({ transport }) => (transport.kind === 'icmp' ? transport.code : undefined) },
  {
    name: 'ICMP id',
    of: ({ transport }) => (transport.kind === 'icmp' ? transport.id : undefined),
    known: 'sport',
  },
  {
    name: 'ICMP sequence',
    of: ({ transport }) => (transport.kind === 'icmp' ? transport.sequence : undefined),
  },
];

const tcp = (part: 'seq' | 'ack' | 'window') => (packet: Packet) =>
  packet.transport.kind === 'tcp' && packet.transport.numbered ? packet.transport[part] : undefined;

const whole: readonly Part[] = [
  ...ends,
  { name: 'flags', of: ({ transport }) => (transport.kind === 'tcp' ? transport.flags : undefined) },
  { name: 'seq', of: tcp('seq') },
  { name: 'ack-seq', of: tcp('ack') },
  { name: 'window', of: tcp('window') },
  { name: 'ttl', of: ({ ttl }) => ttl },
  { name: 'dscp', of: ({ dscp }) => dscp },
  { name: 'ecn-bits', of: ({ ecn }) => ecn },
  { name: 'frag', of: ({ fragment }) => fragment.offset },
  { name: 'mf', of: ({ fragment }) => Number(fragment.more) },
  { name: 'df', of: ({ fragment, family }) => (family === 4 ? Number(fragment.dontFragment) : undefined) },
  { name: 'length', of: ({ length }) => length },
  // Fragments of IPv6 get a new one (net/ipv6/ip6_output.c: ip6_fragment).
  { name: 'ipid', of: ({ family, identification }) => (family === 4 ? identification : undefined) },
  { name: 'vlan', of: ({ tags }) => tags?.map(({ id }) => id).join(' ') },
];

function text(family: Packet['family'], value: bigint): string {
  return formatAddress({ family, value });
}

/** What is otherwise in the packet of a capture; nothing where it may be the foretold one. */
export function differencesOf(
  { packet, unknown, quoted }: Pick<CaptureStep, 'packet' | 'unknown' | 'quoted'>,
  seen: Packet,
): readonly Difference[] {
  if (packet.frame || seen.frame) return ofFrames(packet, seen);
  if (packet.family !== seen.family)
    return [{ part: 'version', foretold: `${packet.family}`, seen: `${seen.family}` }];
  return [
    ...ofParts(whole, packet, seen, unknown),
    ...ofPayload(packet, seen),
    ...ofQuoted(packet, seen, quoted),
  ];
}

function ofParts(
  parts: readonly Part[],
  packet: Packet,
  seen: Packet,
  unknown: UnknownParts,
): readonly Difference[] {
  return parts.flatMap(({ name, of, known }) => {
    const [foretold, found] = [of(packet), of(seen)];
    if (foretold === undefined || found === undefined) return [];
    const open = known && unknown[known];
    if (open ? isAmong(open, found) : foretold === found) return [];
    return [{ part: name, foretold: rangeText(open) ?? `${foretold}`, seen: `${found}` }];
  });
}

/** What was drawn by chance lies within what it was drawn from; of anything else that is not known nothing is foretold. */
function isAmong({ among }: NonNullable<UnknownParts['sport']>, found: string | number): boolean {
  return !among || typeof found === 'string' || (among.lo <= found && found <= among.hi);
}

function rangeText(open: UnknownParts['sport']): string | undefined {
  return open?.among && `${open.among.lo}-${open.among.hi}`;
}

/** As far as both captures kept it. A fragment that the kernel cut has it without the trace saying so. */
function ofPayload({ payload }: Packet, seen: Packet): readonly Difference[] {
  if (!payload || !seen.payload) return [];
  const size = Math.min(payload.length, seen.payload.length);
  const [foretold, found] = [payload.subarray(0, size), seen.payload.subarray(0, size)];
  if (foretold.every((byte, at) => byte === found[at])) return [];
  return [{ part: 'payload', foretold: formatBytes(foretold), seen: formatBytes(found) }];
}

function ofQuoted(packet: Packet, seen: Packet, quoted: UnknownParts): readonly Difference[] {
  const [inner, other] = [packet, seen].map(({ transport }) =>
    transport.kind === 'icmp' ? transport.inner : undefined,
  );
  if (!inner || !other) return [];
  return ofParts(ends, inner, other, quoted).map((one) => ({ ...one, part: `quoted ${one.part}` }));
}

function ofFrames(packet: Packet, seen: Packet): readonly Difference[] {
  const [foretold, found] = [packet, seen].map(frameText);
  if (foretold === undefined || found === undefined || foretold === found) return [];
  return [{ part: 'frame', foretold, seen: found }];
}

/** Of ARP the addresses of IPv4; those of Ethernet a cooked capture does not have. */
function frameText(packet: Packet): string {
  const { frame, link: _link, ...rest } = packet;
  if (frame?.kind !== 'arp') return formatPacket({ ...rest, ...(frame && { frame }) });
  const { kind, operation, sender, target } = frame;
  return formatPacket({ ...rest, frame: { kind, operation, sender, target }, length: 28 });
}

/** What neither routers nor translation change: packets with another one are different packets. */
export function lastingKey({
  family,
  protocol,
  identification,
  fragment,
  transport,
  payload,
  frame,
}: Packet): string {
  const of = transport.kind === 'tcp' ? [transport.flags, transport.seq, transport.ack] : [];
  const id = family === 4 && identification ? identification : undefined;
  return [frame?.kind, family, protocol, id, fragment.offset, ...of, payload && formatBytes(payload)].join(
    ' ',
  );
}
