// What captures see, as tests write it: the same for what a trace says and for what tcpdump wrote.
import { decodePacket } from '../../src/core/packet/decode.ts';
import { encodePacket } from '../../src/core/packet/encode.ts';
import type { Frame, LinkHeader, Packet, Transport } from '../../src/core/packet/packet.ts';
import type { CaptureStep } from '../../src/core/trace/step.ts';
import { packetText } from './wire-fixture.ts';

/** One packet at one interface, without its Ethernet header, of which such captures have less than half. */
export function captureText(direction: CaptureStep['direction'], device: string, packet: Packet): string {
  const { link, frame, ...bare } = packet;
  if (bare.tags && bare.tags.length > 1) return unreadText(direction, device);
  const text = packetText(frame ? { ...bare, frame: complete(frame, link) } : onTheWire(bare));
  return `${direction} ${device}  ${text}`;
}

/** A packet with two VLAN tags. */
export function unreadText(direction: CaptureStep['direction'], device: string): string {
  return `${direction} ${device}  behind two tags`;
}

/** The addresses that ARP speaks of are written where they are not those of the frame. */
function complete(frame: Frame, link: LinkHeader | undefined): Frame {
  if (frame.kind !== 'arp') return frame;
  const senderMac = frame.senderMac ?? link?.source;
  return { ...frame, ...(senderMac !== undefined && { senderMac }) };
}

/** With all bytes that its length says. The kernel numbers its own packets, which errors quote. */
function onTheWire({ tags, ...packet }: Packet): Packet {
  const { value = packet } = decodePacket(encodePacket(packet));
  return { ...value, ...(tags && { tags }), transport: unnumbered(value.transport) };
}

function unnumbered(transport: Transport): Transport {
  if (transport.kind !== 'icmp' || !transport.inner) return transport;
  const { identification: _identification, ...inner } = transport.inner;
  return { ...transport, inner };
}
