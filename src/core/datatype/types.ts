// The data types of this version. Names and constants are nft's (`nft describe TYPE`).
import { formatIpv4, formatIpv6, parseIpv4, parseIpv6 } from './address.ts';
import { type DataType, numberType, parseNumber } from './define.ts';
import { servicePort } from './service.ts';

export const ipv4Address: DataType = {
  name: 'ipv4_addr',
  label: 'an IPv4 address',
  width: 32,
  parse: parseIpv4,
  format: formatIpv4,
  toJson: formatIpv4,
  prefixes: true,
};

export const ipv6Address: DataType = {
  name: 'ipv6_addr',
  label: 'an IPv6 address',
  width: 128,
  parse: parseIpv6,
  format: formatIpv6,
  toJson: formatIpv6,
  prefixes: true,
};

/** Transport ports; service names come from the embedded IANA table, never from the machine. */
export const port: DataType = {
  name: 'inet_service',
  label: 'a port',
  width: 16,
  parse: (text) => parseNumber(text, 16) ?? namedPort(text),
  format: (value) => value.toString(),
  toJson: Number,
};

function namedPort(text: string): bigint | undefined {
  const found = servicePort(text);
  return found === undefined ? undefined : BigInt(found);
}

export const interfaceName: DataType = {
  name: 'ifname',
  label: 'an interface name',
  width: 128,
  parse: () => undefined,
  format: (value) => value.toString(),
  toJson: Number,
  text: 'interface',
};

/** What nft calls IP protocols where it lists them (/etc/protocols of netbase), and further names that it reads. */
export const protocol = numberType('inet_proto', 'a protocol', 8, {
  ip: 0,
  icmp: 1,
  igmp: 2,
  ggp: 3,
  ipencap: 4,
  st: 5,
  tcp: 6,
  egp: 8,
  igp: 9,
  pup: 12,
  udp: 17,
  hmp: 20,
  'xns-idp': 22,
  rdp: 27,
  'iso-tp4': 29,
  dccp: 33,
  xtp: 36,
  ddp: 37,
  'idpr-cmtp': 38,
  ipv6: 41,
  'ipv6-route': 43,
  'ipv6-frag': 44,
  idrp: 45,
  rsvp: 46,
  gre: 47,
  esp: 50,
  ah: 51,
  skip: 57,
  'ipv6-icmp': 58,
  'ipv6-nonxt': 59,
  'ipv6-opts': 60,
  rspf: 73,
  vmtp: 81,
  eigrp: 88,
  ospf: 89,
  'ax.25': 93,
  ipip: 94,
  etherip: 97,
  encap: 98,
  pim: 103,
  ipcomp: 108,
  vrrp: 112,
  l2tp: 115,
  isis: 124,
  sctp: 132,
  fc: 133,
  'mobility-header': 135,
  udplite: 136,
  'mpls-in-ip': 137,
  manet: 138,
  hip: 139,
  shim6: 140,
  wesp: 141,
  rohc: 142,
  ethernet: 143,
  icmpv6: 58,
  comp: 108,
});

export const mark = numberType('mark', 'a mark', 32, undefined, { hex: true });

export const integer8 = numberType('integer', 'a number up to 255', 8);
export const integer16 = numberType('integer', 'a number up to 65535', 16);
export const integer32 = numberType('integer', 'a number up to 4294967295', 32);

export const dscp = numberType('dscp', 'a DSCP value', 6, {
  cs0: 0,
  cs1: 8,
  cs2: 16,
  cs3: 24,
  cs4: 32,
  cs5: 40,
  cs6: 48,
  cs7: 56,
  df: 0,
  be: 0,
  lephb: 1,
  af11: 10,
  af12: 12,
  af13: 14,
  af21: 18,
  af22: 20,
  af23: 22,
  af31: 26,
  af32: 28,
  af33: 30,
  af41: 34,
  af42: 36,
  af43: 38,
  va: 44,
  ef: 46,
});

/** Bits of the TCP header's flags byte. */
export const tcpFlags = numberType(
  'tcp_flag',
  'TCP flags',
  8,
  { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16, urg: 32, ecn: 64, cwr: 128 },
  { hex: true, bitmask: true },
);

export const icmpType = numberType('icmp_type', 'an ICMP type', 8, {
  'echo-reply': 0,
  'destination-unreachable': 3,
  'source-quench': 4,
  redirect: 5,
  'echo-request': 8,
  'router-advertisement': 9,
  'router-solicitation': 10,
  'time-exceeded': 11,
  'parameter-problem': 12,
  'timestamp-request': 13,
  'timestamp-reply': 14,
  'info-request': 15,
  'info-reply': 16,
  'address-mask-request': 17,
  'address-mask-reply': 18,
});

export const icmpv6Type = numberType('icmpv6_type', 'an ICMPv6 type', 8, {
  'destination-unreachable': 1,
  'packet-too-big': 2,
  'time-exceeded': 3,
  'parameter-problem': 4,
  'echo-request': 128,
  'echo-reply': 129,
  'mld-listener-query': 130,
  'mld-listener-report': 131,
  'mld-listener-done': 132,
  'nd-router-solicit': 133,
  'nd-router-advert': 134,
  'nd-neighbor-solicit': 135,
  'nd-neighbor-advert': 136,
  'nd-redirect': 137,
  'router-renumbering': 138,
  'ind-neighbor-solicit': 141,
  'ind-neighbor-advert': 142,
  'mld2-listener-report': 143,
});

export const icmpCode = numberType('icmp_code', 'an ICMP code', 8, {
  'net-unreachable': 0,
  'host-unreachable': 1,
  'prot-unreachable': 2,
  'port-unreachable': 3,
  'frag-needed': 4,
  'net-prohibited': 9,
  'host-prohibited': 10,
  'admin-prohibited': 13,
});

export const icmpv6Code = numberType('icmpv6_code', 'an ICMPv6 code', 8, {
  'no-route': 0,
  'admin-prohibited': 1,
  'addr-unreachable': 3,
  'port-unreachable': 4,
  'policy-fail': 5,
  'reject-route': 6,
});

/** nft's ct state bits: 1 << (ctinfo + 1), invalid 1, untracked 64 (include/uapi/linux/netfilter/nf_conntrack_common.h). */
export const ctStateBits = numberType(
  'ct_state',
  'a connection state',
  32,
  { invalid: 1, established: 2, related: 4, new: 8, untracked: 64 },
  { hex: true, bitmask: true },
);

export const ctStatusBits = numberType(
  'ct_status',
  'a connection status',
  32,
  { expected: 1, 'seen-reply': 2, assured: 4, confirmed: 8, snat: 16, dnat: 32, dying: 512 },
  { hex: true, bitmask: true },
);

export const ctDirection = numberType('ct_dir', 'a connection direction', 8, { original: 0, reply: 1 });

/** include/uapi/linux/if_packet.h: PACKET_HOST and so on. */
export const packetType = numberType('pkt_type', 'a packet type', 8, {
  host: 0,
  unicast: 0,
  broadcast: 1,
  multicast: 2,
  other: 3,
});

export const userId = numberType('uid', 'a user id', 32);

export const groupId = numberType('gid', 'a group id', 32);

/** include/uapi/linux/netfilter.h: NFPROTO_IPV4, NFPROTO_IPV6. */
export const networkFamily = numberType('nf_proto', 'a network family', 8, { ipv4: 2, ipv6: 10 });
