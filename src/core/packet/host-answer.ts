// The packets that a host answers others with by itself: ICMP errors, resets, echo replies. Where routing still chooses
// the source it is 0.
import type { IcmpKind, Packet, Tcp } from './packet.ts';
import { notFragmented, protocolNumber, tcpFlag } from './packet.ts';
import { ipHeaderSize, knownSize } from './size.ts';

/** So much of the packet it speaks of fits an error: RFC 1812 4.3.2.3 (576 bytes in all), RFC 4443 2.4 (1280). */
const quotedAtMost = { 4: 576 - 20 - 8, 6: 1280 - 40 - 8 } as const;

/** What is the same in all answers. */
export interface AnswerHeader {
  readonly source: bigint;
  readonly ttl: number;
}

/**
 * An error about a packet (net/ipv4/icmp.c: __icmp_send, net/ipv6/icmp.c: icmp6_send). For IPv4 it is internetwork
 * control traffic and keeps the four bits that were once the type of service. What it quotes of the payload is left out,
 * and counts in its length.
 */
export function icmpError(cause: Packet, { type, code }: IcmpKind, header: AnswerHeader): Packet {
  const { link: _link, tags: _tags, payload: _payload, ...inner } = cause;
  const tos = ((cause.dscp << 2) | (cause.ecn ?? 0)) & 0x1e;
  const error = {
    ...answerTo(cause, header),
    protocol: cause.family === 4 ? protocolNumber.icmp : protocolNumber.icmpv6,
    dscp: cause.family === 4 ? (tos | 0xc0) >> 2 : 0,
    ...(cause.family === 4 && (tos & 3) !== 0 && { ecn: tos & 3 }),
    transport: { kind: 'icmp', type, code, id: 0, sequence: 0, inner } as const,
  };
  const quoted = Math.min(cause.length, quotedAtMost[cause.family]);
  return { ...error, length: ipHeaderSize(error) + 8 + quoted };
}

/** Below IP an error quotes a little less (net/ipv4/netfilter/nf_reject_ipv4.c: nf_reject_skb_v4_unreach, nf_reject_ipv6.c). */
const quotedBelowIp = { 4: 536, 6: 1220 } as const;

/** An error that is sent below IP: with no service class, and not to be fragmented. */
export function icmpErrorBelowIp(cause: Packet, kind: IcmpKind, header: AnswerHeader): Packet {
  const { ecn: _ecn, ...error } = icmpError(cause, kind, header);
  const quoted = Math.min(cause.length, quotedBelowIp[cause.family]);
  return {
    ...error,
    dscp: 0,
    fragment: { ...notFragmented, dontFragment: cause.family === 4 },
    length: ipHeaderSize(error) + 8 + quoted,
  };
}

/** A reset (net/ipv4/netfilter/nf_reject_ipv4.c: nf_reject_ip_tcphdr_put, net/ipv4/tcp_ipv4.c: tcp_v4_send_reset). */
export function tcpReset(cause: Packet, tcp: Tcp, header: AnswerHeader, dscp: number): Packet {
  const numbers =
    tcp.flags & tcpFlag.ack
      ? { flags: tcpFlag.rst, seq: tcp.ack, ack: 0 }
      : { flags: tcpFlag.rst | tcpFlag.ack, seq: 0, ack: behind(cause, tcp) };
  const reset = {
    ...answerTo(cause, header),
    protocol: protocolNumber.tcp,
    dscp,
    fragment: { ...notFragmented, dontFragment: cause.family === 4 },
    transport: {
      kind: 'tcp',
      sport: tcp.dport,
      dport: tcp.sport,
      window: 0,
      ...numbers,
      ...(tcp.numbered && { numbered: true as const }),
    } as const,
  };
  return { ...reset, length: knownSize(reset) };
}

/** The sequence number behind a segment. */
function behind(packet: Packet, { seq, flags, optionBytes = 0 }: Tcp): number {
  const marks = (flags & tcpFlag.syn ? 1 : 0) + (flags & tcpFlag.fin ? 1 : 0);
  return (seq + marks + packet.length - ipHeaderSize(packet) - 20 - optionBytes) >>> 0;
}

/** An echo or timestamp with everything that it carries, under the type of its reply (net/ipv4/icmp.c: icmp_reply). */
export function icmpReply(request: Packet, type: number, header: AnswerHeader): Packet {
  const { ecn, payload, transport, dscp, length } = request;
  if (transport.kind !== 'icmp') throw new Error('only ICMP has replies');
  return {
    ...answerTo(request, header),
    protocol: request.protocol,
    dscp,
    length,
    transport: { ...transport, type },
    ...(ecn !== undefined && { ecn }),
    ...(payload && { payload }),
  };
}

function answerTo({ family, source: destination }: Packet, { source, ttl }: AnswerHeader) {
  return { family, source, destination, ttl, fragment: notFragmented };
}
