// The same packet of another transport protocol, with a transport header that a sender would give it.
import { isIcmp } from './icmp-kind.ts';
import { type Packet, protocolNumber, type Tcp, type Transport, tcpFlag, type Udp } from './packet.ts';
import { knownSize } from './size.ts';

/** As a client that nobody has asked for a port would have it; its destination port is that of HTTP. */
const usualPorts = { sport: 40_000, dport: 80 };

const echoRequest = { icmp: 8, icmpv6: 128 } as const;

/** Ports stay, where both protocols have them; the first packet of TCP, an echo request of ICMP. */
export function withProtocol(packet: Packet, protocol: number): Packet {
  if (packet.protocol === protocol) return packet;
  const { nextHeader: _next, payload: _payload, ...rest } = packet;
  const changed = { ...rest, protocol, transport: transportOf(packet, protocol) };
  return { ...changed, length: knownSize(changed) };
}

function transportOf({ transport, family }: Packet, protocol: number): Transport {
  const { sport, dport } = hasPorts(transport) ? transport : usualPorts;
  if (protocol === protocolNumber.tcp)
    return { kind: 'tcp', sport, dport, flags: tcpFlag.syn, seq: 0, ack: 0, window: 65_535 };
  if (protocol === protocolNumber.udp || protocol === protocolNumber.udplite)
    return { kind: 'udp', sport, dport };
  if (!isIcmp(protocol)) return { kind: 'opaque' };
  const type = family === 4 ? echoRequest.icmp : echoRequest.icmpv6;
  return { kind: 'icmp', type, code: 0, id: 0, sequence: 0 };
}

/** Whether a transport header has ports that a trace knows. */
export function hasPorts(transport: Transport): transport is Tcp | Udp {
  return transport.kind === 'tcp' || transport.kind === 'udp';
}
