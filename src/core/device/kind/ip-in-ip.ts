// Packets of IP inside of packets of IP, with nothing between them.
import type { AddressFamily } from '../../datatype/address.ts';
import { encodePacket } from '../../packet/encode.ts';
import type { Packet } from '../../packet/packet.ts';
import type { Interface } from '../../topology/host.ts';
import type { DeviceKind } from '../define.ts';
import { pointToPoint, wrappedIn } from '../point-to-point.ts';
import {
  endSettings,
  fitOfEnds,
  limitSetting,
  type Outer,
  type Refused,
  refused,
  type Tunnel,
} from '../tunnel.ts';

/** Numbers of the protocols that are inside. */
const protocolOf = { 4: 4, 6: 41 } as const;

const ofPackets = { ...pointToPoint, carries: 'packets' } as const;

/** net/ipv4/ipip.c: ipip_tunnel_xmit, ipip_rcv. */
export const ipip: DeviceKind = {
  ...ofPackets,
  kind: 'ipip',
  summary: 'a tunnel of IPv4 in IPv4',
  settings: [...endSettings, { word: 'nopmtudisc', value: 'flag' }],
  tunnel: ipIn(4, [4]),
};

/** net/ipv6/sit.c: ipip6_tunnel_xmit, ipip6_rcv. */
export const sit: DeviceKind = {
  ...ofPackets,
  kind: 'sit',
  summary: 'a tunnel of IPv6 in IPv4',
  settings: [...endSettings, { word: 'nopmtudisc', value: 'flag' }],
  tunnel: ipIn(4, [6]),
};

/** net/ipv6/ip6_tunnel.c: ip6_tnl_start_xmit, ip6_tnl_rcv. Its packets have an option for the limit of tunnels in tunnels. */
export const ip6tnl: DeviceKind = {
  ...ofPackets,
  kind: 'ip6tnl',
  summary: 'a tunnel of IPv4 or IPv6 in IPv6',
  settings: [
    { word: 'mode', value: ['any', 'ip6ip6', 'ipip6'], json: 'proto', default: 'any' },
    ...endSettings,
    limitSetting,
  ],
  tunnel: {
    wrap: (one, inner) => ipIn(6, familiesOf(one)).wrap(one, inner),
    fits: (one, outer, inner) => ipIn(6, familiesOf(one)).fits(one, outer, inner),
  },
};

function familiesOf({ type }: Interface): readonly AddressFamily[] {
  const mode = type?.settings.mode;
  if (mode === 'ip6ip6') return [6];
  return mode === 'ipip6' ? [4] : [4, 6];
}

/** A tunnel through networks of one family for packets of some. */
function ipIn(family: AddressFamily, inside: readonly AddressFamily[]): Tunnel {
  return {
    wrap: (one, inner) =>
      inside.includes(inner.family)
        ? wrapped(one, inner, family)
        : refused(`\`${one.name}\` carries packets of IPv${inside[0]} alone`),
    fits: (one, outer, inner) =>
      outer.family === family && outer.protocol === protocolOf[inner.family] && inside.includes(inner.family)
        ? fitOfEnds(one, outer)
        : 0,
  };
}

function wrapped(one: Interface, inner: Packet, family: AddressFamily): Outer | Refused {
  const { link: _link, ...packet } = inner;
  const content = { protocol: protocolOf[inner.family], payload: encodePacket(packet) };
  return wrappedIn(family, one, inner, { ...content, otherwise: sixToFour(one, inner) });
}

/** RFC 3056: an address of 2002::/16 has that of its router inside (net/ipv6/sit.c: try_6rd). */
function sixToFour({ type }: Interface, { destination }: Packet): Outer['destination'] | undefined {
  if (type?.kind !== sit.kind || destination >> 112n !== 0x2002n) return undefined;
  return { family: 4, value: (destination >> 80n) & 0xffff_ffffn };
}
