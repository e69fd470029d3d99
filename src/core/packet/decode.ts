// Reads packets from bytes: Ethernet, IPv4 (RFC 791) and IPv6 (RFC 8200) with its extension headers.
import type { AddressFamily } from '../datatype/address.ts';
import { type Diagnostic, diagnostic, type Outcome } from '../diagnostic/diagnostic.ts';
import { readUint, viewOf } from './bytes.ts';
import { decodeTransport } from './decode-transport.ts';
import { decodeFrame, decodeTags } from './frame-bytes.ts';
import { type Fragment, type LinkHeader, notFragmented, type Packet } from './packet.ts';

/**
 * Reads an IPv4 or IPv6 packet; with `link: 'ethernet'` the bytes begin with an Ethernet header, and may be any frame. A capture may end
 * within the payload; within the transport header only if it `isCut`, and then that header is not known. Options, flow
 * label and extension headers other than the fragment header are passed over; checksums are not verified.
 */
export function decodePacket(
  bytes: Uint8Array,
  link: 'ethernet' | 'none' = 'none',
  isCut = false,
): Outcome<Packet> {
  const extent = isCut ? 'cut' : 'whole';
  const read = link === 'ethernet' ? decodeEthernet(bytes, extent) : decodeIp(bytes, extent, 0);
  return typeof read === 'string'
    ? { value: undefined, diagnostics: [malformed(read)] }
    : { value: read, diagnostics: [] };
}

function malformed(message: string): Diagnostic {
  return diagnostic('HK6030', message);
}

/** A packet, or what is wrong. */
type Read = Packet | string;

/** Whether the bytes are all of a packet, what was kept of one, or what an ICMP error quotes of one. */
type Extent = 'whole' | 'cut' | 'quoted';

function decodeEthernet(bytes: Uint8Array, extent: Extent): Read {
  if (bytes.length < 14) return truncated('the Ethernet header', 14, bytes);
  const link: LinkHeader = { destination: readUint(bytes, 0, 6), source: readUint(bytes, 6, 6) };
  const { type, data, tags } = decodeTags(bytes.subarray(14), Number(readUint(bytes, 12, 2)));
  if (!isIpType(type)) return decodeFrame(data, type, { link, ...tags }, extent === 'cut');
  const packet = decodeIp(data, extent, 0);
  return typeof packet === 'string' ? packet : { ...packet, link, ...tags };
}

/** Whether the Ethernet type is that of an IP version. */
export function isIpType(type: number): boolean {
  return type === 0x0800 || type === 0x86dd;
}

function truncated(what: string, size: number, bytes: Uint8Array): string {
  return `${what} needs ${size} bytes, there are ${bytes.length}`;
}

/** So many packets are looked at that speak of one another; nobody answers an error with an error (RFC 1122, 3.2.2). */
const deepest = 8;

function decodeIp(bytes: Uint8Array, extent: Extent, depth: number): Read {
  const [first] = bytes;
  if (first === undefined) return 'the packet is empty';
  if (first >> 4 === 4) return decodeIpv4(bytes, extent, depth);
  return first >> 4 === 6 ? decodeIpv6(bytes, extent, depth) : `the IP version is ${first >> 4}`;
}

/** What both families have behind their addresses. */
interface Body {
  readonly family: AddressFamily;
  readonly source: bigint;
  readonly destination: bigint;
  readonly ttl: number;
  readonly trafficClass: number;
  readonly length: number;
  readonly protocol: number;
  readonly nextHeader?: number;
  readonly fragment: Fragment;
  readonly identification: number;
  /** All that the IP header says there is was there. */
  readonly isWhole: boolean;
  /** All behind the IP headers. */
  readonly data: Uint8Array;
}

function decodeIpv4(bytes: Uint8Array, extent: Extent, depth: number): Read {
  if (bytes.length < 20) return truncated('the IPv4 header', 20, bytes);
  const view = viewOf(bytes);
  const headerLength = (view.getUint8(0) & 15) * 4;
  // The kernel leaves it at 0 in what it hands to the card in one piece of more than 64 KiB (BIG TCP).
  const length = view.getUint16(2) || Math.min(bytes.length, 0xffff);
  if (headerLength < 20) return `the IPv4 header says that it has ${headerLength} bytes`;
  if (length < headerLength)
    return `the IPv4 packet says that it has ${length} bytes, its header ${headerLength}`;
  if (bytes.length < headerLength) return truncated('the IPv4 header', headerLength, bytes);
  const flags = view.getUint16(6);
  return finish(
    {
      family: 4,
      source: readUint(bytes, 12, 4),
      destination: readUint(bytes, 16, 4),
      ttl: view.getUint8(8),
      trafficClass: view.getUint8(1),
      length,
      protocol: view.getUint8(9),
      fragment: {
        offset: flags & 0x1fff,
        more: (flags & 0x2000) !== 0,
        dontFragment: (flags & 0x4000) !== 0,
      },
      identification: view.getUint16(4),
      isWhole: bytes.length >= length,
      data: bytes.subarray(headerLength, length),
    },
    extent,
    depth,
  );
}

function decodeIpv6(bytes: Uint8Array, extent: Extent, depth: number): Read {
  if (bytes.length < 40) return truncated('the IPv6 header', 40, bytes);
  const view = viewOf(bytes);
  const length = 40 + view.getUint16(4);
  const first = view.getUint8(6);
  const chain = skipExtensions(bytes.subarray(0, length), first);
  if (typeof chain === 'string') return chain;
  return finish(
    {
      family: 6,
      source: readUint(bytes, 8, 16),
      destination: readUint(bytes, 24, 16),
      ttl: view.getUint8(7),
      trafficClass: (view.getUint16(0) >> 4) & 255,
      length,
      protocol: chain.protocol,
      ...(first !== chain.protocol && first !== fragmentHeader && { nextHeader: first }),
      fragment: chain.fragment,
      identification: chain.identification,
      isWhole: bytes.length >= length,
      data: bytes.subarray(chain.end, length),
    },
    extent,
    depth,
  );
}

interface Chain {
  readonly protocol: number;
  readonly fragment: Fragment;
  readonly identification: number;
  readonly end: number;
}

/** Hop-by-hop options, routing, destination options. */
const sizedHeaders: ReadonlySet<number> = new Set([0, 43, 60]);
const fragmentHeader = 44;

/** Follows the chain to the transport header; behind the header of a later fragment there is none. */
function skipExtensions(bytes: Uint8Array, first: number): Chain | string {
  let chain: Chain = { protocol: first, fragment: notFragmented, identification: 0, end: 40 };
  while (sizedHeaders.has(chain.protocol) || chain.protocol === fragmentHeader) {
    if (chain.fragment.offset > 0) break;
    const { protocol, end } = chain;
    const size = protocol === fragmentHeader ? 8 : ((bytes[end + 1] ?? 0) + 1) * 8;
    if (bytes.length < end + size) return truncated('the chain of IPv6 headers', end + size, bytes);
    const own =
      protocol === fragmentHeader
        ? { fragment: fragmentAt(bytes, end), identification: Number(readUint(bytes, end + 4, 4)) }
        : {};
    chain = { ...chain, ...own, protocol: bytes[end] ?? 0, end: end + size };
  }
  return chain;
}

function fragmentAt(bytes: Uint8Array, at: number): Fragment {
  const field = Number(readUint(bytes, at + 2, 2));
  return { offset: field >> 3, more: (field & 1) === 1, dontFragment: false };
}

function finish(body: Body, extent: Extent, depth: number): Read {
  const { data, trafficClass, identification, isWhole, ...header } = body;
  const read =
    body.fragment.offset > 0
      ? { transport: { kind: 'opaque' } as const, size: 0 }
      : decodeTransport(body.protocol, data, extent === 'quoted');
  if (typeof read === 'string')
    return extent === 'cut' || (isWhole && extent === 'whole') ? withoutTransport(body) : read;
  const inner = read.quoted && depth < deepest ? decodeIp(read.quoted, 'quoted', depth + 1) : undefined;
  const lacksInner = read.quoted !== undefined && typeof inner !== 'object' && extent === 'cut';
  const quoted = typeof inner === 'object' && read.transport.kind === 'icmp' ? inner : undefined;
  const payload = quoted ? new Uint8Array() : data.slice(read.size);
  return {
    ...header,
    dscp: trafficClass >> 2,
    transport:
      quoted && read.transport.kind === 'icmp' ? { ...read.transport, inner: quoted } : read.transport,
    ...((trafficClass & 3) !== 0 && { ecn: trafficClass & 3 }),
    ...(identification !== 0 && { identification }),
    ...(payload.length > 0 && { payload }),
    ...(lacksInner && { untold: cutOff }),
  };
}

const cutOff = 'the capture ends before it';

/** Of a packet that ends within its transport header nobody knows more, the kernel neither; else it was not kept. */
function withoutTransport(body: Body): Packet {
  const { data: _, trafficClass, identification, isWhole, ...header } = body;
  return {
    ...header,
    dscp: trafficClass >> 2,
    transport: { kind: 'opaque' },
    ...(!isWhole && { untold: cutOff }),
    ...((trafficClass & 3) !== 0 && { ecn: trafficClass & 3 }),
    ...(identification !== 0 && { identification }),
  };
}
