// Short ways to say packets and what conntrack makes of a series of them.
import { confirm } from '../../../../src/core/conntrack/confirm.ts';
import type { Entry } from '../../../../src/core/conntrack/entry.ts';
import { type ConntrackTable, conntrackTable } from '../../../../src/core/conntrack/table.ts';
import { type Tracked, type TrackOptions, track } from '../../../../src/core/conntrack/track.ts';
import { parseAddress } from '../../../../src/core/datatype/address.ts';
import {
  notFragmented,
  type Packet,
  protocolNumber,
  type Transport,
  tcpFlag,
} from '../../../../src/core/packet/packet.ts';

/** An address as a number. */
export function ip(text: string): bigint {
  const address = parseAddress(text);
  if (!address) throw new Error(`no address: ${text}`);
  return address.value;
}

/** A packet around a transport header. */
export function packetOf(
  source: string,
  destination: string,
  protocol: number,
  transport: Transport,
): Packet {
  const family = source.includes(':') ? 6 : 4;
  const sizes = { ttl: 64, dscp: 0, length: 40, fragment: notFragmented };
  return { family, source: ip(source), destination: ip(destination), protocol, transport, ...sizes };
}

/** `10.0.0.1:1024` in two. */
function ends(text: string): { readonly host: string; readonly port: number } {
  const cut = text.lastIndexOf(':');
  return { host: text.slice(0, cut), port: Number(text.slice(cut + 1)) };
}

export function udp(from: string, to: string): Packet {
  const [source, destination] = [ends(from), ends(to)];
  const transport = { kind: 'udp', sport: source.port, dport: destination.port } as const;
  return packetOf(source.host, destination.host, protocolNumber.udp, transport);
}

const flagLetters: Readonly<Record<string, number>> = {
  F: tcpFlag.fin,
  S: tcpFlag.syn,
  R: tcpFlag.rst,
  P: tcpFlag.psh,
  A: tcpFlag.ack,
  U: tcpFlag.urg,
  E: tcpFlag.ecn,
  C: tcpFlag.cwr,
};

/** A TCP packet with flags as letters, `SA`; `null` for none. */
export function tcp(from: string, to: string, letters = 'S'): Packet {
  const [source, destination] = [ends(from), ends(to)];
  const flags =
    letters === 'null' ? 0 : letters.split('').reduce((sum, letter) => sum | (flagLetters[letter] ?? 0), 0);
  const ports = { sport: source.port, dport: destination.port };
  const transport = { kind: 'tcp', ...ports, flags, seq: 0, ack: 0, window: 64_240 } as const;
  return packetOf(source.host, destination.host, protocolNumber.tcp, transport);
}

/** An ICMP message of the family of its addresses. */
export function icmp(
  source: string,
  destination: string,
  type: number,
  details: { readonly code?: number; readonly id?: number; readonly inner?: Packet } = {},
): Packet {
  const { code = 0, id = 0, inner } = details;
  const transport = { kind: 'icmp', type, code, id, sequence: 1, ...(inner && { inner }) } as const;
  const protocol = source.includes(':') ? protocolNumber.icmpv6 : protocolNumber.icmp;
  return packetOf(source, destination, protocol, transport);
}

/** A protocol that the packet vocabulary does not decode, with its bytes. */
export function opaque(
  source: string,
  destination: string,
  protocol: number,
  bytes: readonly number[] = [],
): Packet {
  const packet = packetOf(source, destination, protocol, { kind: 'opaque' });
  return { ...packet, payload: Uint8Array.from(bytes) };
}

/** Tracks a packet and confirms its connection: a host that lets everything pass. */
export function pass(table: ConntrackTable, packet: Packet, options: TrackOptions = {}): Tracked {
  const tracked = track(table, packet, options);
  if (!tracked.entry || tracked.state === 'related') return tracked;
  const confirmation = confirm(tracked.table, tracked.entry);
  return { ...tracked, table: confirmation.table };
}

/** The table after these packets. */
export function tableAfter(packets: readonly Packet[], options: TrackOptions = {}): ConntrackTable {
  return packets.reduce((table, packet) => pass(table, packet, options).table, conntrackTable());
}

/** The only entry of a table, or undefined for an empty one. */
export function only(table: ConntrackTable): Entry | undefined {
  const [entry, ...more] = table.entries();
  if (more.length > 0) throw new Error(`${more.length + 1} entries`);
  return entry;
}
