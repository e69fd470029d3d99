// Frames that carry no IP packet, from bytes and back: RFC 826 for ARP; of all others the bytes are kept.
import { concat, readUint, viewOf, writeUint } from './bytes.ts';
import { arpSize, etherTypeOf, framePacket } from './frame.ts';
import type { Arp, LinkHeader, Packet } from './packet.ts';

/** Ethernet, IPv4, and the lengths of their addresses. */
const arpForIpv4 = 0x0001_0800_0604n;

/** What stands behind the Ethernet header; `problem` says why it can't be read. */
export function decodeFrame(
  bytes: Uint8Array,
  type: number,
  link: LinkHeader | undefined,
  isCut: boolean,
): Packet | string {
  const parts = { ...(link && { link }), length: bytes.length };
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

/** The Ethernet header of a packet. */
export function encodeLink({ source, destination }: LinkHeader, packet: Packet): Uint8Array {
  const bytes = new Uint8Array(14);
  writeUint(bytes, 0, 6, destination);
  writeUint(bytes, 6, 6, source);
  viewOf(bytes).setUint16(12, etherTypeOf(packet));
  return bytes;
}
