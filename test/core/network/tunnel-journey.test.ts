// Packets that travel inside of others: each kind of tunnel between two hosts with a router in between, also as the port
// of a bridge.
import { describe, expect, test } from 'vitest';
import { parseAddress } from '../../../src/core/datatype/address.ts';
import { travelIn } from '../../../src/core/network/journey.ts';
import { networkOf } from '../../../src/core/network/network.ts';
import { type Reach, reach } from '../../../src/core/network/reach.ts';
import { policyOf } from '../../support/policy.ts';

function network(router: string): string {
  return `
host a {
  interface "eth0" { address 192.0.2.1/24 }
  interface "gre1" { type gre local 192.0.2.1 remote 198.51.100.1; address 10.1.0.1/30 }
  interface "vx0" { type vxlan id 7 local 192.0.2.1 remote 198.51.100.1 dstport 4789; address 10.2.0.1/24 }
  interface "wg0" { type wireguard listen-port 51820; address 10.3.0.1/24; peer endpoint 198.51.100.1:51820 allowed-ips 10.3.0.2/32 }
  interface "ipip1" { type ipip local 192.0.2.1 remote 198.51.100.1; address 10.4.0.1/30 }
  interface "br0" { type bridge; address 10.5.0.1/24 }
  interface "vx5" { type vxlan id 8 local 192.0.2.1 remote 198.51.100.1 dstport 4789; master "br0" }
  route default via 192.0.2.254
}
host b {
  interface "eth0" { address 198.51.100.1/24 }
  interface "gre1" { type gre local 198.51.100.1 remote 192.0.2.1; address 10.1.0.2/30 }
  interface "vx0" { type vxlan id 7 local 198.51.100.1 remote 192.0.2.1 dstport 4789; address 10.2.0.2/24 }
  interface "wg0" { type wireguard listen-port 51820; address 10.3.0.2/24; peer allowed-ips 10.3.0.1/32 }
  interface "ipip1" { type ipip local 198.51.100.1 remote 192.0.2.1; address 10.4.0.2/30 }
  interface "br0" { type bridge; address 10.5.0.2/24 }
  interface "vx5" { type vxlan id 8 local 198.51.100.1 remote 192.0.2.1 dstport 4789; master "br0" }
  interface "p1" { master "br0" }
  route default via 198.51.100.254
}
host vm { interface "eth0" { address 10.5.0.3/24 } }
host r {
  interface "a0" { address 192.0.2.254/24; mtu 1400 }
  interface "b0" { address 198.51.100.254/24; mtu 1400 }
  sysctl net.ipv4.ip_forward = 1
  table ip filter { chain forward type filter hook forward priority 0 policy accept { ${router} } }
}
link la { a "eth0"; r "a0" }
link lb { b "eth0"; r "b0" }
link lv { b "p1"; vm "eth0" }
`;
}

function ask(router: string, from: string, to: string): Reach {
  const address = parseAddress(to);
  if (!address) throw new Error(`no address: ${to}`);
  return reach(travelIn(networkOf(policyOf(network(router)))), { host: from }, address, { kind: 'ping' });
}

describe('tunnels', () => {
  test.each([
    ['gre', '10.1.0.2', 'ip protocol gre drop'],
    ['vxlan', '10.2.0.2', 'udp dport 4789 drop'],
    ['wireguard', '10.3.0.2', 'udp dport 51820 drop'],
    ['ipip', '10.4.0.2', 'ip protocol 4 drop'],
    ['vxlan in a bridge', '10.5.0.2', 'udp dport 4789 drop'],
    ['vxlan in a bridge, to a machine behind it', '10.5.0.3', 'udp dport 4789 drop'],
  ])('%s: the outer packet meets the rules in between', (_, to, drop) => {
    const open = ask('', 'a', to);
    expect(open.failure).toBeUndefined();
    expect(open.verdict).toBe('yes');
    expect(open.journeys[0]?.hops.some(({ host }) => host === 'r')).toBe(true);
    expect(ask(drop, 'a', to)).toMatchObject({ verdict: 'no', failure: { host: 'r', direction: 'there' } });
  });

  test('a peer of WireGuard without an endpoint is spoken to once it has spoken', () => {
    expect(ask('', 'b', '10.3.0.1')).toMatchObject({ verdict: 'no', failure: { host: 'b', device: 'wg0' } });
  });
});
