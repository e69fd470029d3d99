// One listed connection: its first packet as a new one, and how packets of both directions fare now that it exists.
import type { Entry } from '../conntrack/entry.ts';
import { conntrackTable } from '../conntrack/table.ts';
import type { Direction } from '../conntrack/tuple.ts';
import type { Injection, Packet } from '../packet/packet.ts';
import { lookupRoute } from '../topology/lookup.ts';
import type { TraceRequest } from '../trace/run.ts';
import { firstPacket, furtherPacket } from './first-packet.ts';

/** A question about one connection. */
export type ConnectionRequest = Omit<TraceRequest, 'injection' | 'connections'>;

/** Three packets to trace, each with what it meets. */
export interface ConnectionPackets {
  /** Its first packet, as if the connection did not exist. */
  readonly fresh: TraceRequest;
  /** A further packet of the side that began it. */
  readonly original: TraceRequest;
  /** A packet of the other side. */
  readonly reply: TraceRequest;
}

/** The packets of a connection that ask what becomes of it. */
export function connectionPackets(request: ConnectionRequest, entry: Entry): ConnectionPackets {
  const connections = conntrackTable([entry]);
  const first = firstPacket(entry, request.host);
  return {
    fresh: { ...request, injection: first },
    original: { ...request, connections, injection: { ...first, packet: furtherPacket(entry, 'original') } },
    reply: { ...request, connections, injection: answerTo(entry, request) },
  };
}

/**
 * Whether a packet that has passed was translated as its connection is. Without any nat chain the kernel leaves even known
 * connections as they are (net/netfilter/nf_nat_core.c: nf_nat_inet_fn is not hooked), and its peers do not know it.
 */
export function isTranslated({ original, reply }: Entry, direction: Direction, packet: Packet): boolean {
  const [sent, seen] = direction === 'original' ? [original, reply] : [reply, original];
  const halves = [
    [sent.source, seen.destination, packet.source],
    [sent.destination, seen.source, packet.destination],
  ] as const;
  return halves.every(([before, after, left]) => before === after || left !== before);
}

/** It comes from where routing would send packets to; sent by the host if the address is one of its own. */
function answerTo(entry: Entry, { host }: ConnectionRequest): Injection {
  const packet = furtherPacket(entry, 'reply');
  if (!host) return { packet, direction: 'in' };
  const back = lookupRoute(host, { family: packet.family, destination: packet.source });
  if (back.kind === 'local') return { packet, direction: 'out' };
  return { packet, direction: 'in', ...('device' in back && { iif: back.device }) };
}
