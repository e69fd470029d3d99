// Rule sets of the kinds that people have, in nft text.

/** By what each is about. */
export const ruleSets: Readonly<Record<string, string>> = {
  'a workstation': `
table inet filter {
  chain input {
    type filter hook input priority filter; policy drop;
    ct state invalid drop
    ct state { established, related } accept
    iifname "lo" accept
    meta l4proto { icmp, ipv6-icmp } accept
    tcp dport 22 ct state new accept comment "ssh from anywhere"
    counter packets 5 bytes 600 reject with icmpx type admin-prohibited
  }
  chain forward { type filter hook forward priority 0; policy drop;
  }
  chain output { type filter hook output priority 0; policy accept;
  }
}`,
  'a gateway': `
table ip nat {
  chain prerouting {
    type nat hook prerouting priority dstnat; policy accept;
    iifname "wan0" tcp dport 8080 dnat to 10.0.0.2:80
    iifname "wan0" udp dport 5000-5010 dnat to 10.0.0.3-10.0.0.9:6000-6010 random
    tcp dport 81 redirect to :8081
  }
  chain postrouting {
    type nat hook postrouting priority srcnat; policy accept;
    ip saddr 10.0.0.0/24 oifname "wan0" masquerade random,persistent
    ip saddr 10.1.0.0/24 snat to 203.0.113.4-203.0.113.7 persistent
    ip saddr 10.2.0.0/24 ip protocol tcp snat to 203.0.113.9:1024-65535
  }
}
table inet mangle {
  chain forward {
    type filter hook forward priority mangle; policy accept;
    tcp flags syn / syn,rst tcp option maxseg size set rt mtu
  }
}`,
  sets: `
table inet filter {
  set admins { type ipv4_addr; flags interval; elements = { 198.51.100.7, 203.0.113.0/28, 192.0.2.1-192.0.2.9 } }
  set ports { type inet_service; elements = { 22, 80, 443 } }
  set links { type ifname; flags interval; elements = { "eth*", "wg0" } }
  set v6 { type ipv6_addr; flags interval; elements = { 2001:db8::/48, fe80::1 } }
  set empty { type mark; }
  set plain { type ipv4_addr; flags interval; elements = { 10.0.0.1 } }
  set sized { type inet_proto; size 100; policy memory; elements = { tcp, udp } }
  set noted { type ipv4_addr; elements = { 10.0.0.1 comment "the printer" } }
  chain input {
    type filter hook input priority 10; policy accept;
    ip saddr @admins tcp dport @ports accept
    iifname @links ip6 saddr != @v6 drop
    tcp dport { 1-10, 20, 30-40 } ip daddr { 10.0.0.0/8, 192.168.0.1 } accept
    meta mark @empty drop
  }
}`,
  'sets that change': `
table inet filter {
  set learned { type ipv4_addr; flags dynamic,timeout; timeout 1m; size 65535; }
  set counted { type ipv4_addr; flags dynamic; size 128; }
  set pairs { type ipv4_addr . inet_service; flags interval; elements = { 10.0.0.0/24 . 22, 10.0.1.1 . 80-90 } }
  set stateful { type ipv4_addr; counter; elements = { 10.0.0.1 counter } }
  chain input {
    type filter hook input priority 0; policy accept;
    update @learned { ip saddr timeout 5s limit rate 5/second burst 5 packets }
    add @counted { ip saddr } drop
    ip saddr . tcp dport @pairs accept
    meter flood size 4096 { ip saddr limit rate over 10/second burst 5 packets } drop
  }
}`,
  maps: `
table inet filter {
  map verdicts { type inet_service : verdict; elements = { 22 : jump ssh, 80 : accept } }
  map marks { type ifname . inet_proto : mark; elements = { "eth0" . tcp : 1, "eth1" . udp : 0x20 } }
  map backends { type inet_service : ipv4_addr; flags interval; elements = { 1-5 : 10.0.0.1, 80 : 10.0.0.2 } }
  chain ssh {
    accept
  }
  chain input {
    type filter hook input priority 0; policy accept;
    tcp dport vmap @verdicts
    ct state vmap { invalid : drop, established : accept, related : accept }
    meta mark set iifname . meta l4proto map @marks
    ip saddr vmap { 10.0.0.0/8 : goto ssh, 192.168.0.1 : return }
  }
  chain prerouting {
    type nat hook prerouting priority -100; policy accept;
    dnat ip to tcp dport map @backends
  }
}`,
  objects: `
table inet filter {
  counter web { packets 4 bytes 5
  }
  quota monthly { over 10 mbytes used 3 kbytes
  }
  limit slow { rate 5/minute burst 7 packets
  }
  limit fast { rate over 5 kbytes/second burst 3 kbytes
  }
  ct helper ftp-standard { type "ftp" protocol tcp; l3proto ip;
  }
  map named { type inet_service : counter; elements = { 80 : "web" } }
  chain input {
    type filter hook input priority 0; policy accept;
    tcp dport 80 counter name "web"
    counter name tcp dport map @named
    quota name "monthly" drop
    limit name "slow" accept
    ct helper set "ftp-standard"
    quota over 5 mbytes drop
  }
}`,
  'rates and logs': `
table ip filter {
  chain log-drop {
    limit rate 10/minute burst 20 packets log prefix "drop: {[;]}: " level info flags tcp sequence,options flags skuid
    log group 3 snaplen 64 queue-threshold 5
    limit rate over 1 mbytes/second burst 5 kbytes drop
    ct count over 20 reject with tcp reset
  }
  chain input {
    type filter hook input priority 0; policy accept;
    tcp flags & (fin | syn) == fin | syn jump log-drop
    tcp flags syn,ack drop
    tcp flags != syn ct state new goto log-drop
    ip protocol != tcp ip ttl 1-5 ip dscp ef ip length > 1000 return
    continue
  }
}`,
  'marks and tracking': `
table inet raw {
  chain prerouting {
    type filter hook prerouting priority raw; policy accept;
    udp dport 53 notrack
    ct zone set 7
  }
  chain output {
    type route hook output priority mangle; policy accept;
    meta mark set 0x10
    meta mark set meta mark & 0xff | 0x100
    ct mark set meta mark
    meta skuid 1000 meta mark & 0xff == 0x10 ct direction original ct status dnat,snat accept
    ct original ip daddr 10.0.0.1 ct mark & 0xf0 != 0 drop
  }
}`,
  'all families': `
table ip6 filter {
  chain input { type filter hook input priority 0; policy accept;
    icmpv6 type { nd-neighbor-solicit, nd-router-advert } ip6 hoplimit 255 accept
    exthdr frag exists drop
    ip6 nexthdr udp ip6 daddr ff02::/16 accept
    reject with icmpv6 type admin-prohibited
  }
}
table arp filter {
  chain input { type filter hook input priority 0; policy accept;
    arp operation request arp saddr ip 10.0.0.1 accept
  }
}
table bridge filter {
  chain forward { type filter hook forward priority filter; policy accept;
    ether saddr 00:11:22:33:44:55 ether type arp drop
    vlan id 5 drop
  }
}`,
  'far corners': `
table inet x.y-z/1 {
  chain a {
    fib saddr . iif oif missing drop
    fib daddr type local accept
    numgen inc mod 2 vmap { 0 : accept, 1 : drop }
    jhash ip saddr . tcp sport mod 10 seed 0x1 offset 2 vmap { 2-5 : drop }
    @th,16,16 { 22, 80 } accept
    tcp option sack0 left 5 drop
    meta hour "17:00"-"18:00" drop
    socket transparent 1 accept
    ip saddr . tcp dport { 10.0.0.1 . 22, 10.0.0.2 . 80 } accept
    ip daddr set 10.0.0.9
    icmp type echo-request icmp code 3 accept
    rt classid 5 accept
    meta iifkind "veth" accept
  }
}`,
};
