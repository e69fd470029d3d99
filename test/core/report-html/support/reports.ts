// Reports of many kinds: none and one connection, ordinary ones, many of everything, and names that attack the page.

import { parseConntrackLine } from '../../../../src/core/conntrack/dump.ts';
import type { Counts } from '../../../../src/core/conntrack-check/counts.ts';
import type { Flow, Group, Groups, Summary } from '../../../../src/core/conntrack-check/summary.ts';
import type { Report } from '../../../../src/core/report-html/model.ts';

const none: Counts = {
  connections: 0,
  stale: 0,
  surviving: 0,
  depends: 0,
  drift: 0,
  bytes: 0,
  counted: 0,
};

function counts(connections: number, stale = 0, bytes = connections * 7919): Counts {
  const surviving = Math.floor(stale / 2);
  return { ...none, connections, stale, surviving, bytes, counted: bytes > 0 ? connections : 0 };
}

/** Groups from names and numbers of connections, and how many of them are stale. */
function groups(...rows: readonly (readonly [string, number, number?])[]): Groups {
  const found: Group[] = rows.map(([name, connections, stale]) => ({ name, ...counts(connections, stale) }));
  return { groups: found.toSorted((a, b) => b.connections - a.connections), others: none };
}

function sum(flows: readonly Flow[]): Counts {
  const add = (key: keyof Counts) => flows.reduce((total, flow) => total + flow[key], 0);
  return {
    connections: add('connections'),
    stale: add('stale'),
    surviving: add('surviving'),
    depends: add('depends'),
    drift: add('drift'),
    bytes: add('bytes'),
    counted: add('counted'),
  };
}

const begins = [0, 5, 10, 30, 60, 120, 180, 300, 600, 1800, 3600, 21_600, 86_400, 172_800, 432_000];

function bins(numbers: readonly number[]): Summary['remaining'] {
  return begins.map((from, at) => ({
    from,
    ...(begins[at + 1] !== undefined && { to: begins[at + 1] ?? 0 }),
    connections: numbers[at] ?? 0,
  }));
}

function spread(used: (block: number) => number): readonly number[] {
  return Array.from({ length: 64 }, (_, at) => Math.min(1024, Math.round(used(at))));
}

/** A summary whose rules and zones are those of the flows. */
function summaryOf(flows: readonly Flow[], rest: Partial<Summary> = {}): Summary {
  const by = (nameOf: (flow: Flow) => string): Groups => {
    const names = [...new Set(flows.map(nameOf))];
    const found = names.map((name) => ({ name, ...sum(flows.filter((flow) => nameOf(flow) === name)) }));
    return { groups: found.toSorted((a, b) => b.connections - a.connections), others: none };
  };
  return {
    totals: sum(flows),
    broken: 0,
    by: {
      rule: by(({ rule }) => rule),
      zone: by(({ from, to }) => `${from} -> ${to}`),
      host: groups(),
      state: groups(),
      service: groups(),
    },
    flows,
    talkers: [],
    remaining: bins([]),
    ports: [],
    ...rest,
  };
}

function reportOf(summary: Summary, misfits: Report['misfits'] = [], policy = 'policy.hook'): Report {
  return {
    policy,
    entries: `${summary.totals.connections} connections of this machine`,
    made: '2026-11-22 05:12 UTC',
    summary,
    misfits,
  };
}

/** Connections of a listing that are stale, and one whose translation drifts. */
function misfitsOf(count: number): Report['misfits'] {
  return Array.from({ length: count }, (_, at) => {
    const line = `tcp      6 ${100 + at} ESTABLISHED src=10.0.${at >> 8}.${at & 255} dst=198.51.100.7 sport=${40000 + at} dport=443 src=198.51.100.7 dst=203.0.113.1 sport=443 dport=${40000 + at} [ASSURED] mark=0 use=1`;
    const { value } = parseConntrackLine(line);
    if (!value) throw new Error(line);
    const drift = at % 7 === 3;
    return {
      entry: value,
      admission: drift ? 'admitted' : 'stale',
      survival: at % 2 ? 'passes' : 'cut',
      fate: drift ? 'forwarded' : 'dropped',
      reason: 'no-route',
      from: 'lan0',
      translation: drift ? { verdict: 'drift', expected: value.original } : { verdict: 'unknown' },
    };
  });
}

const outbound = 'rule 2 of inet filter outbound (policy.hook:30): accept';
const published =
  'rule 4 of inet filter forward (policy.hook:24): iifname "wan0" oifname "lan0" ip daddr 10.0.0.2 tcp dport 80 ct status dnat accept';
const ssh =
  'rule 4 of inet filter input (policy.hook:14): iifname "lan0" ip saddr @admins4 tcp dport 22 limit 10/minute accept';

const ordinaryFlows: readonly Flow[] = [
  { from: 'lan0', rule: outbound, to: 'wan0', ...counts(8123) },
  { from: 'wan0', rule: published, to: 'lan0', ...counts(2210) },
  { from: 'lan0', rule: ssh, to: 'self', ...counts(14) },
  { from: 'guest0', rule: outbound, to: 'wan0', ...counts(930) },
  { from: 'guest0', rule: 'the policy of inet filter forward', to: 'nowhere', ...counts(412, 412) },
  { from: 'self', rule: 'the policy of inet filter output', to: 'wan0', ...counts(120) },
  { from: 'not known', rule: 'the stack: no-route', to: 'nowhere', ...counts(1, 1) },
];

const ordinary = summaryOf(ordinaryFlows, {
  broken: 2,
  by: {
    ...summaryOf(ordinaryFlows).by,
    host: groups(
      ['10.0.0.5', 4011],
      ['10.0.0.20', 2400, 12],
      ['2001:db8:1234:5678:9abc:def0:1234:5678', 1200],
      ['192.0.2.44', 800],
      ['10.9.0.7', 412, 400],
    ),
    state: groups(
      ['tcp ESTABLISHED', 7600, 300],
      ['udp assured', 2100],
      ['tcp TIME_WAIT', 1500, 113],
      ['icmp replied', 30],
      ['udp unreplied', 580],
    ),
    service: groups(
      ['tcp 443', 6200, 200],
      ['udp 53', 2600],
      ['tcp 80', 2210, 100],
      ['udp 443', 770],
      ['icmp', 30],
    ),
  },
  remaining: bins([12, 30, 420, 900, 1800, 200, 60, 40, 3, 0, 120, 700, 1200, 6000, 325]),
  ports: [
    {
      address: '203.0.113.1',
      protocol: 'tcp',
      connections: 8000,
      ports: 7800,
      spread: spread((at) => (at < 1 ? 0 : 124 + 30 * Math.sin(at))),
    },
    {
      address: '203.0.113.1',
      protocol: 'udp',
      connections: 2100,
      ports: 64000,
      spread: spread((at) => (at < 1 ? 0 : 1016)),
    },
    {
      address: '203.0.113.1',
      protocol: 'icmp',
      connections: 3,
      ports: 3,
      spread: spread((at) => (at === 4 ? 3 : 0)),
    },
  ],
});

const hundredRules = summaryOf(
  Array.from({ length: 100 }, (_, at) => ({
    from: `vlan${at % 13}`,
    rule: `rule ${at + 1} of inet filter forward (policy.hook:${at + 10}): iifname "vlan${at % 13}" tcp dport ${1000 + at} accept`,
    to: at % 3 ? 'wan0' : `a-very-long-interface-name-${at}`,
    ...counts(Math.round(90_000 / (at + 1) ** 1.3), at % 10 === 0 ? Math.round(9000 / (at + 1) ** 1.3) : 0),
  })),
);

const thousandTalkers = summaryOf(
  [{ from: 'lan0', rule: outbound, to: 'wan0', ...counts(1_000_000, 0, 0) }],
  {
    by: {
      ...summaryOf([{ from: 'lan0', rule: outbound, to: 'wan0', ...counts(1_000_000, 0, 0) }]).by,
      host: groups(
        ...Array.from(
          { length: 1000 },
          (_, at) => [`10.1.${at >> 8}.${at & 255}`, 1000 - (at >> 2)] as const,
        ),
      ),
      service: groups(...Array.from({ length: 400 }, (_, at) => [`tcp ${at + 1}`, 2500 - at * 3] as const)),
    },
  },
);

const attack = `</title></style></script><script>document.title='taken'</script><img src=x onerror="document.title='taken'">" onmouseover='x' &lt; \u202Egnp.\u0000`;
const hostileFlows: readonly Flow[] = [
  { from: attack, rule: `rule 1 of inet filter ${attack}`, to: `${attack}2`, ...counts(10, 5) },
  { from: 'x'.repeat(200), rule: 'y'.repeat(5000), to: '漢字の名前がとても長い場合もあります', ...counts(3) },
];
const hostile = summaryOf(hostileFlows, {
  by: {
    ...summaryOf(hostileFlows).by,
    host: groups([attack, 3]),
    service: groups(['z'.repeat(300), 3]),
    state: groups([attack, 4]),
  },
});

/** Reports by what they are about. */
export const reports: Readonly<Record<string, Report>> = {
  empty: reportOf(summaryOf([])),
  one: reportOf(
    summaryOf([{ from: 'lan0', rule: outbound, to: 'wan0', ...counts(1, 0, 0) }], {
      remaining: bins([0, 0, 1]),
      by: {
        ...summaryOf([{ from: 'lan0', rule: outbound, to: 'wan0', ...counts(1, 0, 0) }]).by,
        host: groups(['10.0.0.5', 1]),
        state: groups(['tcp ESTABLISHED', 1]),
        service: groups(['tcp 443', 1]),
      },
    }),
  ),
  ordinary: reportOf(ordinary, misfitsOf(40)),
  'a hundred rules': reportOf(hundredRules),
  'a thousand talkers': reportOf(thousandTalkers),
  hostile: reportOf(hostile, misfitsOf(1), attack),
};
