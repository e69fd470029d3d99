// Random rule sets of one base chain at prerouting whose rules count what they decide: each packet counts at one rule.
import fc from 'fast-check';

const conditions = fc.constantFrom(
  'ip saddr 10.0.1.2',
  'ip saddr { 10.0.1.3, 10.0.2.0/24 }',
  'ip saddr != 192.0.2.0/24',
  'ip daddr @hosts',
  'ip daddr != @hosts',
  'ip daddr 10.0.1.0-10.0.2.4',
  'ip6 saddr 2001:db8::/32',
  'ip6 daddr ff00::/8',
  'meta nfproto ipv6',
  'meta l4proto { tcp, 50, 108 }',
  'meta l4proto != { tcp, udp }',
  'tcp dport { 22, 80-90 }',
  'tcp sport >= 1000',
  'tcp dport != 443',
  'th dport 53-1500',
  'sctp dport { 22, 53 }',
  'dccp sport > 443',
  'tcp flags syn / syn,ack',
  'tcp flags & (fin | rst) == 0x0',
  'tcp flags { syn, ack }',
  'tcp flags != syn',
  'icmp type echo-request',
  'icmp type { echo-request, destination-unreachable } icmp code 0-1',
  'icmpv6 type != echo-reply',
  'ip ttl < 64',
  'ip6 hoplimit <= 64',
  'ip dscp 4',
  'ip length > 50',
  'ip6 length < 30',
  'meta length 40-60',
  'ip saddr . tcp dport @pairs',
  'ip daddr . th dport { 10.0.2.2 . 22-80, 10.0.1.0/24 . 443 }',
  'meta mark 0x1',
  'meta mark & 0x3 == 0x2',
  'iifname "a0"',
  'iifname != "a*"',
  'iifname { "b0", "c0" }',
);
/** What stands beside any of them. */
const beside = fc.constantFrom(
  '',
  '',
  'meta mark != 0x3',
  'meta length < 100',
  'iifname "a0"',
  'meta l4proto != 253',
);
const ends = fc.constantFrom('counter accept', 'counter accept', 'counter drop');
const steps = fc.constantFrom(
  'meta mark set 0x1',
  'meta mark set tcp dport map @marks',
  'meta mark set meta mark or 0x2',
  'return',
);

function chain(head: string, leaps: readonly string[], last: string): fc.Arbitrary<string> {
  const ending = fc.oneof(
    { weight: 4, arbitrary: ends },
    { weight: 2, arbitrary: steps },
    ...(leaps.length > 0 ? [{ weight: 2, arbitrary: fc.constantFrom(...leaps) }] : []),
  );
  const rule = fc
    .tuple(conditions, beside, ending)
    .map((words) => `    ${words.filter(Boolean).join(' ')}\n`);
  return fc
    .array(rule, { minLength: 6, maxLength: 14 })
    .map((rules) => `  chain ${head} {\n${rules.join('')}${last}  }\n`);
}

const leaps = [
  'jump second',
  'goto second',
  'tcp dport vmap { 22 : jump second, 80 : return, 443 : goto second }',
  'ip saddr . meta l4proto vmap { 10.0.1.2 . tcp : jump second, 10.0.1.3 . udp : return }',
];

/** One table `inet t` with the base chain `first`. What `return`s from it, and what nothing else decides, its last rule lets pass. */
export const decidingPolicies: fc.Arbitrary<string> = fc
  .tuple(chain('second', [], ''), chain('middle', leaps, ''))
  .map(
    ([second, middle]) => `table inet t {
  set hosts : ipv4_addr = { 10.0.2.2, 10.0.1.1, 224.0.0.0/4 }
  set pairs : ipv4_addr . port = { 10.0.1.2 . 22, 10.0.1.3 . 80-1000 }
  map marks : port -> mark = { 22 : 0x1, 53-80 : 0x2, 443 : 0x3 }
${second}${middle}  chain first hook prerouting priority -150 policy accept {
    jump middle
    counter accept
  }
}
`,
  );
