// The answer to a packet, as the other end of its connection would send it.
import type { Injection, Packet, Transport } from '../packet/packet.ts';
import { tcpFlag } from '../packet/packet.ts';
import type { Way } from '../trace/step.ts';

/** The answer to the packet as it left: received where it went out, or sent by this host if it was delivered here. */
export function replyTo(way: Way): Injection | undefined {
  if (way.verdict !== 'accept' || way.unknownParts.length > 0) return undefined;
  const packet = answerTo(way.packet);
  if (!packet) return undefined;
  if (way.fate === 'delivered-local') return { packet, direction: 'out' };
  return way.out === undefined ? undefined : { packet, direction: 'in', iif: way.out };
}

/** Addresses and ports exchanged; undefined where no answer is usual (an ICMP error, a frame without IP). */
function answerTo(packet: Packet): Packet | undefined {
  if (packet.frame) return undefined;
  const transport = answerTransport(packet.transport, packet.family);
  if (!transport) return undefined;
  const { link: _link, ...rest } = packet;
  return { ...rest, source: packet.destination, destination: packet.source, ttl: 64, transport };
}

function answerTransport(transport: Transport, family: Packet['family']): Transport | undefined {
  switch (transport.kind) {
    case 'tcp':
      return {
        ...exchangePorts(transport),
        flags: answerFlags(transport.flags),
        seq: 0,
        ack: transport.seq + 1,
      };
    case 'udp':
      return exchangePorts(transport);
    case 'icmp': {
      const type = echoReplies[family].get(transport.type);
      return type === undefined ? undefined : { ...transport, type };
    }
    case 'opaque':
      return transport;
  }
}

function exchangePorts<T extends { readonly sport: number; readonly dport: number }>(ports: T): T {
  return { ...ports, sport: ports.dport, dport: ports.sport };
}

/** RFC 9293, 3.5: SYN is answered by SYN and ACK, everything else is acknowledged. */
function answerFlags(flags: number): number {
  return flags & tcpFlag.syn && !(flags & tcpFlag.ack) ? tcpFlag.syn | tcpFlag.ack : tcpFlag.ack;
}

const echoReplies = {
  4: new Map([
    [8, 0],
    [13, 14],
    [15, 16],
    [17, 18],
  ]),
  6: new Map([
    [128, 129],
    [139, 140],
  ]),
};
