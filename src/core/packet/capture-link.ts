// What stands before the packet in a captured frame, by the link type of the capture (tcpdump.org/linktypes.html).
import { viewOf } from './bytes.ts';
import type { CapturedFrame, CapturedLink } from './captured.ts';
import { isIpType } from './decode.ts';
import { decodeTags } from './frame-bytes.ts';
import { readNflog } from './nflog.ts';

/** The header's content, or why it can't be read. */
export function readLink({ linkType, data }: CapturedFrame): CapturedLink | string {
  const reader = linkReaders.get(linkType);
  return reader ? reader(data) : `frames of link type ${linkType} are not known`;
}

type LinkReader = (data: Uint8Array) => CapturedLink | string;

const bare: LinkReader = (data) => ({ kind: 'none', data, direction: 'in' });

interface Cooked {
  /** Bytes of the header. */
  readonly header: number;
  readonly typeAt: number;
  readonly typeBytes: 1 | 2;
  readonly protocolAt: number;
  readonly indexAt?: number;
}

/** Linux cooked captures: whether it was sent or received stands in front (LINKTYPE_LINUX_SLL, _SLL2). */
function cooked({ header, typeAt, typeBytes, protocolAt, indexAt }: Cooked): LinkReader {
  return (data) => {
    if (data.length < header) return 'the cooked header is cut off';
    const view = viewOf(data);
    const inside = behindTags(data, header, view.getUint16(protocolAt));
    const type = typeBytes === 2 ? view.getUint16(typeAt) : view.getUint8(typeAt);
    const pkttype = packetTypes[type];
    const rest = { kind: 'none', isTold: true, ...inside } as const;
    const index = indexAt === undefined ? undefined : view.getUint32(indexAt);
    if (type === sentByUs)
      return { ...rest, direction: 'out', ...(index !== undefined && { seenOn: index }) };
    return {
      ...rest,
      direction: 'in',
      ...(index !== undefined && { iif: index }),
      ...(pkttype && { pkttype }),
    };
  };
}

/** libpcap puts VLAN tags behind the cooked header. */
function behindTags(
  data: Uint8Array,
  at: number,
  protocol: number,
): Pick<CapturedLink, 'data' | 'tags' | 'type'> {
  const { type, data: rest, tags } = decodeTags(data.subarray(at), protocol);
  return { data: rest, ...(!isIpType(type) && { type }), ...tags };
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
  [14, bare],
  [101, bare],
  [108, loopback],
  [113, cooked({ header: 16, typeAt: 0, typeBytes: 2, protocolAt: 14 })],
  [228, bare],
  [229, bare],
  [239, readNflog],
  [276, cooked({ header: 20, typeAt: 10, typeBytes: 1, protocolAt: 0, indexAt: 4 })],
]);
