// Random policies whose rules are alike, as those of real policies are: the same few fields with values of small pools,
// among them rules that count, log, limit or change the packet; and packets that their values tell apart.
import fc from 'fast-check';

const sources = [
  '10.0.1.2',
  '10.0.1.3',
  '10.0.1.5',
  '10.0.1.77',
  '10.0.1.2/31',
  '10.0.1.4-10.0.1.9',
  '{ 10.0.1.2, 10.0.2.0/28 }',
  '!= 10.0.1.2',
];
const destinations = [
  '10.0.2.2',
  '10.0.2.3',
  '10.0.2.7',
  '10.0.3.1',
  '10.0.2.2/31',
  '{ 10.0.2.2, 10.0.2.7 }',
];
const ports = ['22', '23', '25', '80', '443', '22-24', '1000-2000', '{ 22, 80 }', '!= 22'];
const devices = ['"a0"', '"b0"', '"c0"', '"a*"', '!= "a0"', '{ "a0", "b0" }'];

/** What rules ask; the values are drawn for each. */
const asks: Readonly<Record<string, readonly string[]>> = {
  'ip saddr': sources,
  'ip daddr': destinations,
  'tcp dport': ports,
  'udp dport': ports,
  'tcp sport': ['1500', '40000', '1024-65535'],
  iif: devices,
  'meta mark': ['0x0', '0x1', '0x2', '!= 0x0', '& 0x1 == 0x1'],
  'ct state': ['new', 'established', 'related', '{ established, related }', 'invalid'],
  'icmp type': ['echo-request', 'echo-reply', '{ echo-request, echo-reply }'],
  'meta l4proto': ['tcp', 'udp', 'icmp', '!= tcp', '{ tcp, udp }'],
};

/** Few, so that many rules have the same. */
const shapes = [
  ['ip saddr'],
  ['tcp dport'],
  ['udp dport'],
  ['iif'],
  ['ct state'],
  ['meta mark'],
  ['icmp type'],
  ['meta l4proto'],
  ['ip saddr', 'ip daddr'],
  ['ip saddr', 'tcp dport'],
  ['ip saddr', 'ip daddr', 'tcp dport'],
  ['iif', 'ip saddr', 'udp dport'],
  ['tcp sport', 'tcp dport'],
  ['ct state', 'tcp dport'],
] as const;

const verdicts = [
  'accept',
  'drop',
  'accept',
  'drop',
  'reject',
  'return',
  'jump sub',
  'jump marks',
  'goto sub',
];
const others = [
  'counter',
  'counter accept',
  'log "x" drop',
  'mark set 0x1',
  'limit 10/minute burst 5 accept',
  '',
];

function conditionsOf(shape: readonly string[]): fc.Arbitrary<string> {
  return fc
    .tuple(...shape.map((key) => fc.constantFrom(...(asks[key] ?? [])).map((value) => `${key} ${value}`)))
    .map((words) => words.join(' '));
}

function rulesOf(ends: readonly string[], maxLength: number): fc.Arbitrary<readonly string[]> {
  const plain = fc.tuple(
    fc.constantFrom(...ends),
    fc.constantFrom('', '', '', ' comment "one"', ' comment "two"'),
  );
  const verdict = fc.oneof(
    { weight: 8, arbitrary: plain.map(([word, comment]) => `${comment.trim()} ${word}`.trim()) },
    fc.constantFrom(...others),
  );
  const rule = (shape: readonly string[]): fc.Arbitrary<string> =>
    fc.tuple(conditionsOf(shape), verdict).map((words) => words.join(' ').trim());
  return fc
    .subarray([...shapes], { minLength: 1, maxLength: 3 })
    .chain((chosen) => fc.array(fc.oneof(...chosen.map(rule)), { minLength: maxLength / 2, maxLength }))
    .map((rules) => rules.filter((text) => text !== ''));
}

function chainOf(head: string, rules: readonly string[]): string {
  return [`  chain ${head} {`, ...rules.map((rule) => `    ${rule}`), '  }'].join('\n');
}

/** Tables of IPv4, or of both families, that filter what is forwarded. */
export const alikePolicies: fc.Arbitrary<string> = fc
  .record({
    family: fc.constantFrom('ip', 'inet'),
    policy: fc.constantFrom('accept', 'drop'),
    forward: rulesOf(verdicts, 24),
    sub: rulesOf(['accept', 'drop', 'return'], 8),
    marks: rulesOf(['accept', 'return'], 2),
    nat: rulesOf(['accept', 'dnat to 10.0.2.3', 'dnat to 10.0.2.2:80', 'redirect to :53'], 6),
  })
  .map(({ family, policy, forward, sub, marks, nat }) =>
    [
      'table ip nat {',
      chainOf(
        'PREROUTING',
        nat.filter((rule) => !/limit|dnat to 10.0.2.2:80|redirect/.test(rule) || /tcp|udp/.test(rule)),
      ),
      '}',
      `table ${family} filter {`,
      chainOf(`FORWARD policy ${policy}`, forward),
      chainOf('sub', sub),
      chainOf('marks', [...marks, 'mark set 0x2']),
      '}',
      '',
    ].join('\n'),
  );

/** Packets that are forwarded. */
export const alikePackets: fc.Arbitrary<string> = fc
  .record({
    iif: fc.constantFrom('a0', 'a1', 'b0', 'c0'),
    source: fc.constantFrom('10.0.1.2', '10.0.1.3', '10.0.1.5', '10.0.1.77', '10.0.2.9'),
    destination: fc.constantFrom('10.0.2.2', '10.0.2.3', '10.0.2.7', '10.0.3.1'),
    protocol: fc.constantFrom('tcp', 'tcp', 'udp', 'icmp'),
    sport: fc.constantFrom(1500, 40000, 999),
    dport: fc.constantFrom(22, 23, 25, 80, 443, 1500),
    more: fc.constantFrom('', '', ' mark 0x1', ' mark 0x2', ' state established', ' state invalid'),
  })
  .map(({ iif, source, destination, protocol, sport, dport, more }) => {
    const ends =
      protocol === 'icmp'
        ? `${source} -> ${destination} echo-request`
        : `${source}:${sport} -> ${destination}:${dport}${protocol === 'tcp' ? ' syn' : ''}`;
    return `in ${iif} out z0 ${protocol} ${ends}${more}`;
  });
