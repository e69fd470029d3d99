// Random policies with long chains, as grown rule sets have them: conditions of every kind on single parts of packets, on
// several at once, and chains that lead to each other by jump, goto, return and map.
import fc from 'fast-check';

const network = fc.constantFrom(
  '10.0.1.2',
  '10.0.1.0/24',
  '10.0.2.2-10.0.2.5',
  '!= 10.0.1.2',
  '{ 10.0.1.2, 10.0.2.0/28 }',
  '!= { 10.0.1.0/24, 10.0.2.2 }',
  '@hosts',
  '!= @hosts',
  '0.0.0.0-10.0.1.255',
  '255.255.255.255',
);
const wide = fc.constantFrom(
  '2001:db8::1',
  '2001:db8:0:5::/64',
  '!= 2001:db8::1-2001:db8::9',
  '{ 2001:db8::1, fd00::/8 }',
  '@far',
);
const port = fc.constantFrom(
  '22',
  '53',
  '1000-2000',
  '!= 53',
  '!= { 22, 80-90 }',
  '{ 22, 443 }',
  '< 1000',
  '@doors',
);

const anywhere: readonly fc.Arbitrary<string>[] = [
  network.map((value) => `ip saddr ${value}`),
  network.map((value) => `ip daddr ${value}`),
  wide.map((value) => `ip6 saddr ${value}`),
  port.map((value) => `tcp dport ${value}`),
  port.map((value) => `udp dport ${value}`),
  port.map((value) => `tcp sport ${value}`),
  port.map((value) => `th dport ${value}`),
  fc.constantFrom(
    'tcp flags syn / syn,ack,fin,rst',
    'tcp flags & (fin | rst) == 0x0',
    'tcp flags != syn',
    'icmp type echo-request',
    'icmpv6 type != echo-request',
    'icmp code 0-1',
  ),
  fc.constantFrom('meta l4proto tcp', 'meta l4proto != { tcp, udp }', 'meta nfproto ipv6', 'ip protocol udp'),
  fc.constantFrom('iif "a0"', 'iif "a*"', 'iif != "a*"', 'iif { "a0", "b0" }', 'oif "b0"'),
  fc.constantFrom('meta mark 0x1', 'meta mark & 0x3 == 0x2', 'meta mark != 0x0', 'meta mark > 0x2'),
  fc.constantFrom('ct state new', 'ct state { established, related }', 'ct state != invalid'),
  fc.constantFrom('ct status dnat', 'ct direction reply', 'ct mark 0x1', 'ct mark != 0x3'),
  fc.constantFrom(
    'ip ttl < 64',
    'ip dscp 10',
    'ip length > 100',
    'ip6 length < 100',
    'meta pkttype broadcast',
  ),
  fc.constantFrom(
    'ip saddr . tcp dport @pairs',
    'ip daddr . th dport != { 10.0.2.2 . 80, 10.0.2.0/28 . 22 }',
  ),
  fc.constantFrom('fragment', 'limit 1000/second burst 1000', 'ip saddr @seen', 'counter'),
];

const likely = fc.constantFrom(...anywhere.slice(0, 12));
const conditions = fc
  .oneof(
    fc.tuple(fc.subarray([...anywhere], { maxLength: 3 })).chain(([chosen]) => fc.tuple(...chosen)),
    likely.chain((one) => fc.tuple(one)),
  )
  .map((texts) => texts.join(' '));

const ends = ['accept', 'drop', 'counter', 'counter accept', 'return', 'reject', 'mark set 0x1'];
const maps = [
  'tcp dport vmap { 22 : accept, 80 : drop, 1000-2000 : continue } drop',
  'ip saddr vmap { 10.0.1.2 : jump DEEPER, 10.0.2.0/24 : goto DEEPER } accept',
  'ip saddr . tcp dport vmap { 10.0.1.2 . 22 : drop, 10.0.1.3-10.0.1.80 . 50-90 : return }',
  'iif vmap { "a0" : jump DEEPER, "b0" : return }',
];

function chain(head: string, most: number, deeper: string | undefined): fc.Arbitrary<string> {
  const leaps = deeper === undefined ? [] : [`jump ${deeper}`, `goto ${deeper}`, ...maps];
  const verdict = fc.constantFrom(...ends, ...leaps).map((text) => text.replaceAll('DEEPER', deeper ?? ''));
  return fc
    .array(
      fc.tuple(conditions, verdict).map((words) => words.join(' ').trim()),
      { maxLength: most },
    )
    .map((rules) => `  chain ${head} {\n${rules.map((rule) => `    ${rule}\n`).join('')}  }\n`);
}

const declarations = `  set hosts : ipv4_addr = { 10.0.1.3, 10.0.2.2-10.0.2.5, 10.0.9.9 }
  set far : ipv6_addr = { 2001:db8::2, 2001:db8:1::/48 }
  set doors : port = { 22, 80-90, 2000 }
  set pairs : ipv4_addr . port = { 10.0.1.2 . 22, 10.0.2.0/28 . 80-90 }
  set seen : ipv4_addr { flags dynamic; size 2 }
`;

/** One table of either family; chains are drawn long, so that their indexes have several levels. */
export const linearPolicies: fc.Arbitrary<string> = fc
  .tuple(
    fc
      .constantFrom('accept', 'drop')
      .chain((policy) => chain(`forward hook forward priority filter policy ${policy}`, 40, 'middle')),
    chain('middle', 25, 'last'),
    chain('last', 15, undefined),
  )
  .map((chains) => `table inet t {\n${declarations}${chains.join('')}}\n`);
