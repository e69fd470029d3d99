// Whole policies out of everything that the language has: constants, sets, services, zones, definitions, blocks, tables,
// policies between zones, gateways and a host; and packets of both families that their rules tell apart.
import fc from 'fast-check';

const declarations = `let office = 10.0.1.0/24
let both = { 10.0.1.2, 2001:db8:1::2 }
let web = { 80, 443 }
let device = "a0"
set admins : address = { 10.0.1.2, 10.0.2.0/28, 2001:db8:1::/64 }
set ports : port = { 22, 8000-8010 }
service app = { tcp 8080-8090, udp 53, ping }
service all_of_it = { app, ssh }
zone lan = { interface "a0" }
zone dmz = { interface "b0"; address 10.0.2.0/24, 2001:db8:2::/64 }
zone wan = { interface "c*" }
def allow(src : address, what : service) {
  from src service what ct state new accept
  when from src { tcp dport 9 counter; tcp dport 7 drop }
}
def note(port : port, value) { tcp dport port meta mark set value }
`;

const host = `host dut {
  interface "a0" { address 10.0.1.1/24; address 2001:db8:1::1/64 }
  interface "b0" { address 10.0.2.1/24; address 2001:db8:2::1/64 }
  interface "c0" { address 203.0.113.1/24; address 2001:db8:3::1/64 }
  route default via 203.0.113.254 dev "c0"
  route default via 2001:db8:3::fe dev "c0"
  sysctl net.ipv4.ip_forward = 1
  sysctl net.ipv6.conf.all.forwarding = 1
}
`;

/** Where packets come from and go to, each of another key; what a table of one family may not say is not here. */
const ends = [
  fc.constantFrom(
    'from office',
    'from both',
    'from @admins',
    'from != office',
    'from zone lan',
    'from 2001:db8:2::/64',
  ),
  fc.constantFrom('to office', 'to both', 'to @admins', 'to 10.0.2.2', 'to { 10.0.2.2, 2001:db8:2::2 }'),
];
const kinds = fc.constantFrom(
  'service app',
  'service all_of_it',
  'service ssh',
  'tcp dport web',
  'tcp dport @ports',
  'udp dport { 53, 67-68 }',
  'tcp sport 1024-65535',
  'tcp flags syn / syn,ack',
  'icmp type echo-request',
  'meta l4proto { tcp, udp }',
);
const states = fc.constantFrom('ct state new', 'ct state { established, related }', 'ct state invalid');
const marks = fc.constantFrom('meta mark 0x1', 'meta mark != 0x0', 'meta mark & 0x3 == 0x2');
const incoming = fc.constantFrom('iif device', 'iif "b0"', 'iif != "c0"', 'iif "c*"');

function conditions(list: readonly fc.Arbitrary<string>[], minLength: number): fc.Arbitrary<string> {
  return fc
    .subarray([...list], { minLength, maxLength: 3 })
    .chain((chosen) => fc.tuple(...chosen))
    .map((words) => words.join(' '));
}

function rulesOf(list: readonly fc.Arbitrary<string>[], verdicts: readonly string[]): fc.Arbitrary<string> {
  const plain = fc
    .tuple(conditions(list, 1), fc.constantFrom(...verdicts))
    .map(([condition, verdict]) => `${condition} ${verdict}`);
  const block = fc
    .tuple(conditions(list, 1), fc.array(plain, { minLength: 1, maxLength: 3 }))
    .map(([condition, rules]) => `when ${condition} { ${rules.join('; ')} }`);
  const call = fc
    .tuple(incoming, fc.constantFrom('allow(@admins, ssh)', 'allow(both, app)', 'allow(office, all_of_it)'))
    .map((words) => words.join(' '));
  return fc
    .array(fc.oneof({ weight: 5, arbitrary: plain }, { weight: 2, arbitrary: block }, call), { maxLength: 5 })
    .map((rules) => rules.map((rule) => `    ${rule}\n`).join(''));
}

const filtering = ['accept', 'drop', 'counter', 'return', 'jump sub', 'goto sub', 'reject', 'log "x"'];
const fields = [...ends, kinds, states, marks];
const value = fc.constantFrom('0x1', '0x2');

const filterTable = fc
  .tuple(
    rulesOf([...fields, incoming], filtering),
    rulesOf([...fields, incoming], filtering),
    rulesOf(fields, ['accept', 'drop', 'return', 'counter']),
    fc.constantFrom('accept', 'drop'),
    value,
  )
  .map(
    ([input, forward, sub, policy, mark]) => `table inet filter {
  chain in hook input priority filter policy ${policy} {
${input}  }
  chain forward hook forward priority filter policy ${policy} {
${forward}    jump sub
  }
  chain early hook prerouting priority mangle {
    iif "a0" note(80, ${mark})
  }
  chain sub {
${sub}    return
  }
}
`,
  );

const pairs = fc.uniqueArray(
  fc.constantFrom('lan to wan', 'wan to dmz', 'lan to self', 'dmz to lan', 'any to self', 'lan to dmz, self'),
  { minLength: 1, maxLength: 3 },
);
const zonePolicies = pairs.chain((chosen) =>
  fc
    .tuple(
      ...chosen.map((pair) =>
        fc
          .tuple(
            rulesOf([ends[1] ?? kinds, kinds, marks], ['accept', 'drop', 'counter']),
            fc.constantFrom('accept', 'drop', 'drop log "end "', 'reject'),
          )
          .map(([rules, last]) => `policy from ${pair} {\n${rules}    default ${last}\n}\n`),
      ),
    )
    .map((policies) => policies.join('')),
);

const gateway = fc
  .tuple(
    fc.constantFrom('masquerade', 'snat to 203.0.113.4', ''),
    fc.subarray([
      'forward tcp 8080 to 10.0.1.2:80 hairpin',
      'forward udp 5000-5010 to 10.0.1.3',
      'map 203.0.113.10 to 10.0.1.10',
      'exclude 10.0.2.0/24',
      'clamp mss',
    ]),
  )
  .map(
    ([outside, lines]) =>
      `gateway home {\n  inside 10.0.1.0/24, 2001:db8:1::/64 on "a0"\n  outside "c0" ${outside}\n${lines.map((line) => `  ${line}\n`).join('')}}\n`,
  );

/** Policies as text; nearly all are valid. */
export const programs: fc.Arbitrary<string> = fc
  .tuple(
    fc.option(filterTable, { nil: '', freq: 4 }),
    fc.option(zonePolicies, { nil: '', freq: 1 }),
    fc.option(gateway, { nil: '', freq: 1 }),
  )
  .filter((parts) => parts.join('') !== '')
  .map((parts) => [declarations, ...parts, host].join('\n'));

const networks = [
  ['a0', ['10.0.1.2', '10.0.1.3'], ['2001:db8:1::2', '2001:db8:1::3']],
  ['b0', ['10.0.2.2', '10.0.2.77'], ['2001:db8:2::2', '2001:db8:2::3']],
  ['c0', ['198.51.100.9', '203.0.113.9'], ['2001:db8:9::9', '2001:db8:3::9']],
] as const;
const own = [
  ['203.0.113.1', '10.0.1.1', '203.0.113.10'],
  ['2001:db8:3::1', '2001:db8:1::1'],
] as const;

/** One packet of a history, received from one of the networks; few enough that connections repeat. */
export const programPackets: fc.Arbitrary<string> = fc
  .tuple(fc.constantFrom(...networks), fc.constantFrom(...networks), fc.constantFrom(0, 1))
  .chain(([from, to, family]) =>
    fc.tuple(
      fc.constant(from[0]),
      fc.constantFrom(...from[family + 1 === 1 ? 1 : 2]),
      fc.constantFrom(...to[family + 1 === 1 ? 1 : 2], ...own[family === 0 ? 0 : 1]),
      fc.constantFrom('tcp', 'udp', 'icmp'),
      fc.constantFrom(22, 40000),
      fc.constantFrom(7, 22, 53, 80, 443, 5005, 8005, 8080, 8085, 40000),
      fc.constantFrom('syn', 'ack', 'syn,ack', 'rst'),
    ),
  )
  .map(([device, source, destination, protocol, sport, dport, flags]) => {
    const [a, b] = source.includes(':') ? [`[${source}]`, `[${destination}]`] : [source, destination];
    if (protocol === 'icmp')
      return `in ${device} ${a.startsWith('[') ? 'icmpv6' : 'icmp'} ${source} -> ${destination} echo-request`;
    return `in ${device} ${protocol} ${a}:${sport} -> ${b}:${dport}${protocol === 'tcp' ? ` ${flags}` : ''}`;
  });
