// A test holds along every way that its packets may go, and packets behind an open choice meet each of its outcomes.
import { expect, test } from 'vitest';
import { runTests } from '../../../src/core/policy-test/run.ts';
import { policyOf } from '../../support/policy.ts';

const gateway = (target: string, tests: string) => `
table ip nat {
  chain PREROUTING {
    iif "wan0" tcp dport 80 dnat to numgen inc mod 2 map { 0 : 10.0.0.2, 1 : ${target} }
  }
}
table ip filter {
  chain FORWARD policy drop {
    ct state { established, related } accept
    ip daddr { 10.0.0.2, 10.0.0.3 } tcp dport 80 accept
  }
}
host gw {
  interface "lan0" { address 10.0.0.1/24 }
  interface "wan0" { address 203.0.113.1/24 }
  sysctl net.ipv4.ip_forward = 1
}
test "it" {
  packet in "wan0" tcp 203.0.113.9:40000 -> 203.0.113.1:80 syn
  ${tests}
}
`;

test.each([
  [
    'all ways are accepted, and all answers',
    '10.0.0.3',
    'expect accept\n reply expect accept, source 203.0.113.1:80',
    true,
  ],
  ['one way is dropped', '10.0.0.4', 'expect accept', false],
  ['one way has another target', '10.0.0.3', 'expect dnat 10.0.0.2:80', false],
  ['one way has no answer', '10.0.0.4', 'reply expect accept', false],
])('%s', (_, target, tests, passed) => {
  expect(runTests(policyOf(gateway(target, tests))).map((one) => one.passed)).toEqual([passed]);
});
