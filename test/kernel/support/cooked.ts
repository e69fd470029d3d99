// Captures of two tcpdumps that saw the same frames, one with the older cooked headers and one with the newer: which
// record of the one is which of the other (tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html, LINKTYPE_LINUX_SLL2.html).
import { type CapturedPacket, openCapture } from '../../../src/core/packet/capture.ts';
import { pcapHeader, pcapReader } from '../../../src/core/packet/pcap.ts';

/** A frame as one of them wrote it. */
export interface Cooked {
  readonly packet: CapturedPacket;
  /** What both headers say: kind of packet, kind of device, the sender's address. */
  readonly head: string;
  readonly body: Buffer;
}

/** Bytes of both headers. */
const sizes = new Map([
  [113, 16],
  [276, 20],
]);

/** All frames of a capture with either header. */
export function readCooked(file: Buffer, byIndex: ReadonlyMap<number, string>): readonly Cooked[] {
  const { packets } = openCapture({ byIndex }).push(file);
  const read = pcapReader(file.subarray(0, pcapHeader));
  let at = pcapHeader;
  return packets.map((packet) => {
    const record = read(file.subarray(at));
    if (record === 'more' || 'problem' in record || !record.frame) throw new Error('no such record');
    at += record.size;
    const { linkType, data } = record.frame;
    const bytes = Buffer.from(data);
    return { packet, head: headOf(linkType, bytes), body: bytes.subarray(sizes.get(linkType)) };
  });
}

/** Type of the packet, type of the device, length of the address, address. */
function headOf(linkType: number, bytes: Buffer): string {
  const [type, device, address] =
    linkType === 113
      ? [bytes.readUInt16BE(0), bytes.readUInt16BE(2), bytes.subarray(4, 14)]
      : [
          bytes.readUInt8(10),
          bytes.readUInt16BE(8),
          Buffer.concat([Buffer.alloc(1), bytes.subarray(11, 20)]),
        ];
  return `${type} ${device} ${address.toString('hex')}`;
}

/** Bytes of a VLAN tag, which only the older headers have before the packet. */
const tagSize = 4;

/**
 * Takes the oldest record out of `from` that is this one with the newer header. Their times may be different ones: the
 * kernel begins to note them for all a little after the first one asks (net/core/dev.c: net_enable_timestamp). Two
 * processors may bring frames in another order to each, but not what becomes of one frame.
 */
export function takeSame(from: Cooked[], { head, body, packet }: Cooked): Cooked {
  const at = from.findIndex(
    (one) =>
      one.head === head &&
      [body.length, body.length + tagSize].includes(one.body.length) &&
      one.body.subarray(-body.length).equals(body),
  );
  const [found] = at < 0 ? [] : from.splice(at, 1);
  if (!found) throw new Error(`only one tcpdump saw frame ${packet.number}: ${body.toString('hex')}`);
  return found;
}

/** Whether libpcap put a tag before the packet. */
export function isTagged(older: Cooked, { body }: Cooked): boolean {
  return older.body.length > body.length;
}
