// What checked connections add up to.
import { describe, expect, test } from 'vitest';
import { countedKeys } from '../../../src/core/conntrack-check/counts.ts';
import {
  briefOf,
  checkerOf,
  loadPolicy,
  parseConntrackLine,
  type RuleSet,
  type Summary,
  summaryBuilder,
} from '../../../src/core/index.ts';

const policy = `table ip filter {
  chain FORWARD policy drop { ct state established,related accept; ct state new tcp dport 80 accept }
}
host gw {
  interface "lan0" { address 10.0.0.1/24 }
  interface "wan0" { address 203.0.113.1/24 }
  route default via 203.0.113.254 dev "wan0"
  sysctl net.ipv4.ip_forward = 1
}
`;

/** A connection to a port, whose answers come from another address where it is translated. */
function entry(port: number, answeredBy = '198.51.100.7'): string {
  const original = `src=10.0.0.5 dst=198.51.100.7 sport=51000 dport=${port}`;
  const reply = `src=${answeredBy} dst=10.0.0.5 sport=${port} dport=51000`;
  return `tcp 6 431999 ESTABLISHED ${original} packets=3 bytes=200 ${reply} packets=2 bytes=1000 [ASSURED] mark=0 use=1`;
}

function summaryOf(lines: readonly string[], zones = ''): Summary {
  const loaded = loadPolicy({ name: 'p.hook', text: `${policy}${zones}` }, 'hook').value;
  const ruleSet: RuleSet = loaded?.ruleSet ?? { tables: [] };
  const check = checkerOf(ruleSet, loaded?.hosts[0]);
  const counted = summaryBuilder(loaded?.zones);
  for (const line of lines) {
    const { value } = parseConntrackLine(line);
    if (value) counted.add(briefOf(check(value)));
  }
  return counted.summary();
}

test('counts by what the policy says, and by the deciding rule', () => {
  const { totals, by, flows, talkers } = summaryOf([entry(80), entry(80, '10.9.9.9'), entry(22)]);
  const counts = { stale: 0, surviving: 0, depends: 0, drift: 0, counted: 1, bytes: 1200, connections: 1 };
  const [two, three] = [2, 3].map((connections) => ({
    ...counts,
    connections,
    counted: connections,
    bytes: connections * 1200,
    drift: 1,
  }));
  const stale = { ...counts, stale: 1, surviving: 1 };
  const rule = 'rule 2 of ip filter FORWARD (p.hook:2): ct state new tcp dport 80 accept';
  expect(totals).toEqual({ ...three, stale: 1, surviving: 1 });
  expect(by.rule.groups).toEqual([
    { name: rule, ...two },
    { name: 'the policy of ip filter FORWARD', ...stale },
  ]);
  expect(by.service.groups.map(({ name, connections }) => [name, connections])).toEqual([
    ['tcp 80', 2],
    ['tcp 22', 1],
  ]);
  expect(flows[0]).toEqual({ from: 'lan0', rule, to: 'wan0', ...two });
  expect(talkers.map(({ name, bytes }) => [name, bytes])).toEqual([['10.0.0.5', 3600]]);
});

describe('zones of the policy', () => {
  const lines = [
    entry(80),
    entry(80).replaceAll('10.0.0.5', '10.0.0.77'),
    entry(80).replaceAll('198.51.100.7', '10.0.0.1'),
  ];

  test.each([
    ['none', '', ['lan0 -> wan0', 'lan0 -> wan0', 'lan0 -> self']],
    [
      'by interface',
      'zone lan = { interface "lan*" }\nzone wan = { interface "wan0", "wan1" }\n',
      ['lan -> wan', 'lan -> wan', 'lan -> this host'],
    ],
    [
      'of one interface only',
      'zone lan = { interface "lan0" }\n',
      ['lan -> wan0, in no zone', 'lan -> wan0, in no zone', 'lan -> this host'],
    ],
    [
      'by addresses',
      `let servers = { 10.0.0.64/26, 2001:db8::/64 }
zone clients = { interface "lan0"; address 10.0.0.2-10.0.0.9 }
zone servers = { address servers }
zone lan = { interface "lan0" }
zone world = { address 198.51.100.7 }
`,
      ['clients, lan -> world', 'servers, lan -> world', 'clients, lan -> this host'],
    ],
  ])('%s', (_, zones, pairs) => {
    for (const [at, line] of lines.entries()) {
      const { flows, by } = summaryOf([line], zones);
      expect(by.zone.groups.map(({ name }) => name)).toEqual([pairs[at]]);
      expect(flows.map(({ from, to }) => `${from} -> ${to}`)).toEqual([pairs[at]]);
    }
  });
});

test('has nothing of no connections', () => {
  const { totals, flows, remaining } = summaryOf([]);
  expect(totals.connections).toBe(0);
  expect(flows).toEqual([]);
  expect(remaining.every(({ connections }) => connections === 0)).toBe(true);
});

test('keys that are given up stay counted', () => {
  const counted = countedKeys<number>(8);
  for (let key = 0; key < 100; key++)
    for (let more = 0; more <= (key === 3 ? 50 : 0); more++) counted.at(key).connections++;
  const kept = new Map(counted.entries());
  expect(kept.size).toBeLessThanOrEqual(8);
  expect(kept.get(3)?.connections).toBe(51);
  const sum = [...kept.values()].reduce((all, { connections }) => all + connections, 0);
  expect(sum + counted.given.connections).toBe(150);
});
