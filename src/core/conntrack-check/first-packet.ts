// The packet that began a tracked connection, as far as its original tuple tells.
import type { Entry } from '../conntrack/entry.ts';
import type { Tuple } from '../conntrack/tuple.ts';
import {
  type Injection,
  notFragmented,
  type Packet,
  protocolNumber,
  type Transport,
  tcpFlag,
} from '../packet/packet.ts';
import type { Host } from '../topology/host.ts';
import { lookupRoute } from '../topology/lookup.ts';

/**
 * A first packet of the connection, and where it entered: sent by the host if the source is one of its addresses,
 * else received on the interface that its answers go back by. Without host facts that interface is unknown.
 */
export function firstPacket(entry: Entry, host: Host | undefined): Injection {
  const packet = packetOfTuple(entry.original);
  if (!host) return { packet, direction: 'in' };
  const back = lookupRoute(host, { family: packet.family, destination: packet.source });
  if (back.kind === 'local') return { packet, direction: 'out' };
  return { packet, direction: 'in', ...('device' in back && { iif: back.device }) };
}

/** A packet in the direction of a tuple; of TCP one that begins a connection. */
export function packetOfTuple({ family, protocol, source, destination, layer4 }: Tuple): Packet {
  const transport = transportOf(protocol, layer4);
  const length = (family === 4 ? 20 : 40) + transportLength(transport);
  return {
    family,
    protocol,
    source,
    destination,
    ttl: 64,
    dscp: 0,
    length,
    fragment: notFragmented,
    transport,
  };
}

/** TCP connections begin with a SYN, whatever the entry has come to. */
function transportOf(protocol: number, layer4: Tuple['layer4']): Transport {
  if (layer4.kind === 'icmp') {
    const { type, code, id } = layer4;
    return { kind: 'icmp', type, code, id, sequence: 0 };
  }
  if (layer4.kind !== 'ports') return { kind: 'opaque' };
  const { sport, dport } = layer4;
  if (protocol === protocolNumber.tcp)
    return { kind: 'tcp', sport, dport, flags: tcpFlag.syn, seq: 0, ack: 0, window: 65535 };
  if (protocol === protocolNumber.udp || protocol === protocolNumber.udplite)
    return { kind: 'udp', sport, dport };
  return { kind: 'opaque' };
}

function transportLength({ kind }: Transport): number {
  return kind === 'tcp' ? 20 : kind === 'opaque' ? 0 : 8;
}
