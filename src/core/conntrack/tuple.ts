// A conntrack tuple: one direction of a connection, as nf_conntrack_tuple holds it.
import type { AddressFamily } from '../datatype/address.ts';
import { type Packet, protocolNumber } from '../packet/packet.ts';

/** include/net/netfilter/nf_conntrack_tuple.h: struct nf_conntrack_tuple. */
export interface Tuple {
  readonly family: AddressFamily;
  readonly protocol: number;
  readonly source: bigint;
  readonly destination: bigint;
  readonly layer4: TupleLayer4;
}

/** The protocol's own part of the key. */
export type TupleLayer4 =
  | { readonly kind: 'ports'; readonly sport: number; readonly dport: number }
  | { readonly kind: 'icmp'; readonly type: number; readonly code: number; readonly id: number }
  | { readonly kind: 'gre'; readonly sourceKey: number; readonly destinationKey: number }
  | { readonly kind: 'none' };

export type Direction = 'original' | 'reply';

/** IPv4 ICMP requests and their replies, RFC 792 and RFC 950: nf_conntrack_proto_icmp.c: invmap. */
const icmpPairs: ReadonlyMap<number, number> = paired([8, 0], [13, 14], [15, 16], [17, 18]);

/** ICMPv6 echo and node information, RFC 4443 and RFC 4620: nf_conntrack_proto_icmpv6.c: invmap. */
const icmpv6Pairs: ReadonlyMap<number, number> = paired([128, 129], [139, 140]);

function paired(...pairs: readonly (readonly [number, number])[]): ReadonlyMap<number, number> {
  return new Map(pairs.flatMap(([request, reply]) => [[request, reply] as const, [reply, request] as const]));
}

/**
 * The tuple of the direction in which this packet goes (nf_conntrack_core.c: nf_ct_get_tuple). Undefined where the
 * header that holds it is not in the packet: a later fragment, or a truncated packet.
 */
export function tupleOf(packet: Packet): Tuple | undefined {
  const layer4 = packet.fragment.offset === 0 ? layer4Of(packet) : undefined;
  const { family, protocol, source, destination } = packet;
  return layer4 && { family, protocol, source, destination, layer4 };
}

function layer4Of(packet: Packet): TupleLayer4 | undefined {
  const { transport } = packet;
  switch (transport.kind) {
    case 'tcp':
    case 'udp':
      return { kind: 'ports', sport: transport.sport, dport: transport.dport };
    case 'icmp':
      return { kind: 'icmp', type: transport.type, code: transport.code, id: transport.id };
    case 'opaque':
      return opaqueLayer4(packet);
  }
}

/** Protocols that the packet vocabulary does not decode: their keys are read from the payload. */
function opaqueLayer4({ protocol, payload }: Packet): TupleLayer4 | undefined {
  switch (protocol) {
    case protocolNumber.gre:
      return greLayer4(payload ?? new Uint8Array());
    case protocolNumber.sctp:
      return sctpLayer4(payload ?? new Uint8Array());
    case protocolNumber.tcp:
    case protocolNumber.udp:
    case protocolNumber.udplite:
    case protocolNumber.icmp:
    case protocolNumber.icmpv6:
      return undefined;
    default:
      return { kind: 'none' };
  }
}

/** nf_conntrack_proto_gre.c: gre_pkt_to_tuple. Only version 1 that carries PPP (PPTP) has a key, its call id. */
function greLayer4(header: Uint8Array): TupleLayer4 | undefined {
  const version = (header[1] ?? 0) & 7;
  if (version !== 1) return { kind: 'gre', sourceKey: 0, destinationKey: 0 };
  if (word(header, 2) !== 0x880b) return undefined;
  return { kind: 'gre', sourceKey: 0, destinationKey: word(header, 6) };
}

function sctpLayer4(header: Uint8Array): TupleLayer4 | undefined {
  if (header.length < 8) return undefined;
  return { kind: 'ports', sport: word(header, 0), dport: word(header, 2) };
}

function word(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

/**
 * The tuple of the other direction (nf_conntrack_core.c: nf_ct_invert_tuple); undefined for an ICMP message that
 * has no counterpart.
 */
export function invert(tuple: Tuple): Tuple | undefined {
  const layer4 = invertLayer4(tuple);
  return layer4 && { ...tuple, source: tuple.destination, destination: tuple.source, layer4 };
}

function invertLayer4({ family, layer4 }: Tuple): TupleLayer4 | undefined {
  switch (layer4.kind) {
    case 'ports':
      return { kind: 'ports', sport: layer4.dport, dport: layer4.sport };
    case 'gre':
      return { kind: 'gre', sourceKey: layer4.destinationKey, destinationKey: layer4.sourceKey };
    case 'none':
      return layer4;
    case 'icmp': {
      const type = icmpAnswer(family, layer4.type);
      return type === undefined ? undefined : { ...layer4, type };
    }
  }
}

/** The type of the message that answers another one, if there is one. */
export function icmpAnswer(family: AddressFamily, type: number): number | undefined {
  return (family === 4 ? icmpPairs : icmpv6Pairs).get(type);
}

/** A text that two tuples share exactly if they are equal: the key of maps. */
export function tupleKey(tuple: Tuple): string {
  const { family, protocol, source, destination, layer4 } = tuple;
  return `${family}/${protocol} ${source} ${destination} ${layer4Key(layer4)}`;
}

function layer4Key(layer4: TupleLayer4): string {
  switch (layer4.kind) {
    case 'ports':
      return `${layer4.sport} ${layer4.dport}`;
    case 'icmp':
      return `${layer4.type} ${layer4.code} ${layer4.id}`;
    case 'gre':
      return `${layer4.sourceKey} ${layer4.destinationKey}`;
    case 'none':
      return '';
  }
}

/** Whether both name the same direction of the same connection. */
export function sameTuple(one: Tuple, other: Tuple): boolean {
  return tupleKey(one) === tupleKey(other);
}
