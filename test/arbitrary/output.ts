// Random policies for packets of the host itself: marks that route again or do not, translations in OUTPUT, packets that
// come back through the loopback interface.
import fc from 'fast-check';

const condition = fc.constantFrom(
  '',
  'oif "a0"',
  'oif "b0"',
  'oif "lo"',
  'oif != "a0"',
  'tcp dport { 22, 80 }',
  'udp dport 53',
  'ip daddr 198.51.100.0/24',
  'ip daddr 10.0.1.1',
  'ct state new',
  'ct state established',
  'meta mark 0x1',
);
const marking = fc.constantFrom('mark set 0x1', 'mark set 0x2', 'counter', 'accept');
const deciding = fc.constantFrom('accept', 'drop', 'counter', 'counter');

function chain(
  head: string,
  statement: fc.Arbitrary<string>,
  more: readonly string[] = [],
): fc.Arbitrary<string> {
  return fc.array(fc.tuple(condition, statement), { maxLength: 3 }).map((rules) => {
    const lines = [...rules.map((words) => words.join(' ').trim()), ...more];
    return `  chain ${head} {\n${lines.map((line) => `    ${line}\n`).join('')}  }\n`;
  });
}

/** Nothing received has an output interface, and no nat chain may drop. */
const received = fc.constantFrom('iif "lo" accept', 'tcp dport 80 drop', 'counter');

const translation = fc.subarray([
  'meta l4proto tcp ip daddr 198.51.100.7 dnat to 10.0.2.3:8080',
  'udp dport 53 dnat to 10.0.1.1',
  'tcp dport 443 redirect to :8443',
]);
const source = fc.subarray(['oif "b0" masquerade', 'oif "a0" ip saddr 10.0.2.1 snat to 10.0.1.1']);

/** Tables of iptables, with a chain of nft that marks without routing again. */
export const outputPolicies: fc.Arbitrary<string> = fc
  .tuple(translation, source, fc.constantFrom('accept', 'drop'), received)
  .chain(([outputNat, sourceNat, policy, input]) =>
    fc.tuple(
      chain('OUTPUT', fc.constantFrom('counter', 'notrack', 'mark set 0x1')),
      chain('OUTPUT', marking),
      chain('marking hook output priority -120', marking),
      chain('OUTPUT', fc.constant('accept'), outputNat),
      chain('POSTROUTING', fc.constant('return'), sourceNat),
      chain('OUTPUT policy accept', deciding),
      fc.constant(`  chain INPUT policy ${policy} {\n    ${input}\n  }\n`),
    ),
  )
  .map(([raw, mangle, mark, nat, sourceNat, output, input]) =>
    [
      `table ip raw {\n${raw}}\n`,
      `table ip mangle {\n${mangle}}\n`,
      `table ip marks {\n${mark}}\n`,
      `table ip nat {\n${nat}${sourceNat}}\n`,
      `table ip filter {\n${output}${input}}\n`,
    ].join(''),
  );

/** To everybody on a link, and to a group that every host is in: the host gets a copy of these. */
const forMany = ['10.0.1.255', '255.255.255.255', '224.0.0.1'];

/** Packets with an address of the host as their source. */
export const outputPackets: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom('10.0.1.1', '10.0.2.1'),
    fc.constantFrom(
      '198.51.100.7',
      '198.51.100.8',
      '10.0.2.3',
      '10.0.1.1',
      '10.0.2.1',
      '192.0.2.1',
      '192.0.3.1',
      ...forMany,
    ),
    fc.constantFrom('tcp', 'udp', 'icmp'),
    fc.constantFrom(22, 53, 80, 443),
    fc.constantFrom('syn', 'ack'),
  )
  .map(([from, to, protocol, port, flags]) => {
    if (protocol === 'icmp') return `out icmp ${from} -> ${to} echo-request`;
    return `out ${protocol} ${from}:40000 -> ${to}:${port}${protocol === 'tcp' ? ` ${flags}` : ''}`;
  });
