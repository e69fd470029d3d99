// Random policies of a gateway for either family of IP, in iptables' tables: every kind of translation at every hook that
// takes it, marks of packets and connections, zones, what a rule changes in a packet, every kind of refusal; and packets
// that their rules tell apart.
import fc from 'fast-check';
import { otherPackets } from './other-packets.ts';

/** Which family; addresses are drawn from the two networks, and from one that only translation leads to. */
interface Network {
  readonly table: 'ip' | 'ip6';
  /** An address of network 1, 2 or 9. */
  readonly at: (network: 1 | 2 | 9, host: number) => string;
  /** A part of network 2 that no translated address is in already. */
  readonly network: string;
  readonly icmp: string;
  readonly refusals: readonly string[];
  readonly ttl: string;
}

const networks: readonly Network[] = [
  {
    table: 'ip',
    at: (network, host) => `10.0.${network}.${host}`,
    network: '10.0.2.16/28',
    icmp: 'icmp type echo-request',
    refusals: ['net-unreachable', 'prot-unreachable', 'host-prohibited', 'admin-prohibited'].map(
      (code) => `reject with icmp type ${code}`,
    ),
    ttl: 'ip ttl set 9',
  },
  {
    table: 'ip6',
    at: (network, host) => `fd00:${network}::${host}`,
    network: 'fd00:2::10/124',
    icmp: 'icmpv6 type echo-request',
    refusals: ['no-route', 'admin-prohibited', 'addr-unreachable', 'port-unreachable'].map(
      (code) => `reject with icmpv6 type ${code}`,
    ),
    ttl: 'ip6 hoplimit set 9',
  },
];

const protocols = fc.constantFrom('tcp', 'tcp', 'udp');

/** Ports of a translation: TCP and UDP have them only. */
function withPorts(address: string, ports: string): string {
  return address.includes(':') ? `[${address}]:${ports}` : `${address}:${ports}`;
}

function pool({ at }: Network, network: 1 | 2, first: number, last: number): string {
  return `${at(network, first)}-${at(network, last)}`;
}

function destinationNat(net: Network): fc.Arbitrary<string> {
  const to = fc.constantFrom(
    'dnat to ADDRESS',
    'dnat to ADDRESS:PORT',
    'dnat to ADDRESS:PORTS',
    'dnat to POOL',
    'dnat to POOL persistent',
    'dnat to ADDRESS:PORTS random',
    'redirect to :8080',
    'redirect to :8080-8090',
    'redirect',
    'netmap to NETWORK',
  );
  return fc
    .tuple(protocols, fc.constantFrom('', ' tcp dport 80', ' udp dport 53'), to, fc.constantFrom(2, 3, 7))
    .map(([protocol, port, text, host]) => {
      const target = text
        .replace('ADDRESS:PORTS', withPorts(net.at(2, host), '3000-3003'))
        .replace('ADDRESS:PORT', withPorts(net.at(2, host), '80'))
        .replace('ADDRESS', net.at(2, host))
        .replace('POOL', pool(net, 2, 2, 5))
        .replace('NETWORK', net.network);
      const kind = port === '' ? ` meta l4proto ${protocol}` : port;
      return `${net.table} daddr { ${net.at(9, 9)}, ${net.at(2, 8)} }${kind} ${target}`;
    });
}

function sourceNat(net: Network): fc.Arbitrary<string> {
  const to = fc.constantFrom(
    'masquerade',
    'masquerade',
    'masquerade to :4000-4003',
    'masquerade random',
    'masquerade fully-random',
    'snat to ADDRESS',
    'snat to POOL',
    'snat to POOL persistent',
    'snat to ADDRESS:PORTS',
    'snat to ADDRESS:PORT',
    'snat to ADDRESS random',
    'netmap to NETWORK',
  );
  const which = fc.constantFrom(
    'oif "b0"',
    'oif "b0"',
    'oif "a0"',
    'ct status dnat',
    `${net.table} saddr ${net.at(1, 2)}`,
  );
  return fc.tuple(which, protocols, to).map(([condition, protocol, text]) => {
    const target = text
      .replace('ADDRESS:PORTS', withPorts(net.at(2, 1), '3000-3003'))
      .replace('ADDRESS:PORT', withPorts(net.at(2, 1), '3000'))
      .replace('ADDRESS', net.at(2, 6))
      .replace('POOL', pool(net, 2, 4, 7))
      .replace('NETWORK', net.network);
    const kind = target.includes(':4000') || target.includes(':3000') ? ` meta l4proto ${protocol}` : '';
    return `${condition}${kind} ${target}`;
  });
}

function conditions({ table, at, icmp }: Network): fc.Arbitrary<string> {
  return fc.constantFrom(
    '',
    '',
    `${table} saddr ${at(1, 2)}`,
    `${table} daddr ${at(2, 3)}`,
    `${table} saddr != ${at(1, 3)}`,
    'tcp dport { 22, 80 }',
    'tcp flags syn / syn,ack',
    'udp dport 53',
    'udp sport 1500',
    icmp,
    'meta l4proto tcp',
    'meta mark 0x1',
    'meta mark != 0x0',
    'meta length > 500',
    'fib daddr type local',
    'fib saddr type unicast',
    'numgen inc mod 2 0',
    'numgen inc mod 3 1',
  );
}

const connections = fc.constantFrom(
  '',
  '',
  'ct state new',
  'ct state { established, related }',
  'ct state invalid',
  'ct state related',
  'ct state untracked',
  'ct status dnat',
  'ct status snat',
  'ct status assured',
  'ct status seen-reply',
  'ct direction reply',
  'ct mark 0x5',
  'ct mark & 0x4 == 0x0',
);

const anywhere = ['accept', 'counter', 'drop', 'return', 'mark set 0x1', 'mark set 0x2'];
/** Without a connection iptables and nft differ in what they take for a match. */
const restoring = 'ct state { new, established } mark set ct mark';
const keeping = ['ct mark set 0x5', 'ct mark set 0x2', 'ct mark set meta mark', restoring];

type Word = fc.Arbitrary<string>;

function chain(name: string, policy: Word, rules: Word): Word {
  return fc
    .tuple(policy, fc.array(rules, { maxLength: 4 }))
    .map(([word, list]) => `  chain ${name} ${word} {\n${list.map((line) => `    ${line}\n`).join('')}  }\n`);
}

function rule(...words: readonly Word[]): Word {
  return fc.tuple(...words).map((list) => list.filter(Boolean).join(' '));
}

const none = fc.constant('');
const policies = fc.constantFrom('policy accept', 'policy accept', 'policy accept', 'policy drop');

function said(words: readonly string[]): Word {
  return fc.constantFrom(...words);
}

/** Some packets have no connection. */
function untracking(packet: Word): Word {
  const received = ['counter', 'accept', 'notrack', 'mark set 0x1', 'fib saddr . iif oif missing drop'];
  // An answer to a packet without a connection is tracked behind the NOTRACK of iptables, but not behind that of nft.
  const sent = fc.oneof(
    rule(packet, said(['counter', 'accept', 'mark set 0x1'])),
    fc.constant('meta l4proto udp notrack'),
  );
  return joined(chain('PREROUTING', none, rule(packet, said(received))), chain('OUTPUT', none, sent));
}

/** Connections of several zones; not beside `notrack`, behind which the zone of iptables does nothing. */
function zoning(packet: Word): Word {
  const rules = rule(packet, said(['ct zone set 1', 'ct zone set 1', 'ct zone set 2', 'counter']));
  return joined(chain('PREROUTING', none, rules), chain('OUTPUT', none, rules));
}

function joined(...words: readonly Word[]): Word {
  return fc.tuple(...words).map((list) => list.join(''));
}

/** The five tables, for one family. */
function gateway(net: Network): Word {
  const packet = conditions(net);
  const mangling = rule(
    packet,
    connections,
    said([...anywhere.slice(0, 3), ...keeping, net.ttl, 'accept', 'mark set 0x1']),
  );
  const deciding = rule(
    packet,
    connections,
    said([...anywhere, ...net.refusals, 'reject', 'jump sub', 'goto sub']),
  );
  const resetting = rule(
    said(['tcp dport 80', 'tcp sport 1500', 'meta l4proto tcp']),
    said(['reject with tcp reset']),
  );
  const filter = fc.oneof({ weight: 5, arbitrary: deciding }, { weight: 1, arbitrary: resetting });
  const plain = rule(packet, said(['accept', 'return', 'counter']));
  const dnat = fc.oneof({ weight: 3, arbitrary: destinationNat(net) }, plain);
  const snat = fc.oneof({ weight: 3, arbitrary: sourceNat(net) }, plain);
  const inputNat = rule(
    said(['tcp dport 80', 'udp dport 53']),
    said([`snat to ${net.at(9, 1)}`, `snat to ${net.at(1, 50)}`]),
  );
  const sub = rule(packet, connections, said([...anywhere, ...keeping]));
  const tables = {
    raw: [fc.oneof(untracking(packet), zoning(packet))],
    mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'].map((name) =>
      chain(name, policies, mangling),
    ),
    nat: [
      chain('PREROUTING', none, dnat),
      chain('INPUT', none, inputNat),
      chain('OUTPUT', none, dnat),
      chain('POSTROUTING', none, snat),
    ],
    filter: [
      ...['INPUT', 'FORWARD', 'OUTPUT'].map((name) => chain(name, policies, filter)),
      chain('sub', none, sub),
    ],
    security: ['INPUT', 'FORWARD', 'OUTPUT'].map((name) =>
      chain(name, none, rule(packet, connections, said(anywhere))),
    ),
  };
  const written = Object.entries(tables).map(([name, chains]) =>
    joined(...chains).map((list) => `table ${net.table} ${name} {\n${list}}\n`),
  );
  return fc.subarray(written, { minLength: 1 }).chain((some) => joined(...some));
}

/** For one family, or for both. */
export const gatewayPolicies: Word = fc.oneof(
  ...networks.map(gateway),
  fc.tuple(...networks.map(gateway)).map((both) => both.join('')),
);

const far = { ip: '198.51.100.7', ip6: 'fd00:2::77' } as const;

const usualPackets: Word = fc
  .record({
    net: fc.constantFrom(...networks),
    way: fc.constantFrom('through', 'through', 'back', 'to', 'hairpin', 'out'),
    host: fc.constantFrom(2, 3),
    target: fc.constantFrom('server', 'server', 'public', 'shared', 'far'),
    sport: fc.constantFrom(1500, 40000, 600),
    dport: fc.constantFrom(22, 53, 80, 80, 3000),
    protocol: fc.constantFrom('tcp', 'tcp', 'udp', 'icmp'),
    ttl: fc.constantFrom('', '', '', '', ' ttl 1', ' ttl 2'),
  })
  .map(({ net, way, host, target, sport, dport, protocol, ttl }) => {
    const targets = {
      server: net.at(2, host),
      public: net.at(9, 9),
      shared: net.at(2, 8),
      far: far[net.table],
    };
    const lines = {
      through: ['in a0', net.at(1, host), targets[target]],
      back: ['in b0', net.at(2, host), net.at(1, host)],
      to: ['in a0', net.at(1, host), net.at(1, 1)],
      hairpin: ['in b0', net.at(2, host), targets[target]],
      out: ['out', net.at(1, 1), targets[target]],
    } as const;
    const [place, from, to] = lines[way];
    if (protocol === 'icmp') {
      const name = net.table === 'ip' ? 'icmp' : 'icmpv6';
      return `${place} ${name} ${from} -> ${to} echo-request id ${sport}${ttl}`;
    }
    return `${place} ${protocol} ${withPorts(from, `${sport}`)} -> ${withPorts(to, `${dport}`)}${protocol === 'tcp' ? ' syn' : ''}${ttl}`;
  });

/** Packets through such a gateway, to it, and from it. */
export const gatewayPackets: Word = fc.oneof(
  { weight: 4, arbitrary: usualPackets },
  { weight: 1, arbitrary: otherPackets },
);
