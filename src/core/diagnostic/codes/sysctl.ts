// Codes HK611x and HK612x: sysctls of a host, and where they contradict its policy.
import { codes } from '../entry.ts';

/** Problems with sysctls. */
export const sysctlCodes = codes({
  HK6110: {
    title: 'unknown sysctl',
    severity: 'warning',
    help: '`sysctl -a` lists the names',
    explanation:
      'No kernel has a sysctl of this name, or this host has no such interface, so that the line changes nothing. `hookline explain net.ipv4.ip_forward` tells what a sysctl does.',
  },
  HK6111: {
    title: 'value that a sysctl does not take',
    severity: 'error',
    explanation:
      'The kernel refuses the value: it is no number, or out of the range of this sysctl. `hookline explain NAME` has the range.',
  },
  HK6112: {
    title: 'policy that forwards on a host that does not',
    severity: 'warning',
    explanation:
      'Rules accept packets at the forward hook, send connections to other hosts, or give packets of others another source; the host drops all of them at routing, as `ip_forward` (in IPv6 `net.ipv6.conf.all.forwarding`) is 0. A host that says nothing has 0, as the kernel begins.',
  },
  HK6113: {
    title: 'strict reverse path filter with several ways',
    severity: 'warning',
    explanation:
      'Rules of routing lead some packets out by this interface, so that others come in by it; with `rp_filter` 1 these are dropped unless the way back, looked up without a mark, is by the same interface. `rp_filter` 2 asks only whether there is a way back. With `src_valid_mark` 1 the mark that a packet got before routing counts in the lookup.',
  },
  HK6114: {
    title: 'proxy ARP without forwarding',
    severity: 'warning',
    explanation:
      'With `proxy_arp` a host answers ARP for what it would forward. Where the interface by which the request came does not forward, it would forward nothing, and does not answer.',
  },
  HK6115: {
    title: 'address that ARP hides',
    severity: 'warning',
    explanation:
      'A rule lets packets in to an address that is on another interface. With `arp_ignore` or `arp_filter` the host does not answer ARP for it there, so that neighbours do not find it; only who routes to the host reaches it.',
  },
  HK6116: {
    title: 'ports that programs are given by chance',
    severity: 'warning',
    explanation:
      'A program that does not choose its port speaks from one of `ip_local_port_range`. A port of that range at which another program has to listen may be taken when it starts, unless `ip_local_reserved_ports` keeps it free; and a rule about what the host sends from some ports misses those that it does not name. Only a range that the host says itself is warned about.',
  },
  HK6117: {
    title: 'SYN limit without SYN cookies',
    severity: 'warning',
    explanation:
      'A limit on SYN packets drops those of everybody once a flood has used it up, and what it lets through fills the queue of half-open connections. With `tcp_syncookies` 1 a full queue drops nobody.',
  },
  HK6118: {
    title: 'sysctl that another one makes useless',
    severity: 'warning',
    explanation:
      '`tcp_tw_reuse` needs `tcp_timestamps`; `accept_ra` 1 reads no router advertisements on an interface that forwards, where it takes 2.',
  },
  HK6119: {
    title: 'count beyond the table of connections',
    severity: 'warning',
    explanation:
      'A rule counts connections up to a number that conntrack never holds: `nf_conntrack_max` is reached before, and then the first packets of new connections are dropped, whatever the rule says.',
  },
  HK6120: {
    title: 'SYN proxy with loose pickup',
    severity: 'warning',
    explanation:
      'The client of a SYN proxy ends the handshake by an ACK of a connection that conntrack does not know. With `nf_conntrack_tcp_loose` 1 such a packet begins a connection and is NEW; a rule for INVALID packets does not see it, and no connection comes about.',
  },
  HK6121: {
    title: 'rule for frames in a bridge that it does not see',
    severity: 'warning',
    explanation:
      'Rules of IP see the frames that a bridge passes from port to port only with br_netfilter, and only while `bridge-nf-call-iptables` (or `-ip6tables`) is 1. A table of the family bridge needs neither.',
  },
  HK6122: {
    title: 'translation to loopback that is not routed',
    severity: 'warning',
    explanation:
      '127.0.0.0/8 is no destination for packets from outside, also after DNAT, unless `route_localnet` is 1 on the interface that they came by. `redirect` sends them to the address of that interface instead and needs nothing.',
  },
  HK6123: {
    title: 'rule for own addresses from outside',
    severity: 'warning',
    explanation:
      'A packet that comes from outside with an address of the host itself as its source is dropped at routing as a martian, unless `accept_local` is 1 on the interface.',
  },
  HK6124: {
    title: 'rule for IPv6 where it is off',
    severity: 'warning',
    explanation:
      'With `disable_ipv6` an interface takes no packet of IPv6: they are dropped before any hook. A rule that accepts some has no effect.',
  },
  HK6125: {
    title: 'name that no packet has as its interface',
    severity: 'warning',
    explanation:
      'A port of a bridge is no interface for rules of IP: what the bridge passes up to the host came by the bridge, and what the host sends goes out by it. A rule that compares with the name of a port never matches; `physdev` and tables of the family bridge see ports.',
  },
  HK6126: {
    title: 'address where IPv6 is off',
    severity: 'warning',
    help: 'take the address out, or set `disable_ipv6` to 0',
    explanation:
      'With `disable_ipv6` an interface loses its IPv6 addresses, and none can be added. The host has none there.',
  },
});
