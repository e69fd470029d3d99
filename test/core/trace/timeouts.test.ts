// How long connections are remembered: by the host's sysctls, and from when their last packet came.
import { expect, test } from 'vitest';
import { runTests } from '../../../src/core/policy-test/run.ts';
import { policyOf } from '../../support/policy.ts';

const gateway = (sysctl: string, steps: string) => `
table ip filter {
  chain FORWARD policy drop {
    ct state established accept
    iif "lan0" ct state new accept
  }
}
host gw {
  interface "lan0" { address 10.0.0.1/24 }
  interface "wan0" { address 203.0.113.1/24 }
  sysctl net.ipv4.ip_forward = 1
  ${sysctl}
}
test "it" {
  ${steps}
}
`;

const udp = 'packet in "lan0" udp 10.0.0.2:5000 -> 203.0.113.9:53';
const syn = 'packet in "lan0" tcp 10.0.0.2:5000 -> 203.0.113.9:80 syn';
const udpTimeout = 'sysctl net.netfilter.nf_conntrack_udp_timeout = 5';
const synTimeout = 'sysctl net.netfilter.nf_conntrack_tcp_timeout_syn_sent = 10';

test.each([
  ['the usual time of UDP lasts', '', `${udp}\n reply after 29s expect accept`, true],
  ['the usual time of UDP ends', '', `${udp}\n reply after 30s expect accept`, false],
  ['a shorter one lasts', udpTimeout, `${udp}\n reply after 4900ms expect accept`, true],
  ['a shorter one ends', udpTimeout, `${udp}\n reply after 5s expect accept`, false],
  ['packets renew it', udpTimeout, `${udp}\n ${udp} after 4s\n reply after 4s expect accept`, true],
  ['a SYN waits', '', `${syn}\n reply after 119s expect accept`, true],
  ['a SYN waits no longer than is said', synTimeout, `${syn}\n reply after 10s expect accept`, false],
])('%s', (_, sysctl, steps, passed) => {
  expect(runTests(policyOf(gateway(sysctl, steps))).map((one) => one.passed)).toEqual([passed]);
});
