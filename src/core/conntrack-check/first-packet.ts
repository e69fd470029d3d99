// The packet that began a tracked connection, as far as its original tuple tells.
import type { Entry } from '../conntrack/entry.ts';
import { chunkType } from '../conntrack/sctp-chunk.ts';
import type { Direction, Tuple } from '../conntrack/tuple.ts';
import { writeSctpChecksum } from '../packet/crc32c.ts';
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
function packetOfTuple({ family, protocol, source, destination, layer4 }: Tuple): Packet {
  const transport = transportOf(protocol, layer4);
  const payload = payloadOf(protocol, layer4);
  const length = (family === 4 ? 20 : 40) + transportLength(transport) + (payload?.length ?? 0);
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
    ...(payload && { payload }),
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

/** What conntrack reads itself of protocols that a packet has no words for. */
function payloadOf(protocol: number, layer4: Tuple['layer4']): Uint8Array | undefined {
  if (layer4.kind === 'gre') return callOf(layer4.destinationKey);
  if (layer4.kind === 'ports' && protocol === protocolNumber.sctp) return sctpPacket(layer4, sctpInit);
  return undefined;
}

/** The enhanced header of PPTP (RFC 2637, 4.1) has the key of its receiver; other tunnels have none in their tuples. */
function callOf(key: number): Uint8Array | undefined {
  if (key === 0) return undefined;
  const header = new Uint8Array(8);
  new DataView(header.buffer).setUint32(0, 0x3001_880b);
  new DataView(header.buffer).setUint16(6, key);
  return header;
}

/** A chunk that is empty but for its type. */
interface Chunk {
  readonly type: number;
  readonly length: number;
  /** Of the association; that of an INIT is 0. */
  readonly tag: number;
}

/** What begins an association (RFC 9260, 3.3.2), and what goes through it. */
const sctpInit: Chunk = { type: chunkType.init, length: 20, tag: 0 };
const sctpData: Chunk = { type: chunkType.data, length: 16, tag: 1 };

function sctpPacket({ sport, dport }: { sport: number; dport: number }, chunk: Chunk): Uint8Array {
  const bytes = new Uint8Array(12 + chunk.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, sport);
  view.setUint16(2, dport);
  view.setUint32(4, chunk.tag);
  view.setUint8(12, chunk.type);
  view.setUint16(14, chunk.length);
  if (chunk.type === chunkType.init) view.setUint32(16, 1);
  writeSctpChecksum(bytes);
  return bytes;
}

/** What stands in place of the first packet once a connection is known. */
type Further = 'begin' | 'answer' | 'go-on';

/**
 * The packet that goes on with a connection as it is: a side that is still beginning says so again, or is answered, as
 * conntrack takes anything else for invalid (net/netfilter/nf_conntrack_proto_tcp.c: tcp_conntracks).
 */
export function furtherPacket(entry: Entry, direction: Direction): Packet {
  const tuple = entry[direction];
  const packet = packetOfTuple(tuple);
  const { transport } = packet;
  if (transport.kind === 'tcp') {
    const flags = tcpFlags[furtherOf(entry.protocolState, direction)];
    return { ...packet, transport: { ...transport, flags, seq: 1, ack: 1 } };
  }
  if (tuple.protocol !== protocolNumber.sctp || tuple.layer4.kind !== 'ports') return packet;
  const payload = sctpPacket(tuple.layer4, sctpData);
  return { ...packet, payload, length: packet.length - sctpInit.length + sctpData.length };
}

const tcpFlags: Readonly<Record<Further, number>> = {
  begin: tcpFlag.syn,
  answer: tcpFlag.syn | tcpFlag.ack,
  'go-on': tcpFlag.ack,
};

function furtherOf(state: string | undefined, direction: Direction): Further {
  if (state === 'SYN_SENT2') return 'answer';
  if (state === 'SYN_SENT') return direction === 'original' ? 'begin' : 'answer';
  return state === 'SYN_RECV' && direction === 'reply' ? 'answer' : 'go-on';
}

function transportLength({ kind }: Transport): number {
  return kind === 'tcp' ? 20 : kind === 'opaque' ? 0 : 8;
}
