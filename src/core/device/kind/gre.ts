// GRE: packets or frames inside of packets of IP, with a header that may have a key (RFC 2784, RFC 2890).
import type { AddressFamily } from '../../datatype/address.ts';
import { concat, readUint, viewOf } from '../../packet/bytes.ts';
import { checksum } from '../../packet/checksum.ts';
import { encodePacket } from '../../packet/encode.ts';
import { etherTypeOf } from '../../packet/frame.ts';
import { type Packet, protocolNumber } from '../../packet/packet.ts';
import type { Interface } from '../../topology/host.ts';
import type { DeviceKind } from '../define.ts';
import { pointToPoint, wrappedIn } from '../point-to-point.ts';
import {
  endSettings,
  fitOfEnds,
  limitSetting,
  numberOf,
  type Outer,
  type Refused,
  type Tunnel,
} from '../tunnel.ts';

const ethernet = 0x6558;
const flag = { checksum: 0x8000, key: 0x2000, sequence: 0x1000 } as const;

const settings = [
  ...endSettings,
  { word: 'key', value: 'number', networkd: 'Key', netplan: 'key' },
  { word: 'ikey', value: 'number', networkd: 'InputKey', netplan: 'keys.input' },
  { word: 'okey', value: 'number', networkd: 'OutputKey', netplan: 'keys.output' },
  { word: 'csum', value: 'flag' },
  { word: 'seq', value: 'flag' },
] as const;

const overIpv4 = [...settings, { word: 'nopmtudisc', value: 'flag' }] as const;

/** net/ipv4/ip_gre.c: ipgre_xmit, ipgre_rcv. */
export const gre: DeviceKind = {
  ...pointToPoint,
  kind: 'gre',
  summary: 'a tunnel of packets in GRE over IPv4',
  settings: overIpv4,
  carries: 'packets',
  tunnel: inGre(4),
};

/** net/ipv4/ip_gre.c: gre_tap_xmit. */
export const gretap: DeviceKind = {
  ...pointToPoint,
  kind: 'gretap',
  summary: 'a tunnel of Ethernet frames in GRE over IPv4',
  settings: overIpv4,
  carries: 'frames',
  tunnel: inGre(4, ethernet),
};

/** net/ipv6/ip6_gre.c: ip6gre_tunnel_xmit, ip6gre_rcv. */
export const ip6gre: DeviceKind = {
  ...pointToPoint,
  kind: 'ip6gre',
  summary: 'a tunnel of packets in GRE over IPv6',
  settings: [...settings, limitSetting],
  carries: 'packets',
  tunnel: inGre(6),
};

/** net/ipv6/ip6_gre.c: ip6erspan and ip6gretap. */
export const ip6gretap: DeviceKind = {
  ...pointToPoint,
  kind: 'ip6gretap',
  summary: 'a tunnel of Ethernet frames in GRE over IPv6',
  settings: [...settings, limitSetting],
  carries: 'frames',
  tunnel: inGre(6, ethernet),
};

function inGre(family: AddressFamily, type?: number): Tunnel {
  return {
    wrap: (one, inner) => wrapped(one, inner, family, type),
    fits: (one, outer) => {
      const { family: found, protocol, payload = new Uint8Array() } = outer;
      if (found !== family || protocol !== protocolNumber.gre) return 0;
      const isTap = Number(readUint(payload, 2, 2)) === ethernet;
      return isTap === (type !== undefined) && hasKey(one, payload) ? fitOfEnds(one, outer) : 0;
    },
  };
}

/** net/ipv4/ip_tunnel.c: ip_tunnel_key_match: a tunnel without a key gets what has none. */
function hasKey(one: Interface, header: Uint8Array): boolean {
  const flags = Number(readUint(header, 0, 2));
  const at = (flags & flag.checksum) === 0 ? 4 : 8;
  const key = (flags & flag.key) === 0 ? undefined : Number(readUint(header, at, 4));
  return key === (numberOf(one, 'ikey') ?? numberOf(one, 'key'));
}

function wrapped(one: Interface, inner: Packet, family: AddressFamily, type?: number): Outer | Refused {
  const { link: _link, ...packet } = inner;
  const content = encodePacket(type === undefined ? packet : inner);
  const payload = withHeader(one, content, type ?? etherTypeOf(inner));
  return wrappedIn(family, one, inner, { protocol: protocolNumber.gre, payload });
}

/** Each flag has a word of its own, in this order; the sequence number is not known. */
function withHeader(one: Interface, content: Uint8Array, type: number): Uint8Array {
  const key = numberOf(one, 'okey') ?? numberOf(one, 'key');
  const { csum, seq } = one.type?.settings ?? {};
  const head = new Uint8Array(4 + (csum ? 4 : 0) + (key === undefined ? 0 : 4) + (seq ? 4 : 0));
  const view = viewOf(head);
  const flags = [csum && flag.checksum, key !== undefined && flag.key, seq && flag.sequence];
  view.setUint16(
    0,
    flags.reduce<number>((sum, one_) => sum | (one_ || 0), 0),
  );
  view.setUint16(2, type);
  if (key !== undefined) view.setUint32(csum ? 8 : 4, key);
  if (csum) view.setUint16(4, checksum(concat(head, content)));
  return concat(head, content);
}
