// Writes packets as packet specs, which spec.ts reads back.
import { formatEndpoint } from '../datatype/endpoint.ts';
import { milliseconds } from '../datatype/milliseconds.ts';
import { single } from '../datatype/range.ts';
import { dscp, protocol as protocolType, tcpFlags } from '../datatype/types.ts';
import { formatFrame, formatFrameLink, formatTags } from './format-frame.ts';
import { hasIcmpId, icmpCodes, icmpTypes } from './icmp-kind.ts';
import { formatBytes, formatMac } from './link-text.ts';
import { type Icmp, type Injection, type Packet, protocolNumber, type Tcp } from './packet.ts';
import { knownSize } from './size.ts';
import { isProtocolWord } from './spec-packet.ts';

/** The spec text of a packet, without where it enters. What has its default value is left out. */
export function formatPacket(packet: Packet): string {
  const { family, transport, source, destination, frame, link } = packet;
  if (frame) return [...formatFrame(frame, link), ...formatDetails(packet)].join(' ');
  const ports = 'sport' in transport ? transport : undefined;
  const end = (value: bigint, port: number | undefined): string =>
    formatEndpoint(family, single(value), port === undefined ? undefined : single(BigInt(port)));
  const ends = [end(source, ports?.sport), '->', end(destination, ports?.dport)];
  return [
    formatProtocol(packet.protocol),
    ...ends,
    ...formatTransport(packet),
    ...formatDetails(packet),
  ].join(' ');
}

function formatProtocol(number: number): string {
  if (number === protocolNumber.icmpv6) return 'icmpv6';
  const text = protocolType.format(BigInt(number));
  return /^\d/.test(text) ? `proto ${text}` : text;
}

function formatTransport({ transport, protocol }: Packet): readonly string[] {
  switch (transport.kind) {
    case 'tcp':
      return formatTcp(transport);
    case 'icmp':
      return formatIcmp(transport, protocol);
    case 'udp':
    case 'opaque':
      return [];
  }
}

function formatTcp({ flags, seq, ack, window, numbered }: Tcp): readonly string[] {
  const names = [...(tcpFlags.constants ?? [])]
    .filter(([, bit]) => (BigInt(flags) & bit) !== 0n)
    .map(([name]) => name);
  return [
    names.join(',') || 'none',
    ...unless('seq', seq, numbered && ack === 0 ? undefined : 0),
    ...unless('ack-seq', ack, 0),
    ...unless('window', window, 65535),
  ];
}

function formatIcmp({ type, code, id, sequence, inner }: Icmp, protocol: number): readonly string[] {
  const typeText = icmpTypes(protocol).format(BigInt(type));
  const codeText = icmpCodes(protocol, type).format(BigInt(code));
  const kind = code === 0 && !isNamed(codeText) ? typeText : `${typeText}/${codeText}`;
  const numbers = hasIcmpId(protocol, type) ? [...unless('id', id, 0), ...unless('seq', sequence, 0)] : [];
  return [kind, ...numbers, ...(inner ? ['inner', '(', formatPacket(inner), ')'] : [])];
}

function isNamed(text: string): boolean {
  return !/^\d/.test(text);
}

function unless(word: string, value: number | undefined, usual: number | undefined): readonly string[] {
  return value === undefined || value === usual ? [] : [word, value.toString()];
}

function formatDetails(packet: Packet): readonly string[] {
  const { fragment, payload } = packet;
  return [
    ...unless('ttl', packet.ttl, 64),
    ...(packet.dscp === 0 ? [] : ['dscp', dscp.format(BigInt(packet.dscp))]),
    ...unless('ecn-bits', packet.ecn, undefined),
    ...unless('ipid', packet.identification, undefined),
    ...unless('frag', fragment.offset, 0),
    ...(fragment.more ? ['mf'] : []),
    ...(fragment.dontFragment ? ['df'] : []),
    ...(packet.badChecksum ? ['bad-checksum'] : []),
    ...unless('len', packet.length, knownSize(packet)),
    ...formatLink(packet),
    ...formatTags(packet),
    ...(payload ? ['payload', formatBytes(payload)] : []),
  ];
}

function formatLink({ link, frame }: Packet): readonly string[] {
  if (!link) return [];
  if (frame) return formatFrameLink(frame, link);
  return ['mac', formatMac(link.source), 'dmac', formatMac(link.destination)];
}

/** The spec text of a packet and where it enters; `parsePacketSpec` reads it back. */
export function formatInjection(injection: Injection): string {
  const { mark, skuid, skgid, pkttype, state, after } = injection;
  const details = [
    ...(mark === undefined ? [] : ['mark', `0x${mark.toString(16)}`]),
    ...unless('uid', skuid, undefined),
    ...unless('gid', skgid, undefined),
    ...(pkttype === undefined ? [] : ['pkttype', pkttype]),
    ...(state === undefined ? [] : ['state', state]),
    ...(after === undefined ? [] : ['after', milliseconds.format(BigInt(Math.round(after * 1000)))]),
  ];
  return [...formatWay(injection), formatPacket(injection.packet), ...details].join(' ');
}

function formatWay({ direction, iif, oif, local }: Injection): readonly string[] {
  const out = oif === undefined ? [] : [formatInterface(oif)];
  if (direction === 'out') return ['out', ...out];
  const way = ['in', formatInterface(iif ?? '')];
  if (local) return [...way, 'local'];
  return oif === undefined ? way : [...way, 'out', ...out];
}

/** Quoted where it would be read as something else. */
function formatInterface(name: string): string {
  return isProtocolWord(name) || !/^[\w.+-]+$/.test(name) ? `"${name}"` : name;
}
