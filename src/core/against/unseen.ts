// What no capture has: where they hold packets of one side only, the other side's answers to the beginnings of TCP
// connections are taken as come, since their packets go on, and what windows allow is not judged.
import type { Injection, Packet } from '../packet/packet.ts';
import { tcpFlag } from '../packet/packet.ts';
import { replyTo } from '../policy-test/reply.ts';
import type { Host } from '../topology/host.ts';
import type { Way } from '../trace/step.ts';

/** The answers that must have come. */
export interface UnseenAnswers {
  /** The one that the sender of this packet has had before it, once; undefined: none that matters. */
  readonly before: (packet: Packet) => Injection | undefined;
  /** Takes down a packet that went on, and how it left. */
  readonly note: (packet: Packet, way: Way, left: Packet | undefined) => void;
}

/** None were taken down yet. */
export function unseenAnswers(): UnseenAnswers {
  const open = new Map<string, { readonly way: Way; readonly left: Packet }>();
  return {
    before: (packet) => {
      const key = keyOf(packet);
      const begun = open.get(key);
      const { transport } = packet;
      if (!begun || transport.kind !== 'tcp' || !hasOnlyAck(transport.flags)) return undefined;
      open.delete(key);
      const reply = replyTo({ ...begun.way, packet: begun.left, unknownParts: [] });
      if (reply?.packet.transport.kind !== 'tcp') return undefined;
      const numbered = { ...reply.packet.transport, seq: transport.ack - 1, numbered: true } as const;
      return { ...reply, packet: { ...reply.packet, transport: numbered } };
    },
    note: (packet, way, left) => {
      const { transport } = packet;
      if (transport.kind === 'tcp' && transport.flags === tcpFlag.syn && left)
        open.set(keyOf(packet), { way, left });
    },
  };
}

function hasOnlyAck(flags: number): boolean {
  return (flags & (tcpFlag.syn | tcpFlag.ack | tcpFlag.rst)) === tcpFlag.ack;
}

function keyOf({ family, source, destination, transport }: Packet): string {
  const ports = 'sport' in transport ? `${transport.sport} ${transport.dport}` : '';
  return `${family} ${source} ${destination} ${ports}`;
}

/** Windows are not known from one side alone (net/netfilter/nf_conntrack_proto_tcp.c: tcp_in_window). */
export function withoutWindows(host: Host): Host {
  return { ...host, sysctls: new Map([...host.sysctls, ['net.netfilter.nf_conntrack_tcp_be_liberal', '1']]) };
}
