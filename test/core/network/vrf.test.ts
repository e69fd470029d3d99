// Programs and VRFs: who hears what comes in by one (include/net/inet_sock.h: inet_sk_bound_dev_eq).
import { expect, test } from 'vitest';
import { parseAddress } from '../../../src/core/datatype/address.ts';
import { travelIn } from '../../../src/core/network/journey.ts';
import { networkOf } from '../../../src/core/network/network.ts';
import { type Probe, reach } from '../../../src/core/network/reach.ts';
import { policyOf } from '../../support/policy.ts';

/** A router whose interface is of a VRF, with a route to it for programs of none. */
function networkText(said: string): string {
  return `
host router {
  interface "blue" { type vrf table 10 }
  interface "lan0" { master "blue"; address 10.1.0.1/24 }
  route 10.1.0.0/24 dev "lan0"
  ${said}
}
host pc {
  interface "eth0" { address 10.1.0.2/24 }
}
link lan { router "lan0"; pc "eth0" }
`;
}

function asked(said: string, from: string, target: string, probe: Probe, source?: string): string {
  const travel = travelIn(networkOf(policyOf(networkText(said))));
  const to = parseAddress(target);
  const address = parseAddress(source ?? '');
  if (!to) throw new Error(`no address: ${target}`);
  const { verdict, failure } = reach(travel, { host: from, ...(address && { address }) }, to, probe);
  return failure ? `${verdict}: ${failure.why}` : verdict;
}

const ssh = { kind: 'tcp', port: 22 } as const;
const dns = { kind: 'udp', port: 53 } as const;
const refused = 'no: router refuses it: closed port';
const unheard = 'no: the answer comes in by the VRF blue, to which the program is not bound';

test.each<readonly [string, Probe, string]>([
  ['listen tcp 22', ssh, refused],
  ['listen tcp 22 dev "blue"', ssh, 'yes'],
  ['listen tcp 22 dev "lan0"', ssh, 'yes'],
  ['listen tcp 22 dev "lo"', ssh, refused],
  ['listen tcp 22\n  sysctl net.ipv4.tcp_l3mdev_accept = 1', ssh, 'yes'],
  ['listen tcp 22\n  sysctl net.ipv4.udp_l3mdev_accept = 1', ssh, refused],
  ['listen udp 53', dns, refused],
  ['listen udp 53\n  sysctl net.ipv4.udp_l3mdev_accept = 1', dns, 'yes'],
  ['listen tcp 22', { kind: 'ping' }, 'yes'],
])('`%s` and a question by %o that comes in by a VRF: %s', (said, probe, expected) => {
  expect(asked(said, 'pc', '10.1.0.1', probe)).toBe(expected);
});

test.each<readonly [string, Probe, string | undefined, string]>([
  ['', ssh, undefined, unheard],
  ['', dns, undefined, unheard],
  ['', { kind: 'ping' }, undefined, 'yes'],
  ['', ssh, '10.1.0.1', 'yes'],
  ['sysctl net.ipv4.tcp_l3mdev_accept = 1', ssh, undefined, 'yes'],
])('`%s`, %o from %s to what is behind a VRF: %s', (said, probe, source, expected) => {
  expect(asked(said, 'router', '10.1.0.2', probe, source)).toBe(expected);
});
