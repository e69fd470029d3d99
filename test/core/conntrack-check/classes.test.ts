// Connections that only what a rule translates them to tells apart: classes must ask for it, too.
import { expect, test } from 'vitest';
import { newCompactEntry } from '../../../src/core/conntrack/compact/compact-entry.ts';
import { compactOf } from '../../../src/core/conntrack/compact/convert.ts';
import { compactCheckerOf } from '../../../src/core/conntrack-check/classes.ts';
import { checkerOf, loadPolicy, parseConntrackLine } from '../../../src/core/index.ts';

const host = `host gw {
  interface "wan0" { address 203.0.113.1/24 }
  interface "lan0" { address 10.0.2.1/24 }
  route default via 203.0.113.254 dev "wan0"
  sysctl net.ipv4.ip_forward = 1
}
`;

function policy(nat: string, forward: string): string {
  return `${host}table ip nat {
  chain pre type nat hook prerouting priority dstnat { ${nat} }
}
table ip filter {
  chain forward hook forward priority filter policy drop { ${forward} }
}
`;
}

/** From the world to the published address, as it was translated to a server. */
function listed(client: number, dport: number, server: number, serverPort: number): string {
  return `tcp 6 431999 ESTABLISHED src=198.51.100.${client} dst=203.0.113.1 sport=${5000 + client} dport=${dport} src=10.0.2.${server} dst=198.51.100.${client} sport=${serverPort} dport=${5000 + client} [ASSURED] mark=0 use=1`;
}

const clients = Array.from({ length: 24 }, (_, at) => at + 1);

test.each([
  [
    'an address that the kernel takes out of a range',
    policy('ip daddr 203.0.113.1 dnat to 10.0.2.4-10.0.2.7', 'ip daddr { 10.0.2.4, 10.0.2.6 } accept'),
    clients.map((client) => listed(client, 80, 4 + (client % 4), 80)),
  ],
  [
    'a port that is shifted',
    policy(
      'tcp dport 3000-3100 dnat to 10.0.2.4:tcp dport map { 3000-3049 : 80, 3050-3100 : 443 }',
      'tcp dport 443 accept',
    ),
    clients.map((client) => listed(client, 3000 + client * 4, 4, 80)),
  ],
  [
    'the server of a known connection',
    policy(
      'ip daddr 203.0.113.1 dnat to 10.0.2.4',
      'ip daddr . tcp dport { 10.0.2.5 . 80 } accept; ip saddr 10.0.2.0/24 accept',
    ),
    clients.map((client) => listed(client, 80, 4 + (client % 4), 80)),
  ],
  [
    'the port of a server of a known connection',
    policy('ip daddr 203.0.113.1 dnat to 10.0.2.4', 'tcp dport 8080 accept; ip saddr 10.0.2.0/24 accept'),
    clients.map((client) => listed(client, 80, 4, client % 2 === 0 ? 8080 : 80)),
  ],
])('%s', (_, text, lines) => {
  const { value, diagnostics } = loadPolicy({ name: 'p.hook', text: text.replaceAll('; ', '\n') }, 'hook');
  expect(diagnostics.map(({ message }) => message)).toEqual([]);
  if (!value) return;
  const [plain, byClass] = [
    checkerOf(value.ruleSet, value.hosts[0]),
    compactCheckerOf(value.ruleSet, value.hosts[0]),
  ];
  const answers = lines.map((line) => {
    const entry = parseConntrackLine(line).value;
    const record = newCompactEntry();
    if (!entry || !compactOf(entry, record)) throw new Error(line);
    const { entry: _entry, translation, survival, ...arrival } = plain(entry);
    const found = byClass(record);
    expect([found.arrival, found.translation], line).toEqual([arrival, translation.verdict]);
    expect(found.survival(), line).toBe(survival);
    return `${arrival.admission} ${survival}`;
  });
  expect(new Set(answers).size).toBeGreaterThan(1);
});
