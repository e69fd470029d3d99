// Sysctls of IPv6.
import { sysctls } from './define.ts';

/** `Documentation/networking/ip-sysctl.rst`. */
export const ipv6Sysctls = sysctls({
  'net.ipv6.conf.*.forwarding': {
    meaning:
      'Whether the host forwards IPv6, for `all`; on an interface, whether it is a router there: it has the anycast address of each subnet, and takes no router advertisements with `accept_ra` 1.',
    initial: 0,
    combine: 'device',
    values: { 0: 'a host', else: 'a router' },
    note: 'What is forwarded hangs on `all`, and on `force_forwarding` of the interface; a change of `all` sets every interface.',
    source: 'net/ipv6/ip6_output.c: ip6_forward; net/ipv6/addrconf.c: addrconf_fixup_forwarding',
  },
  'net.ipv6.conf.*.force_forwarding': {
    meaning: 'Whether what came by this interface is forwarded though `net.ipv6.conf.all.forwarding` is 0.',
    initial: 0,
    combine: 'device',
    range: [0, 1],
    values: { 0: 'as `all.forwarding` says', 1: 'it is forwarded' },
    note: 'Since Linux 6.17.',
    source: 'net/ipv6/ip6_output.c: ip6_forward',
  },
  'net.ipv6.conf.*.disable_ipv6': {
    meaning:
      'Whether the interface has no IPv6: its addresses are gone, none can be added, and what comes is dropped before every hook of ip6.',
    initial: 0,
    combine: 'change',
    values: { 0: 'IPv6 runs', else: 'IPv6 is off' },
    note: 'A change of `all` sets every interface.',
    source: 'net/ipv6/addrconf.c: addrconf_disable_ipv6; net/ipv6/ip6_input.c: ip6_rcv_core',
  },
  'net.ipv6.conf.*.accept_ra': {
    meaning: 'Whether router advertisements are read: for addresses, and for the default route.',
    initial: 1,
    combine: 'device',
    values: { 0: 'never', 1: 'unless the interface forwards', 2: 'also where it forwards' },
    source: 'include/net/ipv6.h: ipv6_accept_ra',
  },
  'net.ipv6.conf.*.use_tempaddr': {
    meaning: 'Whether the host makes itself temporary addresses (RFC 8981), and whether it prefers them.',
    initial: 0,
    combine: 'device',
    values: {
      0: 'no temporary ones',
      1: 'there are some, the lasting ones are preferred',
      2: 'the temporary ones are preferred',
    },
    source: 'net/ipv6/addrconf.c: ipv6_get_saddr_eval (IPV6_SADDR_RULE_PRIVACY)',
  },
  'net.ipv6.conf.*.use_oif_addrs_only': {
    meaning: 'Whether only addresses of the outgoing interface may be the source of a packet of the host.',
    initial: 0,
    combine: 'either',
    values: { 0: 'those of all interfaces', else: 'only its own' },
    source: 'net/ipv6/addrconf.c: ipv6_dev_get_saddr',
  },
  'net.ipv6.conf.*.optimistic_dad': {
    meaning: "Whether an address may be used while it is not known yet to be nobody else's (RFC 4429).",
    initial: 0,
    combine: 'either',
    values: { 0: 'it has to wait', else: 'it may be used' },
    source: 'net/ipv6/addrconf.c: ipv6_use_optimistic_addr',
  },
  'net.ipv6.conf.*.use_optimistic': {
    meaning: 'Whether such an address may be the source of new connections; others are preferred.',
    initial: 0,
    combine: 'either',
    values: { 0: 'no', else: 'yes' },
    source: 'net/ipv6/addrconf.c: ipv6_use_optimistic_addr',
  },
  'net.ipv6.conf.*.keep_addr_on_down': {
    meaning: 'Which addresses an interface keeps when it goes down.',
    initial: 0,
    combine: 'all-first',
    values: {
      0: 'none',
      1: 'those that were added by hand and live forever, but for link-local ones',
    },
    note: 'For `all`, -1 takes it back for every interface.',
    source: 'net/ipv6/addrconf.c: addrconf_ifdown',
  },
  'net.ipv6.conf.*.hop_limit': {
    meaning: 'The hop limit of packets that the host sends itself by this interface.',
    initial: 64,
    combine: 'device',
    range: [1, 255],
    source: 'net/ipv6/route.c: ip6_dst_hoplimit',
  },
  'net.ipv6.fwmark_reflect': {
    meaning: 'As `net.ipv4.fwmark_reflect`, for answers of IPv6.',
    initial: 0,
    range: [0, 255],
    values: { 0: 'they have no mark', else: "the packet's mark" },
    source: 'include/net/ipv6.h: IP6_REPLY_MARK',
  },
  'net.ipv6.anycast_src_echo_reply': {
    meaning: 'From which address a ping to an anycast address is answered.',
    initial: 0,
    range: [0, 255],
    values: { 0: 'one of the host', else: 'the anycast address' },
    source: 'net/ipv6/icmp.c: icmpv6_echo_reply',
  },
  'net.ipv6.ip_nonlocal_bind': {
    meaning: 'As `net.ipv4.ip_nonlocal_bind`, for IPv6.',
    initial: 0,
    range: [0, 255],
    values: { 0: 'only addresses of the host', else: 'any address' },
    source: 'include/net/ipv6.h: ipv6_can_nonlocal_bind',
  },
  'net.ipv6.fib_multipath_hash_policy': {
    meaning: 'As `net.ipv4.fib_multipath_hash_policy`, for IPv6.',
    initial: 0,
    range: [0, 3],
    source: 'net/ipv6/route.c: rt6_multipath_hash',
  },
  'net.ipv6.icmp.echo_ignore_all': {
    meaning: 'As `net.ipv4.icmp_echo_ignore_all`, for IPv6.',
    initial: 0,
    range: [0, 255],
    source: 'net/ipv6/icmp.c: icmpv6_echo_reply',
  },
  'net.ipv6.icmp.echo_ignore_anycast': {
    meaning: 'The same for pings to anycast addresses.',
    initial: 0,
    range: [0, 255],
    source: 'net/ipv6/icmp.c: icmpv6_echo_reply',
  },
  'net.ipv6.icmp.echo_ignore_multicast': {
    meaning: 'The same for pings to groups.',
    initial: 0,
    range: [0, 255],
    source: 'net/ipv6/icmp.c: icmpv6_echo_reply',
  },
  'net.ipv6.icmp.ratelimit': {
    meaning: 'The least time between two ICMPv6 errors to one receiver.',
    initial: 1000,
    unit: 'milliseconds',
    values: { 0: 'no limit' },
    note: 'Newer kernels begin with 100.',
    source: 'net/ipv6/icmp.c: icmpv6_xrlim_allow',
  },
});
