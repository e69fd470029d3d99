// The counts of checked connections.
import { expect, test } from 'vitest';
import { count, newTally } from '../../../src/core/conntrack-check/tally.ts';
import { checkConnection, loadPolicy, parseConntrackLine, type RuleSet } from '../../../src/core/index.ts';

const policy = `table ip filter {
  chain FORWARD policy drop { ct state new tcp dport 80 accept }
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
  return `tcp 6 431999 ESTABLISHED ${original} ${reply} [ASSURED] mark=0 use=1`;
}

test('counts by admission, by drift and by the deciding rule', () => {
  const loaded = loadPolicy({ name: 'p.hook', text: policy }, 'hook').value;
  const ruleSet: RuleSet = loaded?.ruleSet ?? { tables: [] };
  const tally = newTally();
  for (const line of [entry(80), entry(80, '10.9.9.9'), entry(22)]) {
    const { value } = parseConntrackLine(line);
    if (value) count(tally, checkConnection(ruleSet, loaded?.hosts[0], value));
  }
  expect(tally).toEqual({
    total: 3,
    admitted: 2,
    stale: 1,
    depends: 0,
    drift: 1,
    byRule: new Map([
      ['rule 1 of ip filter FORWARD (p.hook:2): ct state new tcp dport 80 accept', 2],
      ['the policy of ip filter FORWARD', 1],
    ]),
  });
  expect(newTally().total).toBe(0);
});
