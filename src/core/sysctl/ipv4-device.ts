// Sysctls of IPv4 for each interface: which packets are taken, from whom, and how ARP answers.
import { sysctls } from './define.ts';

/** `net.ipv4.conf.INTERFACE.…`, and `all` in its place (`include/linux/inetdevice.h`). */
export const ipv4DeviceSysctls = sysctls({
  'net.ipv4.conf.*.forwarding': {
    meaning: 'Whether packets that came by this interface are forwarded.',
    initial: 0,
    combine: 'change',
    values: { 0: 'they are dropped', else: 'they are passed on' },
    note: '`net.ipv4.conf.all.forwarding` is `net.ipv4.ip_forward`: a change of it sets the value of every interface.',
    source: 'net/ipv4/route.c: ip_route_input_slow (IN_DEV_FORWARD)',
  },
  'net.ipv4.conf.*.rp_filter': {
    meaning:
      'Whether a packet is dropped where the way back to its sender is not by the interface that it came by (RFC 3704). It is asked at routing: before the filters of INPUT and FORWARD, behind those of PREROUTING.',
    initial: 0,
    combine: 'greater',
    values: {
      0: 'not asked',
      1: 'strict: the way back must be by that interface',
      2: 'loose: there must be a way back by any',
    },
    note: 'Many distributions set 2 or 1 at boot. The way back is looked up without the mark of the packet, unless `src_valid_mark` is set.',
    source: 'net/ipv4/fib_frontend.c: __fib_validate_source',
  },
  'net.ipv4.conf.*.src_valid_mark': {
    meaning:
      'Whether the lookup of `rp_filter` has the mark of the packet, so that rules of routing by marks count in it.',
    initial: 0,
    combine: 'either',
    values: { 0: 'without the mark', else: 'with it' },
    source: 'net/ipv4/fib_frontend.c: __fib_validate_source (IN_DEV_SRC_VMARK)',
  },
  'net.ipv4.conf.*.accept_local': {
    meaning:
      "Whether packets are taken that come from outside with one of the host's own addresses as their source.",
    initial: 0,
    combine: 'either',
    values: { 0: 'they are martians', else: 'they are taken' },
    source: 'net/ipv4/fib_frontend.c: fib_validate_source (IN_DEV_ACCEPT_LOCAL)',
  },
  'net.ipv4.conf.*.route_localnet': {
    meaning:
      'Whether 127.0.0.0/8 may be a source or destination of packets that came by this interface, as after DNAT to 127.0.0.1.',
    initial: 0,
    combine: 'either',
    values: { 0: 'they are martians', else: 'they are routed' },
    note: 'It opens programs that listen on 127.0.0.1 to the neighbours: rules have to keep them out.',
    source: 'include/linux/inetdevice.h: IN_DEV_ROUTE_LOCALNET; net/ipv4/route.c: ip_route_input_slow',
  },
  'net.ipv4.conf.*.bc_forwarding': {
    meaning: 'Whether packets to the broadcast address of another subnet are forwarded.',
    initial: 0,
    combine: 'both',
    values: { 0: 'they are not', else: 'they are' },
    source: 'net/ipv4/route.c: ip_route_input_slow (IN_DEV_BFORWARD)',
  },
  'net.ipv4.conf.*.send_redirects': {
    meaning:
      'Whether a sender is told of a better next hop when its packet is forwarded by the interface that it came by. It also has the source of such packets looked up.',
    initial: 1,
    combine: 'either',
    values: { 0: 'it is not told', else: 'an ICMP redirect is sent' },
    source: 'net/ipv4/route.c: ip_rt_send_redirect',
  },
  'net.ipv4.conf.*.proxy_arp': {
    meaning:
      'Whether ARP for an address that the host would forward to by another interface is answered with its own hardware address.',
    initial: 0,
    combine: 'either',
    values: { 0: 'no answer', else: 'the host answers for what is behind it' },
    note: 'It needs forwarding on the interface by which the request came.',
    source: 'net/ipv4/arp.c: arp_fwd_proxy',
  },
  'net.ipv4.conf.*.proxy_arp_pvlan': {
    meaning:
      'The same for an address that is reached by the very interface that the request came by: for stations that a switch keeps apart.',
    initial: 0,
    combine: 'either',
    values: { 0: 'no answer', else: 'the host answers' },
    source: 'net/ipv4/arp.c: arp_fwd_pvlan',
  },
  'net.ipv4.conf.*.arp_ignore': {
    meaning: "Which ARP requests for the host's own addresses are answered on this interface.",
    initial: 0,
    combine: 'greater',
    values: {
      0: 'all, whatever interface the address is on',
      1: 'those for addresses of this interface',
      2: 'the same, from a sender in the subnet of that address',
      3: 'those for addresses whose scope is not host',
      8: 'none',
    },
    source: 'net/ipv4/arp.c: arp_ignore',
  },
  'net.ipv4.conf.*.arp_filter': {
    meaning: 'Whether ARP is answered on this interface only if packets back to who asks would leave by it.',
    initial: 0,
    combine: 'either',
    values: { 0: 'always', else: 'only then' },
    source: 'net/ipv4/arp.c: arp_filter',
  },
  'net.ipv4.conf.*.arp_announce': {
    meaning: 'Which of its addresses the host names as its own in ARP requests.',
    initial: 0,
    combine: 'greater',
    values: {
      0: "the packet's source, if it is one of the host's",
      1: 'the same, if one subnet with it has the target too; else as 2',
      2: 'the best address for the target, whatever the packet has',
    },
    source: 'net/ipv4/arp.c: arp_solicit',
  },
  'net.ipv4.conf.*.drop_gratuitous_arp': {
    meaning: 'Whether ARP is dropped in which a station announces its own address unasked.',
    initial: 0,
    combine: 'either',
    values: { 0: 'it is read', else: 'it is dropped' },
    source: 'net/ipv4/arp.c: arp_process',
  },
  'net.ipv4.conf.*.promote_secondaries': {
    meaning: 'What becomes of the other addresses of a subnet when its primary one is deleted.',
    initial: 0,
    combine: 'either',
    values: { 0: 'they are deleted with it', else: 'the next one becomes primary' },
    source: 'net/ipv4/devinet.c: __inet_del_ifa',
  },
});
