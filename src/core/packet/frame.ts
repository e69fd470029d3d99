// Frames that carry no IP packet: making them, and the numbers that tell what a frame carries.
import { type Frame, type Injection, type LinkHeader, notFragmented, type Packet } from './packet.ts';

/** Bytes of ARP for IPv4 over Ethernet. */
export const arpSize = 28;

/** Everybody on a link. */
export const everybody = 0xffff_ffff_ffffn;

/** The lowest bit of the first byte: the frame is for many stations. */
const groupBit = 1n << 40n;

/** Operations of ARP that ask; the others answer. */
const requests: ReadonlySet<number> = new Set([1, 3, 8]);

const etherTypes = { 4: 0x0800, 6: 0x86dd } as const;
const arpType = 0x0806;

/** The least number that is a type and no length (IEEE 802.3, 3.2.6). */
const leastType = 0x0600;

/** What only a frame has. */
export interface FrameParts extends Pick<Packet, 'link' | 'tags'> {
  readonly payload?: Uint8Array;
  /** Bytes behind the Ethernet header; as many as are known if absent. */
  readonly length?: number | undefined;
}

/** A frame as a packet; what belongs to IP is a stand-in. */
export function framePacket(frame: Frame, { link, tags, payload, length }: FrameParts): Packet {
  return {
    family: 4,
    source: 0n,
    destination: 0n,
    protocol: 0,
    ttl: 64,
    dscp: 0,
    fragment: notFragmented,
    transport: { kind: 'opaque' },
    length: length ?? frameSize({ frame, ...(payload && { payload }) }),
    frame,
    ...(link && { link }),
    ...(tags && { tags }),
    ...(payload && { payload }),
  };
}

/** Bytes of all that is known of a frame, without its Ethernet header. */
export function frameSize({ frame, payload }: Pick<Packet, 'frame' | 'payload'>): number {
  return frame?.kind === 'arp' ? arpSize : (payload?.length ?? 0);
}

/** Whether ARP asks: such frames are for everybody on the link. */
export function isArpRequest(operation: number): boolean {
  return requests.has(operation);
}

/** The number that stands where Ethernet has the type, behind so many VLAN tags. */
export function etherTypeOf({ family, frame, tags = [] }: Packet, behind = 0): number {
  const tag = tags[behind];
  if (tag) return tag.isService ? serviceTag : customerTag;
  if (!frame) return etherTypes[family];
  return frame.kind === 'arp' ? arpType : frame.type;
}

/** 802.1Q and 802.1ad. */
export const customerTag = 0x8100;
export const serviceTag = 0x88a8;

/**
 * A packet as rules see it: the outermost VLAN tag is taken off, and behind another one there is no IP packet for them
 * (net/core/skbuff.c: skb_vlan_untag).
 */
export function seenPacket(packet: Packet): Packet {
  const { tags: [outermost, ...others] = [], link, length } = packet;
  if (!outermost || others.length === 0) return packet;
  return framePacket(
    { kind: 'other', type: etherTypeOf(packet, 1) },
    { ...(link && { link }), tags: [outermost], length: length + others.length * tagSize },
  );
}

/** Bytes of a VLAN tag. */
export const tagSize = 4;

/** Without its outermost VLAN tag. */
export function untagged({ tags = [], ...packet }: Packet): Packet {
  return tags.length > 1 ? { ...packet, tags: tags.slice(1) } : packet;
}

/**
 * The kernel's name of what a frame carries, behind the VLAN tag that it takes off: of one with a length it is 802.2
 * (net/ethernet/eth.c: eth_type_trans).
 */
export function networkProtocolOf(packet: Packet): number {
  const type = etherTypeOf(packet, 1);
  if (type >= leastType) return type;
  const [first, second] = packet.payload ?? [];
  return first === 0xff && second === 0xff ? 1 : 4;
}

/** How a device with this address takes a frame (net/ethernet/eth.c: eth_type_trans); undefined where that is not known. */
export function packetTypeAt(link: LinkHeader | undefined, mac: bigint | undefined): Injection['pkttype'] {
  if (!link || link.destination === 0n) return undefined;
  if (link.destination === everybody) return 'broadcast';
  if (isForMany(link)) return 'multicast';
  if (mac === undefined) return undefined;
  return link.destination === mac ? 'host' : 'other';
}

/** Whether a frame is for many stations; undefined where its address was not said. */
export function isForMany({ destination }: LinkHeader): boolean | undefined {
  return destination === 0n ? undefined : (destination & groupBit) !== 0n;
}
