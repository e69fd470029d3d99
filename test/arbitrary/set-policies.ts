// Random policies whose rules look into named sets of every kind that ipset holds, and packets that the sets tell apart.
import fc from 'fast-check';

/** Values that do not overlap, because nft takes no others. */
const pools: Readonly<Record<string, readonly string[]>> = {
  ipv4_addr: [
    '10.0.0.1',
    '10.0.0.4-10.0.0.9',
    '10.0.1.0-10.0.1.5',
    '192.0.2.0/25',
    '128.0.0.0-191.255.255.255',
  ],
  ipv6_addr: ['2001:db8::1', '2001:db8:0:5::/64', '2001:db8:1::1-2001:db8:1::5'],
  port: ['22', '80', '81-83', '443'],
  protocol: ['tcp', 'udp', 'sctp', 'udplite'],
  interface: ['"a0"', '"b0"'],
};

/** The types of each set, and the fields that rules look up in it. */
const lookups = [
  ['ipv4_addr', 'ip saddr'],
  ['ipv4_addr', 'ip daddr'],
  ['ipv6_addr', 'ip6 saddr'],
  ['port', 'tcp dport'],
  ['port', 'udp sport'],
  ['interface', 'iif'],
  ['ipv4_addr . port', 'ip saddr . tcp dport'],
  ['ipv4_addr . port', 'ip daddr . udp dport'],
  ['ipv6_addr . port', 'ip6 saddr . tcp dport'],
  ['port . ipv4_addr', 'tcp dport . ip saddr'],
  ['ipv4_addr . protocol . port', 'ip saddr . meta l4proto . th dport'],
  ['ipv6_addr . protocol . port', 'ip6 daddr . meta l4proto . th dport'],
  ['ipv4_addr . protocol . port', 'ip saddr . meta l4proto . tcp dport'],
  ['ipv4_addr . ipv4_addr', 'ip saddr . ip daddr'],
  ['ipv4_addr . ipv4_addr . port', 'ip saddr . ip daddr . tcp dport'],
  ['ipv4_addr . interface', 'ip saddr . iif'],
  ['interface . port', 'iif . tcp dport'],
] as const;

/**
 * What iptables refuses is left out: ports of any protocol that are not in a set, and elements that go in sets that ipset
 * has no type for.
 */
const lookup = fc.constantFrom(...lookups).chain(([type, keys]) => {
  const parts = type.split(' . ').map((name) => fc.constantFrom(...(pools[name] ?? [])));
  return fc.record({
    type: fc.constant(type),
    keys: fc.constant(keys),
    elements: fc.uniqueArray(
      fc.tuple(...parts).map((words) => words.join(' . ')),
      { minLength: 1, maxLength: 4 },
    ),
    not: keys.includes('th ') ? fc.constant('') : fc.constantFrom('', '', '!= '),
    timeout: type.startsWith('interface') ? fc.constant(false) : fc.boolean(),
    comment: fc.boolean(),
    verdict: fc.constantFrom('accept', 'drop', 'counter'),
  });
});

/** Tables of both families with a set for each rule. */
export const setPolicies: fc.Arbitrary<string> = fc
  .array(lookup, { minLength: 1, maxLength: 4 })
  .map((all) => {
    const sets = all.map(({ type, elements, timeout, comment }, at) =>
      [
        `  set s${at} : ${type} {`,
        ...(timeout ? ['    timeout 1h'] : []),
        `    elements = { ${elements.map((one) => `${one}${comment ? ' comment "it"' : ''}`).join(', ')} }`,
        '  }',
      ].join('\n'),
    );
    const rules = all.map(({ keys, not, verdict }, at) => `    ${keys} ${not}@s${at} ${verdict}`);
    const chain = `  chain FORWARD policy drop {\n${rules.join('\n')}\n    counter accept\n  }`;
    return `table inet filter {\n${sets.join('\n')}\n${chain}\n}\n`;
  });

const addresses = fc.constantFrom('10.0.0.1', '10.0.0.5', '10.0.1.5', '192.0.2.9', '172.16.0.1');
const addresses6 = fc.constantFrom('2001:db8::1', '2001:db8:0:5::2', '2001:db8:1::3', '2001:db8:2::1');
const ports = fc.constantFrom('22', '80', '82', '443', '999');

function packets(address: fc.Arbitrary<string>, write: (text: string) => string): fc.Arbitrary<string> {
  return fc
    .tuple(fc.constantFrom('a0', 'c0'), fc.constantFrom('tcp', 'udp'), address, ports, address, ports)
    .map(
      ([device, protocol, from, sport, to, dport]) =>
        `in ${device} out b0 ${protocol} ${write(from)}:${sport} -> ${write(to)}:${dport}`,
    );
}

/** Forwarded packets of both families. */
export const setPackets: fc.Arbitrary<string> = fc.oneof(
  packets(addresses, (text) => text),
  packets(addresses6, (text) => `[${text}]`),
  fc.tuple(addresses, addresses).map(([from, to]) => `in a0 out b0 icmp ${from} -> ${to} echo-request`),
);
