// Keys that the language has and this version does not compile; each is refused by its name.

const keys = `
  from zone, to zone, service, port, when, th sport, th dport, fib, ipsec, numgen, jhash
  symhash, exthdr, vlan, arp, ether saddr, ether daddr, ether type, tcp option, tcp sequence, tcp ackseq
  tcp window, tcp doff, tcp urgptr, udp length, udp checksum, udplite, comp, gre
  ip version, ip id, ip frag-off, ip ecn, ip hdrlength, ip6 version, ip6 flowlabel, ip6 ecn
  icmp id, icmp sequence, icmpv6 id, icmpv6 sequence, icmpv6 mtu
  ct zone, ct helper, ct helper set, ct id, ct count, ct expiration, ct bytes, ct packets, ct avgpkt
  ct label, ct original, ct reply, ct l3proto, ct protocol
  meta iiftype, meta oiftype, meta length, meta protocol
  meta priority, meta random, meta cpu, meta cgroup, meta rtclassid, meta time, meta hour
  meta day, meta ipsec, meta pkttype set, iifgroup, oifgroup, iiftype, oiftype
  length, meter, set add, set update, set delete, add, update, delete, flow add
  fwd, mark save, mark restore, clamp mss
  NFLOG, DSCP
`;

/** Matches and statements of the language, as they are written, that are in neither registry. */
export const laterKeys: ReadonlySet<string> = new Set(keys.trim().split(/[,\n]\s*/));
