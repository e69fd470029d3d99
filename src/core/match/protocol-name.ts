// What iptables calls protocols: the names that libxtables knows by itself (libxtables/xtables.c: xtables_chain_protos),
// and those of /etc/protocols as netbase has it, which iptables-save prints wherever that file is installed. Embedded,
// so that a policy means the same on every machine.

const registry = `
icmp 1, igmp 2, ggp 3, ipencap 4, st 5, tcp 6, egp 8, igp 9, pup 12, udp 17, hmp 20, xns-idp 22, rdp 27, iso-tp4 29,
dccp 33, xtp 36, ddp 37, idpr-cmtp 38, ipv6 41, ipv6-route 43, ipv6-frag 44, idrp 45, rsvp 46, gre 47, esp 50, ah 51,
skip 57, ipv6-icmp 58, ipv6-nonxt 59, ipv6-opts 60, rspf 73, vmtp 81, eigrp 88, ospf 89, ax.25 93, ipip 94,
etherip 97, encap 98, pim 103, ipcomp 108, vrrp 112, l2tp 115, isis 124, sctp 132, fc 133, mobility-header 135,
udplite 136, mpls-in-ip 137, manet 138, hip 139, shim6 140, wesp 141, rohc 142, ethernet 143`;

const names = new Map(
  registry.split(',').map((entry) => {
    const [name = '', number = ''] = entry.trim().split(' ');
    return [Number(number), name] as const;
  }),
);

const aliases: ReadonlyMap<string, number> = new Map([
  ...[...names].map(([number, name]) => [name, number] as const),
  ['icmpv6', 58],
  ['mh', 135],
  ['ipv6-mh', 135],
  ['ospfigp', 89],
]);

/** A protocol as iptables-save writes it: by its name, or by its number if it has none. */
export function protocolWord(number: number): string {
  return names.get(number) ?? `${number}`;
}

/** The number of a protocol that is given by name, in any case, or by number; `all` is 0. */
export function parseProtocolWord(text: string): number | undefined {
  const name = text.toLowerCase();
  if (name === 'all') return 0;
  if (/^(?:\d{1,3}|0x[0-9a-f]{1,2})$/.test(name)) return Number(name) < 256 ? Number(name) : undefined;
  return aliases.get(name);
}
