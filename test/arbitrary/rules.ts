// Random policies that every back end can say, and packets that their rules tell apart. The names and numbers come from
// small pools, so that rules match often and chains are left at every place.
import fc from 'fast-check';

const network = fc.constantFrom(
  '10.0.1.2',
  '10.0.1.0/24',
  '10.0.2.2',
  '10.0.2.3-10.0.2.9',
  '{ 10.0.1.3, 10.0.2.0/28 }',
);
const port = fc.constantFrom(
  '22',
  '53',
  '80',
  '1000-2000',
  '{ 22, 80, 1500-1600 }',
  '!= 53',
  '!= { 22, 443 }',
);
const device = fc.constantFrom('"a0"', '"b0"', '"a*"', '!= "a0"');
const flags = fc.constantFrom('syn / syn,ack,fin,rst', 'syn,ack / syn,ack', '& (fin | rst) == 0x0');

/** Matches that any chain may hold; each of another key, because iptables takes most options once. */
const matches: readonly fc.Arbitrary<string>[] = [
  network.map((value) => `ip saddr ${value}`),
  network.map((value) => `ip daddr ${value}`),
  fc.oneof(
    port.map((value) => `tcp dport ${value}`),
    port.map((value) => `udp dport ${value}`),
    port.map((value) => `udp sport ${value}`),
    flags.map((value) => `tcp flags ${value}`),
    fc.constantFrom('icmp type echo-request', 'meta l4proto tcp', 'meta l4proto != { tcp, udp }'),
  ),
  fc.constantFrom('meta mark 0x1', 'meta mark != 0x0', 'meta mark & 0x3 == 0x2'),
];
const connection = fc.constantFrom(
  'ct state new',
  'ct state { established, related }',
  'ct state invalid',
  'ct status dnat',
  'ct direction reply',
);
const incoming = device.map((value) => `iif ${value}`);

function conditions(more: readonly fc.Arbitrary<string>[]): fc.Arbitrary<string> {
  return fc
    .subarray([...matches, ...more], { maxLength: 3 })
    .chain((chosen) => fc.tuple(...chosen))
    .map((texts) => texts.join(' '));
}

function rule(condition: fc.Arbitrary<string>, verdicts: readonly string[]): fc.Arbitrary<string> {
  return fc.tuple(condition, fc.constantFrom(...verdicts)).map((words) => `    ${words.join(' ').trim()}`);
}

function chain(
  head: string,
  more: readonly fc.Arbitrary<string>[],
  verdicts: readonly string[],
): fc.Arbitrary<string> {
  return fc
    .array(rule(conditions(more), verdicts), { maxLength: 5 })
    .map((rules) => `  chain ${head} {\n${rules.join('\n')}\n  }`);
}

const policies = fc.constantFrom('policy accept', 'policy drop');
const marks = ['mark set 0x1', 'mark set 0x2', 'counter mark set 0x3'];
const anywhere = ['accept', 'drop', 'counter', 'counter accept', 'return', ...marks];
const filtering = [...anywhere, 'jump sub', 'jump sub', 'goto sub', 'reject'];

/** Raw runs before connections are tracked. */
const raw = chain('PREROUTING', [incoming], ['accept', 'counter', 'notrack', 'mark set 0x1']);
const mangle = chain('PREROUTING', [incoming, connection], ['accept', 'counter', 'drop', ...marks]);
const sub = chain(
  'sub',
  [connection, incoming],
  ['accept', 'drop', 'return', 'jump deep', 'goto deep', ...marks],
);
const deep = chain('deep', [connection], ['accept', 'drop', 'return', 'counter']);
const dnat = chain('PREROUTING', [incoming], ['accept', 'return']).chain((body) =>
  fc
    .constantFrom('dnat to 10.0.2.2', 'dnat to 10.0.2.3:80', 'redirect to :53')
    .map((verdict) => body.replace(/\n {2}\}$/, `\n    ip daddr 10.0.9.9 meta l4proto tcp ${verdict}\n  }`)),
);
const snat = chain('POSTROUTING', [], ['accept', 'return']).chain((body) =>
  fc
    .constantFrom('snat to 10.0.2.1', 'masquerade', 'snat to 10.0.2.1-10.0.2.1:3000-3000')
    .map((verdict) =>
      body.replace(/\n {2}\}$/, `\n    oif "b0" ip saddr 10.0.1.0/24 tcp dport 80 ${verdict}\n  }`),
    ),
);

const filter = fc
  .tuple(policies, policies)
  .chain(([input, forward]) =>
    fc.tuple(
      chain(`INPUT ${input}`, [connection, incoming], filtering),
      chain(
        `FORWARD ${forward}`,
        [connection, incoming, fc.constantFrom('oif "b0"', 'oif != "b0"')],
        filtering,
      ),
      sub,
      deep,
    ),
  );

/** The host that the policies run on, as a `host` block: `a0` 10.0.1.1, `b0` 10.0.2.1. */
const hostBlock = `host dut {
  interface "a0" { address 10.0.1.1/24 }
  interface "b0" { address 10.0.2.1/24 }
  sysctl net.ipv4.ip_forward = 1
}
`;

/** A policy in iptables' tables, as text. Every table reaches `sub` and `deep`, so no chain is unused for long. */
export const policyTexts: fc.Arbitrary<string> = fc
  .tuple(raw, mangle, dnat, snat, filter)
  .map(([rawChain, mangleChain, dnatChain, snatChain, filterChains]) =>
    [
      `table ip raw {\n${rawChain}\n}\n`,
      `table ip mangle {\n${mangleChain}\n}\n`,
      `table ip nat {\n${dnatChain}\n\n${snatChain}\n}\n`,
      `table ip filter {\n${filterChains.join('\n\n')}\n}\n`,
      hostBlock,
    ].join('\n'),
  );

const outside = fc.constantFrom('10.0.1.2', '10.0.1.3', '10.0.1.77');
const inside = fc.constantFrom('10.0.2.2', '10.0.2.3', '10.0.2.8', '10.0.1.1', '10.0.9.9');
const ports = fc.constantFrom(22, 53, 80, 443, 999, 1500);
const tcpFlags = fc.constantFrom('syn', 'ack', 'syn,ack', 'fin,ack', 'rst');

/** Packets received on `a0`, as specs; few enough that connections repeat. */
const received = fc
  .tuple(
    outside,
    inside,
    fc.constantFrom(1500, 40000),
    ports,
    tcpFlags,
    fc.constantFrom('tcp', 'udp', 'icmp'),
  )
  .map(([from, to, sport, dport, flag, protocol]) => {
    if (protocol === 'icmp') return `in a0 icmp ${from} -> ${to} echo-request`;
    return `in a0 ${protocol} ${from}:${sport} -> ${to}:${dport}${protocol === 'tcp' ? ` ${flag}` : ''}`;
  });

/** Answers, to the clients themselves or to the address that source translation gave them. */
const answered = fc
  .tuple(
    fc.constantFrom('10.0.2.2', '10.0.2.3'),
    fc.constantFrom('10.0.1.2', '10.0.1.3', '10.0.2.1'),
    fc.constantFrom(1500, 40000, 3000),
    ports,
    tcpFlags,
    fc.constantFrom('tcp', 'udp', 'icmp'),
  )
  .map(([from, to, dport, sport, flag, protocol]) => {
    if (protocol === 'icmp') return `in b0 icmp ${from} -> ${to} echo-reply`;
    return `in b0 ${protocol} ${from}:${sport} -> ${to}:${dport}${protocol === 'tcp' ? ` ${flag}` : ''}`;
  });

/** One packet of a history. */
export const packetSpecs: fc.Arbitrary<string> = fc.oneof({ weight: 2, arbitrary: received }, answered);
