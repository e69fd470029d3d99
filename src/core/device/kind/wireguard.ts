// WireGuard: packets inside of encrypted UDP, to and from peers that each have addresses of their own.
import type { Address } from '../../datatype/address.ts';
import { encodePacket } from '../../packet/encode.ts';
import { protocolNumber } from '../../packet/packet.ts';
import type { Interface } from '../../topology/host.ts';
import { sharesPrefix } from '../../topology/prefix.ts';
import type { DeviceKind } from '../define.ts';
import type { TunnelPeer } from '../device.ts';
import { type Endpoint, numberOf, refused, type Tunnel } from '../tunnel.ts';

/** drivers/net/wireguard/device.c: wg_xmit; receive.c: wg_packet_consume_data_done; allowedips.c: lookup. */
const inUdp: Tunnel = {
  wrap: (one, inner, answersTo) => {
    const peer = peerOf(one, { family: inner.family, value: inner.destination });
    if (!peer) return refused(`no peer of \`${one.name}\` has the destination in its allowed IPs`);
    const endpoint = endpointOf(peer) ?? answersTo;
    if (!endpoint) return refused(`where its peer is \`${one.name}\` learns only when that one speaks`);
    const { link: _link, ...packet } = inner;
    return {
      kind: 'outer',
      destination: endpoint.address,
      protocol: protocolNumber.udp,
      ports: { sport: numberOf(one, 'listen-port') ?? 51_820, dport: endpoint.port },
      payload: message(encodePacket(packet).length),
      ttl: 64,
      dscp: 0,
      ecn: inner.ecn === 3 ? 2 : (inner.ecn ?? 0),
      dontFragment: false,
      assumptions: [
        `the handshake of \`${one.name}\` passes as its data does, and the keys of both ends fit`,
        ...(numberOf(one, 'listen-port') === undefined
          ? [`\`${one.name}\` listens on 51820: its \`listen-port\` is not said`]
          : []),
      ],
    };
  },
  fits: (one, { transport }, inner) =>
    transport.kind === 'udp' &&
    transport.dport === (numberOf(one, 'listen-port') ?? 51_820) &&
    peerOf(one, { family: inner.family, value: inner.source })
      ? 1
      : 0,
};

/** The peer with the narrowest network that an address is in. */
function peerOf({ type }: Interface, { family, value }: Address): TunnelPeer | undefined {
  const fitting = (type?.peers ?? []).flatMap((peer) =>
    peer.allowed
      .filter((one) => one.family === family && sharesPrefix(family, one.value, value, one.length))
      .map(({ length }) => ({ peer, length })),
  );
  return fitting.toSorted((one, other) => other.length - one.length)[0]?.peer;
}

function endpointOf({ endpoint }: TunnelPeer): Endpoint | undefined {
  return endpoint && { address: { family: endpoint.family, value: endpoint.value }, port: endpoint.port };
}

/** A data message: its head, the packet filled up to 16 bytes, and the proof that nobody changed it (messages.h). */
function message(size: number): Uint8Array {
  const bytes = new Uint8Array(16 + Math.ceil(size / 16) * 16 + 16);
  bytes[0] = 4;
  return bytes;
}

export const wireguard: DeviceKind = {
  kind: 'wireguard',
  networkd: 'WireGuard',
  netplan: 'tunnels',
  summary: 'an encrypted tunnel in UDP; each `peer` has its addresses',
  settings: [{ word: 'listen-port', value: 'number', networkd: 'ListenPort', netplan: 'port', set: 'other' }],
  made: 'link',
  lower: 'none',
  carries: 'packets',
  mac: 'own',
  transmit: (at, frame) => [{ kind: 'wrap', at, frame }],
  tunnel: inUdp,
};
