// Hosts that are reached by addresses that are not theirs: what rules publish is found, whatever they say it by.
import { expect, test } from 'vitest';
import { hostsReached } from '../../../src/core/network/host-reach.ts';
import { travelIn } from '../../../src/core/network/journey.ts';
import { networkOf } from '../../../src/core/network/network.ts';
import { doorText } from '../../../src/core/network/published.ts';
import type { Probe } from '../../../src/core/network/reach.ts';
import { policyOf } from '../../support/policy.ts';

/** A client outside, a gateway with these rules for what is to be led inside, and a server behind it. */
function network(rules: string): string {
  return `
host client { interface "eth0" { address 198.51.100.9/24 } route default via 198.51.100.1; policy none }
host gw {
  interface "wan0" { address 198.51.100.1/24; address 2001:db8:1::1/64 }
  interface "lan0" { address 10.0.0.1/24 }
  sysctl net.ipv4.ip_forward = 1
  table ip nat {
    map ports : port -> address . port = { 8080 : 10.0.0.2 . 80, 8081 : 10.0.0.3 . 80 }
    chain PREROUTING { ${rules} }
  }
  table ip filter { chain FORWARD policy drop { ct status dnat accept } }
}
host web { interface "eth0" { address 10.0.0.2/24 } route default via 10.0.0.1; policy none }
link wan { client "eth0"; gw "wan0" }
link lan { gw "lan0"; web "eth0" }
`;
}

function doorsTo(rules: string, probe: Probe): readonly string[] {
  const travel = travelIn(networkOf(policyOf(network(rules))));
  const [pair] = hostsReached(travel, 'client', ['web'], { probe });
  return (pair?.by ?? []).map(
    ({ door, port }) => `${doorText(door)}${port === undefined ? '' : ` to ${port}`}`,
  );
}

const http: Probe = { kind: 'tcp', port: 80 };

test.each([
  [
    'a port',
    'iif "wan0" tcp dport 8080 dnat to 10.0.0.2:80',
    ['198.51.100.1:8080 to 80', '10.0.0.1:8080 to 80'],
  ],
  ['an address of its own', 'ip daddr 203.0.113.7 dnat to 10.0.0.2', ['203.0.113.7:80']],
  ['a map', 'ip daddr 198.51.100.1 dnat to tcp dport map @ports', ['198.51.100.1:8080 to 80']],
  [
    'a chain',
    'ip daddr 203.0.113.7 tcp dport vmap { 8080 : jump inward }\n}\nchain inward {\nmeta l4proto tcp dnat to 10.0.0.2:80\n',
    ['203.0.113.7:8080 to 80'],
  ],
  ['the same port', 'tcp dport 80 ip daddr 198.51.100.1 dnat to 10.0.0.2', ['198.51.100.1:80']],
  ['another service', 'tcp dport 8080 dnat to 10.0.0.2:443', []],
  ['nothing', '', []],
])('%s leads to a host', (_, rules, doors) => {
  expect(doorsTo(rules, http)).toEqual(doors);
});

test('an echo is led by the address alone', () => {
  expect(doorsTo('ip daddr 203.0.113.7 dnat to 10.0.0.2', { kind: 'ping' })).toEqual(['203.0.113.7']);
});
