// Sysctls of IPv4 that are of the whole host: forwarding, ports, ICMP.
import { sysctls } from './define.ts';

/** `Documentation/networking/ip-sysctl.rst`, and what the kernel does. */
export const ipv4Sysctls = sysctls({
  'net.ipv4.ip_forward': {
    meaning:
      'Whether the host passes packets of IPv4 on that are not for itself. Without it they are dropped at routing, before the forward hook; no rule there sees them.',
    initial: 0,
    values: { 0: 'a host: nothing is forwarded', else: 'a router' },
    note: 'A change sets `net.ipv4.conf.*.forwarding` of every interface, and so takes back what was set there before.',
    source: 'net/ipv4/devinet.c: inet_forward_change',
  },
  'net.ipv4.ip_default_ttl': {
    meaning: 'The TTL of packets that the host sends itself, such as its refusals.',
    initial: 64,
    range: [1, 255],
    source: 'net/ipv4/sysctl_net_ipv4.c: ipv4_net_table',
  },
  'net.ipv4.ip_local_port_range': {
    meaning:
      'The ports from which programs of the host speak that did not choose one. Rules and translations to these ports, and programs that listen there, may meet such connections.',
    initial: '32768 60999',
    note: 'Translation of sources draws its ports from 1024-65535, or from the range of its rule, whatever stands here.',
    source: 'net/ipv4/inet_connection_sock.c: inet_sk_get_local_port_range',
  },
  'net.ipv4.ip_local_reserved_ports': {
    meaning: 'Ports that `ip_local_port_range` has, and that are not given to programs: `8080,9000-9010`.',
    initial: '',
    source: 'net/ipv4/inet_connection_sock.c: inet_is_local_reserved_port',
  },
  'net.ipv4.ip_nonlocal_bind': {
    meaning: 'Whether programs may bind an address that the host does not have, as with addresses that move.',
    initial: 0,
    values: { 0: 'only addresses of the host', else: 'any address' },
    source: 'include/net/inet_sock.h: inet_can_nonlocal_bind',
  },
  'net.ipv4.fwmark_reflect': {
    meaning:
      'Whether answers that the kernel makes itself (resets, ICMP) have the mark of the packet that they answer, so that they are routed by the same rule.',
    initial: 0,
    values: { 0: 'they have no mark', else: "the packet's mark" },
    source: 'include/net/ip.h: IP4_REPLY_MARK',
  },
  'net.ipv4.fib_multipath_hash_policy': {
    meaning: 'By what a route with several next hops shares packets out.',
    initial: 0,
    values: {
      0: 'by both addresses',
      1: 'by addresses, protocol and ports',
      2: 'by the inner addresses of tunnels',
      3: 'by the fields that `fib_multipath_hash_fields` names',
    },
    range: [0, 3],
    note: 'The hash has a seed that the kernel draws: a trace follows every next hop.',
    source: 'net/ipv4/route.c: fib_multipath_hash',
  },
  'net.ipv4.icmp_echo_ignore_all': {
    meaning: 'Whether pings to the host are left without an answer, whatever its rules say.',
    initial: 0,
    range: [0, 1],
    values: { 0: 'they are answered', 1: 'they are not' },
    source: 'net/ipv4/icmp.c: icmp_echo',
  },
  'net.ipv4.icmp_echo_ignore_broadcasts': {
    meaning: 'The same for pings to broadcast addresses and groups.',
    initial: 1,
    range: [0, 1],
    values: { 0: 'they are answered', 1: 'they are not' },
    source: 'net/ipv4/icmp.c: icmp_rcv',
  },
  'net.ipv4.icmp_errors_use_inbound_ifaddr': {
    meaning: 'From which address ICMP errors about packets for others come.',
    initial: 0,
    range: [0, 1],
    values: {
      0: 'that of the interface by which they leave',
      1: 'the first one of the interface that the packet came by',
    },
    source: 'net/ipv4/icmp.c: icmp_route_lookup, __icmp_send',
  },
  'net.ipv4.icmp_ratelimit': {
    meaning: 'The least time between two ICMP errors to one receiver.',
    initial: 1000,
    unit: 'milliseconds',
    values: { 0: 'no limit' },
    source: 'net/ipv4/icmp.c: icmpv4_xrlim_allow',
  },
});
