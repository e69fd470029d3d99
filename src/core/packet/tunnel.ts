// What a packet carries inside, for people: rules see the outer packet only.
import { readUint, viewOf } from './bytes.ts';
import { decodePacket } from './decode.ts';
import { formatPacket } from './format.ts';
import { type Packet, protocolNumber } from './packet.ts';

/**
 * What is inside of a tunnel's packet, as far as it is there: `GRE: tcp 10.0.0.1:5 -> 10.0.0.2:80 syn`. Undefined for
 * other packets. VXLAN and WireGuard are taken by their usual ports and the shape of their headers.
 */
export function carriedBy(packet: Packet): string | undefined {
  const { protocol, payload, fragment, transport } = packet;
  if (!payload || fragment.offset > 0) return undefined;
  const read = transport.kind === 'udp' ? byPort.get(transport.dport) : byProtocol.get(protocol);
  return read?.(payload);
}

type Read = (bytes: Uint8Array) => string | undefined;

/** A packet behind so many bytes. */
function inside(name: string, bytes: Uint8Array, link: 'ethernet' | 'none' = 'none'): string {
  const { value, diagnostics } = decodePacket(bytes, link, true);
  if (!value) return `${name}: ${diagnostics[0]?.message}`;
  const { payload: _, ...headers } = value;
  return `${name}: ${formatPacket(headers)}`;
}

/** RFC 2784 and RFC 2890: flags tell which words follow; RFC 2637 has another header. */
const gre: Read = (bytes) => {
  if (bytes.length < 4) return undefined;
  const view = viewOf(bytes);
  const [flags, type] = [view.getUint16(0), view.getUint16(2)];
  if ((flags & 7) === 1) return `GRE with PPP, of PPTP call ${bytes.length < 8 ? '?' : view.getUint16(6)}`;
  const words = [0x8000, 0x2000, 0x1000].filter((flag) => (flags & flag) !== 0).length;
  const behind = bytes.subarray(4 + words * 4);
  if (type === 0x0800 || type === 0x86dd) return inside('GRE', behind);
  return type === 0x6558 ? inside('GRE with Ethernet', behind, 'ethernet') : undefined;
};

const security =
  (name: string, at: number): Read =>
  (bytes) =>
    bytes.length < at + 4
      ? undefined
      : `${name}, SPI 0x${readUint(bytes, at, 4).toString(16).padStart(8, '0')}`;

const byProtocol: ReadonlyMap<number, Read> = new Map([
  [4, (bytes) => inside('IPIP', bytes)],
  [41, (bytes) => inside('IPv6 in IP', bytes)],
  [protocolNumber.gre, gre],
  [protocolNumber.esp, security('ESP', 0)],
  [protocolNumber.ah, security('AH', 4)],
]);

/** RFC 7348: of the flags only that of the network id is set. */
const vxlan: Read = (bytes) =>
  bytes[0] === 8 && bytes.length >= 8
    ? inside(`VXLAN ${readUint(bytes, 4, 3)}`, bytes.subarray(8), 'ethernet')
    : undefined;

const messages = ['', 'a handshake', 'the answer of a handshake', 'a cookie', 'data'] as const;

/** Four kinds of messages, each with three zeros behind its number (wireguard.com/protocol). */
const wireguard: Read = (bytes) => {
  const kind = messages[bytes[0] ?? 0];
  return kind && bytes.length >= 16 && readUint(bytes, 1, 3) === 0n ? `WireGuard, ${kind}` : undefined;
};

const natTraversal: Read = (bytes) =>
  bytes.length >= 4 && readUint(bytes, 0, 4) !== 0n ? security('ESP', 0)(bytes) : undefined;

const byPort: ReadonlyMap<number, Read> = new Map([
  [4789, vxlan],
  [51820, wireguard],
  [4500, natTraversal],
]);
