// What stands before the packet in a captured frame, by the link type of the capture (tcpdump.org/linktypes.html).
import { viewOf } from './bytes.ts';
import type { Injection } from './packet.ts';

/** One frame as it stands in a capture. */
export interface CapturedFrame {
  readonly linkType: number;
  readonly data: Uint8Array;
  /** The interface, where the capture names it. */
  readonly device?: string;
  /** When it was captured, in nanoseconds since 1970; absent where the capture does not say. */
  readonly time?: bigint;
}

/** The packet in a frame, and what its link header tells of its way. */
export interface CapturedLink {
  readonly kind: 'ethernet' | 'none';
  readonly data: Uint8Array;
  readonly direction: 'in' | 'out';
  readonly pkttype?: Exclude<Injection['pkttype'], undefined>;
}

/** The header's content, or why it can't be read. */
export function readLink({ linkType, data }: CapturedFrame): CapturedLink | string {
  const reader = linkReaders.get(linkType);
  return reader ? reader(data) : `frames of link type ${linkType} are not known`;
}

type LinkReader = (data: Uint8Array) => CapturedLink | string;

const bare: LinkReader = (data) => ({ kind: 'none', data, direction: 'in' });

/** Linux cooked captures: whether it was sent or received stands in front (LINKTYPE_LINUX_SLL, _SLL2). */
function cooked(header: number, typeAt: number, protocolAt: number, wide: boolean): LinkReader {
  return (data) => {
    if (data.length < header) return 'the cooked header is cut off';
    const view = viewOf(data);
    const protocol = view.getUint16(protocolAt);
    if (protocol !== 0x0800 && protocol !== 0x86dd)
      return `the protocol 0x${protocol.toString(16).padStart(4, '0')} is not IP`;
    const type = wide ? view.getUint16(typeAt) : view.getUint8(typeAt);
    const pkttype = packetTypes[type];
    const rest = { kind: 'none', data: data.subarray(header) } as const;
    if (type === sentByUs) return { ...rest, direction: 'out' };
    return { ...rest, direction: 'in', ...(pkttype && { pkttype }) };
  };
}

/** By number; 0 is the usual one, a frame for this host. */
const packetTypes = [undefined, 'broadcast', 'multicast', 'other'] as const;
const sentByUs = 4;

/** The BSD loopback header: four bytes with an address family, which the packet itself tells, too. */
const loopback: LinkReader = (data) =>
  data.length < 4 ? 'the loopback header is cut off' : bare(data.subarray(4));

const linkReaders: ReadonlyMap<number, LinkReader> = new Map([
  [0, loopback],
  [1, (data) => ({ kind: 'ethernet', data, direction: 'in' })],
  [12, bare],
  [101, bare],
  [108, loopback],
  [113, cooked(16, 0, 14, true)],
  [228, bare],
  [229, bare],
  [276, cooked(20, 10, 0, false)],
]);
