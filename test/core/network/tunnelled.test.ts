// The packets around what tunnels send, and which tunnel a packet is for.
import { describe, expect, test } from 'vitest';
import { tunnelFor, wrapPacket } from '../../../src/core/network/tunnelled.ts';
import { decodePacket } from '../../../src/core/packet/decode.ts';
import { encodePacket } from '../../../src/core/packet/encode.ts';
import { formatPacket } from '../../../src/core/packet/format.ts';
import type { Packet } from '../../../src/core/packet/packet.ts';
import { parsePacketSpec } from '../../../src/core/packet/spec.ts';
import { carriedBy } from '../../../src/core/packet/tunnel.ts';
import type { Host } from '../../../src/core/topology/host.ts';
import { policyOf } from '../../support/policy.ts';

function hostWith(interfaces: string): Host {
  const [host] = policyOf(`host gw {
    interface "eth0" { address 192.0.2.1/24; address 2001:db8::1/64 }
    ${interfaces}
  }`).hosts;
  if (!host) throw new Error('no host');
  return host;
}

function packetOf(spec: string): Packet {
  const { value } = parsePacketSpec({ name: 'packet', text: spec });
  if (!value) throw new Error(`no packet: ${spec}`);
  return value.packet;
}

function sentBy(host: Host, device: string, inner: Packet): Packet | string {
  const one = host.interfaces.find(({ name }) => name === device);
  if (!one) throw new Error(`no ${device}`);
  const sent = wrapPacket(host, one, inner);
  if (sent.kind === 'refused') return sent.why;
  if (sent.kind === 'handed') return `handed to ${sent.by.device}`;
  return sent.packet;
}

const [inner, inner6, frame] = [
  packetOf('out udp 10.0.0.1:1 -> 10.0.0.9:2 ttl 7 len 60'),
  packetOf('out udp [fd00::1]:1 -> [fd00::9]:2 len 60'),
  packetOf('in eth0 udp 10.0.0.1:1 -> 10.0.0.9:2 mac 02:00:00:00:00:01 dmac 02:00:00:00:00:02 len 60'),
];

describe('a packet around another', () => {
  test.each([
    ['type ipip remote 192.0.2.9', inner, 80, 7, 'IPIP'],
    ['type ipip remote 192.0.2.9 ttl 33', inner, 80, 33, 'IPIP'],
    ['type sit remote 192.0.2.9 local 192.0.2.1', inner6, 80, 64, 'IPv6 in IP'],
    ['type gre remote 192.0.2.9', inner, 84, 7, 'GRE'],
    ['type gre remote 192.0.2.9 key 5 csum seq', inner6, 96, 64, 'GRE'],
    ['type gretap remote 192.0.2.9', frame, 98, 64, 'GRE with Ethernet'],
    ['type ip6gre remote 2001:db8::9', inner, 112, 64, 'GRE'],
    ['type ip6gre remote 2001:db8::9 encaplimit none key 9', inner6, 108, 64, 'GRE'],
    ['type ip6tnl remote 2001:db8::9 encaplimit none', inner6, 100, 64, 'IPv6 in IP'],
    ['type vxlan id 42 remote 192.0.2.9 dstport 4789', frame, 110, 64, 'VXLAN 42'],
  ])('%s', (type, packet, length, ttl, name) => {
    const host = hostWith(`interface "t0" { ${type} }`);
    const outer = sentBy(host, 't0', packet);
    if (typeof outer === 'string') throw new Error(outer);
    expect(outer).toMatchObject({ length, ttl });
    expect(carriedBy(outer)).toContain(`${name}: udp ${formatPacket(packet).split(' ')[1]}`);
    const { value } = decodePacket(encodePacket(outer), 'none');
    expect(value).toMatchObject({ length, source: outer.source, destination: outer.destination });
    const back = { ...outer, source: outer.destination, destination: outer.source };
    expect(tunnelFor(host, back, packet)?.name).toBe('t0');
  });

  test.each([
    ['type ipip remote 192.0.2.9', inner6, '`t0` carries packets of IPv4 alone'],
    ['type sit', inner6, '`t0` has no `remote`: where it sends to is not said'],
    ['type vxlan id 1', frame, '`t0` has neither `remote` nor `group`: where stations are is not said'],
    ['type wireguard', inner, 'no peer of `t0` has the destination in its allowed IPs'],
    [
      'type wireguard; peer allowed-ips 10.0.0.0/8',
      inner,
      'where its peer is `t0` learns only when that one speaks',
    ],
    ['type gre remote 198.51.100.1', inner, 'gw has no way to the other end of `t0`'],
    ['type ipvlan mode l3 link "eth0"', inner, 'handed to eth0'],
  ])('%s: %s', (type, packet, why) => {
    expect(sentBy(hostWith(`interface "t0" { ${type} }`), 't0', packet)).toBe(why);
  });

  test('6to4 finds the router in the address', () => {
    const outer = sentBy(
      hostWith('interface "t0" { type sit local 192.0.2.1 }'),
      't0',
      packetOf('out udp [2002:c000:201::1]:1 -> [2002:c000:209::1]:2'),
    );
    expect(outer).toMatchObject({ destination: 0xc0000209n });
  });
});

/** The packet that another host would send by a tunnel of that description. */
function sentFrom(source: string, type: string, packet: Packet): Packet {
  const [other] = policyOf(`host other {
    interface "eth0" { address ${source}/24 }
    interface "t0" { ${type} }
  }`).hosts;
  const outer = other && sentBy(other, 't0', packet);
  if (outer === undefined || typeof outer === 'string') throw new Error(outer);
  return outer;
}

describe('the tunnel of a packet', () => {
  const host = hostWith(`
    interface "any" { type gre key 7 }
    interface "near" { type gre local 192.0.2.1 key 7 }
    interface "far" { type gre remote 192.0.2.9 key 7 }
    interface "both" { type gre local 192.0.2.1 remote 192.0.2.8 key 7 }
    interface "bare" { type gre remote 192.0.2.9 }
    interface "out7" { type gre remote 192.0.2.7 ikey 1 okey 2 }
    interface "wg0" { type wireguard listen-port 51820
      peer endpoint 192.0.2.9:51820 allowed-ips 10.0.0.0/8
      peer endpoint 192.0.2.7:51820 allowed-ips 10.0.0.8/29 }
    interface "v1" { type vxlan id 1 remote 192.0.2.9 }
    interface "v2" { type vxlan id 2 remote 192.0.2.9 }
    interface "v3" { type vxlan id 3 remote 192.0.2.9; down }
  `);

  test.each([
    ['192.0.2.5', 'type gre remote 192.0.2.1 key 7', 'near'],
    ['192.0.2.9', 'type gre remote 192.0.2.1 key 7', 'far'],
    ['192.0.2.8', 'type gre remote 192.0.2.1 key 7', 'both'],
    ['192.0.2.9', 'type gre remote 192.0.2.1', 'bare'],
    ['192.0.2.9', 'type gre remote 192.0.2.1 key 8', undefined],
    ['192.0.2.7', 'type gre remote 192.0.2.1 ikey 2 okey 1', 'out7'],
    ['192.0.2.9', 'type gretap remote 192.0.2.1', undefined],
    ['192.0.2.9', 'type vxlan id 2 remote 192.0.2.1', 'v2'],
    ['192.0.2.9', 'type vxlan id 3 remote 192.0.2.1', undefined],
    ['192.0.2.9', 'type vxlan id 2 remote 192.0.2.1 dstport 4789', undefined],
    ['192.0.2.9', 'type wireguard; peer endpoint 192.0.2.1:51820 allowed-ips 0.0.0.0/0', 'wg0'],
  ])('from %s by %s: %s', (source, type, expected) => {
    const packet = type.includes('vxlan') || type.includes('gretap') ? frame : inner;
    expect(tunnelFor(host, sentFrom(source, type, packet), packet)?.name).toBe(expected);
  });

  test('WireGuard sends to the peer with the narrowest network', () => {
    expect(sentBy(host, 'wg0', inner)).toMatchObject({ destination: 0xc0000207n, length: 20 + 8 + 32 + 64 });
  });
});
