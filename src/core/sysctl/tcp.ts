// Sysctls of TCP that touch what a policy does; those of IPv4 are for IPv6, too.
import { sysctls } from './define.ts';

/** `Documentation/networking/ip-sysctl.rst`. */
export const tcpSysctls = sysctls({
  'net.ipv4.tcp_syncookies': {
    meaning:
      'Whether a server whose queue of half-open connections is full answers SYN packets by a number that it can check later, instead of dropping them. It is for programs of this host, not for what is forwarded.',
    initial: 1,
    range: [0, 255],
    values: { 0: 'never', 1: 'while the queue is full', 2: 'always' },
    note: 'SYN proxies of rules (`synproxy`, SYNPROXY) make their cookies whatever stands here.',
    source: 'net/ipv4/tcp_input.c: tcp_syn_flood_action',
  },
  'net.ipv4.tcp_tw_reuse': {
    meaning:
      'Whether a new connection that this host begins may take the port of one that has just ended. It needs TCP timestamps.',
    initial: 2,
    range: [0, 2],
    values: { 0: 'never', 1: 'always', 2: 'on the loopback interface' },
    note: "It is about the host's own connections: those that it translates for others have the ports and timestamps of their senders. The switch that broke hosts behind translation was `tcp_tw_recycle`, which Linux 4.12 removed.",
    source: 'net/ipv4/tcp_ipv4.c: tcp_twsk_unique',
  },
  'net.ipv4.tcp_timestamps': {
    meaning: 'Whether connections of the host have timestamps (RFC 7323).',
    initial: 1,
    range: [0, 255],
    values: { 0: 'none', 1: 'with an offset for each connection', 2: 'without' },
    source: 'net/ipv4/tcp_output.c: tcp_syn_options',
  },
  'net.ipv4.tcp_l3mdev_accept': {
    meaning:
      'Whether a program that is bound to no interface takes connections that come in by the ports of VRFs, too.',
    initial: 0,
    range: [0, 1],
    values: { 0: 'only what comes in by others', 1: 'from all VRFs' },
    source: 'include/net/inet_sock.h: inet_sk_bound_dev_eq',
  },
  'net.ipv4.udp_l3mdev_accept': {
    meaning: 'As `net.ipv4.tcp_l3mdev_accept`, for datagrams of UDP.',
    initial: 0,
    range: [0, 1],
    values: { 0: 'only what comes in by others', 1: 'from all VRFs' },
    source: 'net/ipv4/udp.c: udp_sk_bound_dev_eq',
  },
  'net.ipv4.tcp_max_syn_backlog': {
    meaning: 'How many half-open connections a listening program may have.',
    note: 'The kernel works it out by the size of its tables.',
    source: 'net/ipv4/tcp_input.c: tcp_conn_request',
  },
});
