// Frames that carry no IP packet, from bytes and back: RFC 826 for ARP; of all others the bytes are kept.
import { concat, readUint, viewOf, writeUint } from './bytes.ts';
import { arpSize, customerTag, etherTypeOf, framePacket, serviceTag, tagSize } from './frame.ts';
import type { Arp, LinkHeader, Packet, VlanTag } from './packet.ts';

/** Ethernet, IPv4, and the lengths of their addresses. */
const arpForIpv4 = 0x0001_0800_0604n;

/** What stands before what a frame carries. */
type Head = Pick<Packet, 'link' | 'tags'>;

/** The VLAN tags behind a type, and what follows them. */
export function decodeTags(
  bytes: Uint8Array,
  first: number,
): { readonly type: number; readonly data: Uint8Array; readonly tags: Pick<Packet, 'tags'> } {
  const found: VlanTag[] = [];
  let [type, data] = [first, bytes];
  while ((type === customerTag || type === serviceTag) && data.length >= tagSize) {
    found.push(decodeTag(Number(readUint(data, 0, 2)), type));
    type = Number(readUint(data, 2, 2));
    data = data.subarray(tagSize);
  }
  return { type, data, tags: found.length > 0 ? { tags: found } : {} };
}

function decodeTag(control: number, type: number): VlanTag {
  return {
    id: control & 0xfff,
    priority: control >> 13,
    ...((control & 0x1000) !== 0 && { dropEligible: true }),
    ...(type === serviceTag && { isService: true }),
  };
}

/** What stands behind the Ethernet header and its tags; text says why it can't be read. */
export function decodeFrame(bytes: Uint8Array, type: number, head: Head, isCut: boolean): Packet | string {
  const parts = { ...head, length: bytes.length };
  if (type === 0x0806 && bytes.length < arpSize && isCut) return 'ARP is cut off';
  const isArp = type === 0x0806 && bytes.length >= arpSize && readUint(bytes, 0, 6) === arpForIpv4;
  if (isArp) return framePacket(decodeArp(bytes), parts);
  return framePacket(
    { kind: 'other', type },
    { ...parts, ...(bytes.length > 0 && { payload: bytes.slice() }) },
  );
}

function decodeArp(bytes: Uint8Array): Arp {
  return {
    kind: 'arp',
    operation: Number(readUint(bytes, 6, 2)),
    senderMac: readUint(bytes, 8, 6),
    sender: readUint(bytes, 14, 4),
    targetMac: readUint(bytes, 18, 6),
    target: readUint(bytes, 24, 4),
  };
}

/** The bytes behind the Ethernet type; zeros fill the rest of the length. */
export function encodeFrame(packet: Packet): Uint8Array {
  const { frame, payload = new Uint8Array(), length } = packet;
  const known = frame?.kind === 'arp' ? encodeArp(frame) : payload;
  return concat(known, new Uint8Array(Math.max(0, length - known.length)));
}

function encodeArp({ operation, senderMac = 0n, sender, targetMac = 0n, target }: Arp): Uint8Array {
  const bytes = new Uint8Array(arpSize);
  writeUint(bytes, 0, 6, arpForIpv4);
  viewOf(bytes).setUint16(6, operation);
  writeUint(bytes, 8, 6, senderMac);
  writeUint(bytes, 14, 4, sender);
  writeUint(bytes, 18, 6, targetMac);
  writeUint(bytes, 24, 4, target);
  return bytes;
}

/** The Ethernet header of a packet, with its tags. */
export function encodeLink({ source, destination }: LinkHeader, packet: Packet): Uint8Array {
  const { tags = [] } = packet;
  const bytes = new Uint8Array(14 + tags.length * tagSize);
  writeUint(bytes, 0, 6, destination);
  writeUint(bytes, 6, 6, source);
  const view = viewOf(bytes);
  view.setUint16(12, etherTypeOf(packet));
  for (const [at, { id, priority, dropEligible }] of tags.entries()) {
    view.setUint16(14 + at * tagSize, (priority << 13) | (dropEligible ? 0x1000 : 0) | id);
    view.setUint16(16 + at * tagSize, etherTypeOf(packet, at + 1));
  }
  return bytes;
}
