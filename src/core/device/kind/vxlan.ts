// VXLAN: Ethernet frames inside of UDP, between hosts that share a number (RFC 7348).
import { concat, readUint, viewOf } from '../../packet/bytes.ts';
import { encodePacket } from '../../packet/encode.ts';
import { protocolNumber } from '../../packet/packet.ts';
import type { Interface } from '../../topology/host.ts';
import type { DeviceKind } from '../define.ts';
import { addressOf, numberOf, outerHeader, refused, sentFrom, type Tunnel } from '../tunnel.ts';

/** What the kernel takes without `dstport`; the number of IANA is 4789. */
const usualPort = 8472;

/** drivers/net/vxlan/vxlan_core.c: vxlan_xmit_one, vxlan_rcv. Neither end of a packet is held to `local` or `remote`. */
const inUdp: Tunnel = {
  wrap: (one, inner) => {
    const destination = addressOf(one, 'remote') ?? addressOf(one, 'group');
    if (!destination)
      return refused(`\`${one.name}\` has neither \`remote\` nor \`group\`: where stations are is not said`);
    const header = new Uint8Array(8);
    viewOf(header).setUint32(0, 0x0800_0000);
    viewOf(header).setUint32(4, (numberOf(one, 'id') ?? 0) << 8);
    return {
      kind: 'outer',
      destination,
      ...sentFrom(one),
      protocol: protocolNumber.udp,
      ports: { sport: 49_152, dport: portOf(one) },
      payload: concat(header, encodePacket(inner)),
      ...outerHeader(one, inner, { ttl: false }),
      dontFragment: one.type?.settings.df === 'set',
      assumptions: [
        `the source port of \`${one.name}\` is 49152: the kernel takes one by a hash of the inner packet`,
      ],
    };
  },
  fits: (one, { transport, payload = new Uint8Array() }) =>
    transport.kind === 'udp' &&
    transport.dport === portOf(one) &&
    (payload[0] ?? 0) & 8 &&
    Number(readUint(payload, 4, 3)) === numberOf(one, 'id')
      ? 1
      : 0,
};

function portOf(one: Interface): number {
  return numberOf(one, 'dstport') ?? usualPort;
}

export const vxlan: DeviceKind = {
  kind: 'vxlan',
  networkd: 'VXLAN',
  netplan: 'tunnels',
  summary: 'an Ethernet between hosts, in UDP: frames of all that have its number',
  settings: [
    { word: 'id', value: 'number', networkd: 'VNI', netplan: 'id', needed: true },
    { word: 'remote', value: 'address', networkd: 'Remote', netplan: 'remote' },
    { word: 'group', value: 'address', networkd: 'Group' },
    { word: 'local', value: 'address', networkd: 'Local', netplan: 'local' },
    { word: 'dev', value: 'device', json: 'link' },
    {
      word: 'dstport',
      value: 'number',
      networkd: 'DestinationPort',
      netplan: 'port',
      json: 'port',
      default: usualPort,
    },
    { word: 'ttl', value: 'inheritable', networkd: 'TTL', netplan: 'ttl', default: 0 },
    { word: 'tos', value: 'inheritable', networkd: 'TOS', netplan: 'type-of-service', default: 0 },
    { word: 'df', value: ['set', 'unset', 'inherit'], default: 'unset' },
  ],
  made: 'link',
  lower: 'none',
  carries: 'frames',
  mac: 'own',
  transmit: (at, frame) => [{ kind: 'wrap', at, frame }],
  tunnel: inUdp,
};
