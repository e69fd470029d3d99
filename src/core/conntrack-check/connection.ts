// One listed connection: its first packet as a new one, and how packets of both directions fare now that it exists.
import type { Entry } from '../conntrack/entry.ts';
import { conntrackTable } from '../conntrack/table.ts';
import type { Tuple } from '../conntrack/tuple.ts';
import { type Injection, tcpFlag } from '../packet/packet.ts';
import { lookupRoute } from '../topology/lookup.ts';
import type { TraceRequest } from '../trace/run.ts';
import { firstPacket, packetOfTuple } from './first-packet.ts';

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
    original: { ...request, connections, injection: { ...first, packet: goingOn(first.packet) } },
    reply: { ...request, connections, injection: answerTo(entry.reply, request) },
  };
}

/** Behind the first packet TCP packets have ACK and no SYN. */
function goingOn(packet: Injection['packet']): Injection['packet'] {
  const { transport } = packet;
  return transport.kind === 'tcp'
    ? { ...packet, transport: { ...transport, flags: tcpFlag.ack, seq: 1, ack: 1 } }
    : packet;
}

/** It comes from where routing would send packets to; sent by the host if the address is one of its own. */
function answerTo(tuple: Tuple, { host }: ConnectionRequest): Injection {
  const packet = goingOn(packetOfTuple(tuple));
  if (!host) return { packet, direction: 'in' };
  const back = lookupRoute(host, { family: packet.family, destination: packet.source });
  if (back.kind === 'local') return { packet, direction: 'out' };
  return { packet, direction: 'in', ...('device' in back && { iif: back.device }) };
}
