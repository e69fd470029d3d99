// The hosts of random cases: all have the same devices and networks, so that any packet fits any of them; they differ in
// their routes, rules, sysctls, further addresses and MTUs.
import { loadPolicy } from '../../../src/core/load.ts';
import type { Host } from '../../../src/core/topology/host.ts';

const forwarding = `  sysctl net.ipv4.ip_forward = 1
  sysctl net.ipv6.conf.all.forwarding = 1
`;

/** The kernel soon stops sending redirects, each host for itself. */
const withoutRedirects = `  sysctl net.ipv4.conf.all.send_redirects = 0
  sysctl net.ipv4.conf.a0.send_redirects = 0
  sysctl net.ipv4.conf.b0.send_redirects = 0
`;

/** What an ICMP error says of an MTU is forgotten: the namespace would remember it for the cases behind. */
const common = `${forwarding}${withoutRedirects}  sysctl net.ipv4.ip_no_pmtu_disc = 2
  listen none
`;

/** Conntrack takes every segment; routes of a second table by a mark. */
const usual = `
  interface "a0" { address 10.0.1.1/24; address fd00:1::1/64 }
  interface "b0" { address 10.0.2.1/24; address fd00:2::1/64 }
  route default via 10.0.1.9 dev "a0"
  route default via 10.0.2.9 dev "b0" table 100
  route unreachable 192.0.2.0/24
  route prohibit 192.0.3.0/24
  rule fwmark 0x1 lookup 100
  sysctl net.netfilter.nf_conntrack_tcp_be_liberal = 1
`;

/**
 * Several addresses on an interface, sources checked strictly, rules by source, mask of a mark, interface and port. Routes
 * refuse what is forwarded in silence: the kernel holds such errors back after a few. A raw socket says no ports to routing.
 */
const strict = `
  interface "a0" { address 10.0.1.1/24; address 10.0.1.50/24; address fd00:1::1/64; address fd00:1::50/64 }
  interface "b0" { address 10.0.2.6/32; address 10.0.2.1/24; address fd00:2::1/64; address fd00:9::1/64 }
  route default via 10.0.2.9 dev "b0"
  route ip6 default via fd00:2::9 dev "b0"
  route default via 10.0.1.9 dev "a0" table 100
  route ip6 default via fd00:1::9 dev "a0" table 100
  route blackhole 10.0.2.3/32 table 101
  route throw 10.0.2.2/32 table 101
  route blackhole default table 101
  route prohibit fd00:2::3/128 table 101
  rule priority 10 fwmark 0x1/0x1 lookup 100
  rule ip6 priority 10 fwmark 0x1/0x1 lookup 100
  rule priority 11 from 10.0.1.3/32 iif "a0" lookup 101
  rule ip6 priority 11 from fd00:1::3/128 lookup 101
  rule priority 12 fwmark 0x2/0x2 lookup 254 suppress_prefixlength 0
  rule priority 13 iif "a0" ipproto udp dport 53 to 198.51.100.0/24 lookup 100
  sysctl net.ipv4.conf.all.rp_filter = 1
`;

/** Sources checked loosely, by their mark too; small MTUs. */
const loose = `
  interface "a0" { address 10.0.1.1/24; address fd00:1::1/64 }
  interface "b0" { address 10.0.2.1/24; address fd00:2::1/64; mtu 1280 }
  route default via 10.0.2.9 dev "b0" mtu 1000
  route 198.51.100.0/24 via 10.0.1.9 dev "a0" mtu lock 700
  route default dev "a0" table 100
  route ip6 default dev "a0" table 100
  route blackhole 10.0.2.3/32 table 100
  rule fwmark 0x1 lookup 100
  rule ip6 fwmark 0x1 lookup 100
  rule not fwmark 0x0/0x2 blackhole
  sysctl net.ipv4.conf.all.rp_filter = 2
  sysctl net.ipv4.conf.all.src_valid_mark = 1
`;

/** One side lets in what looks like its own, the other does not forward. */
const lenient = `
  interface "a0" { address 10.0.1.1/24; address fd00:1::1/64 }
  interface "b0" { address 10.0.2.1/24; address 10.0.9.9/32; address fd00:2::1/64; address fd00:9::9/128 }
  route default via 10.0.1.9 dev "a0"
  route local 10.0.2.8/32 dev "lo"
  route fd00:9::/64 dev "a0"
  rule iif "lo" to 198.51.100.0/24 unreachable
  sysctl net.ipv4.conf.a0.accept_local = 1
  sysctl net.ipv4.conf.a0.route_localnet = 1
  sysctl net.ipv4.conf.b0.forwarding = 0
  sysctl net.netfilter.nf_conntrack_tcp_loose = 0
`;

const hosts = [usual, strict, loose, lenient].map(read);

/** The host of a block of cases. */
export function hostOfBlock(block: number): Host {
  const host = hosts[block % hosts.length];
  if (!host) throw new Error('there are no hosts');
  return host;
}

function read(lines: string): Host {
  const { value, diagnostics } = loadPolicy({ name: 'host', text: `host dut {${lines}${common}}\n` }, 'hook');
  const host = value?.hosts[0];
  if (!host) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return { ...host, hasPrograms: false };
}
