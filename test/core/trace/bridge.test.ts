// What a trace of a frame in a bridge does not follow, as docs/divergences.md says.
import { expect, test } from 'vitest';
import { parsePacketSpec } from '../../../src/core/packet/spec.ts';
import { type Trace, trace } from '../../../src/core/trace/trace.ts';
import { policyOf } from '../../support/policy.ts';

const own = '02:00:00:00:00:01';
const frame = 'in eth1 udp 10.0.0.2:5 -> 10.0.0.3:9 mac 02:00:00:00:00:02 dmac';

function traced(spec: string, facts = '', rules = ''): Trace {
  const { ruleSet, hosts } = policyOf(`${rules}
host gw {
  interface "br0" { address 10.0.0.1/24; mac ${own} }
  interface "eth1" { master "br0"; mac 02:00:00:00:01:01 }
  interface "eth2" { master "br0"; mac 02:00:00:00:01:02 }
  ${facts}
}`);
  const { value: injection } = parsePacketSpec({ name: 'packet', text: spec });
  if (!injection) throw new Error(spec);
  return trace({ ruleSet, host: hosts[0], injection });
}

test('rules that ask for ports of a bridge have the kernel show its frames to rules of IP', () => {
  const rules = 'table ip filter { chain FORWARD { physdev in "eth1" physdev out "eth2" drop } }';
  const [way] = traced(`${frame} 02:00:00:00:00:03`, '', rules).ways;
  expect(way.verdict).toBe('drop');
  expect(way.assumptions).toEqual(['net.bridge.bridge-nf-call-iptables is 1, as br_netfilter begins']);
});

test('the copy for the bridge of a frame to many is followed', () => {
  const [way] = traced(`in eth1 udp 10.0.0.2:5 -> 10.0.0.1:9 mac ${own} dmac 01:00:5e:00:00:01`).ways;
  expect(way.fate).toBe('delivered-local');
});

test('without addresses the ingress of a port sees what the description says of the frame', () => {
  const rules =
    'table netdev n { chain c hook ingress device "eth1" priority filter { meta pkttype other drop } }';
  expect(traced('in eth1 out eth2 udp 10.0.0.2:5 -> 10.0.0.3:9', '', rules).verdict).toBe('accept');
  expect(traced(`${frame} 02:00:00:00:00:03`, '', rules).verdict).toBe('drop');
});

test('of tagged ARP a bridge may know no more than the tag', () => {
  const rules = 'table bridge b { chain c hook prerouting priority filter { arp operation request drop } }';
  const asked = 'in eth1 arp request 10.0.0.2 -> 10.0.0.3 dmac 02:00:00:00:00:03';
  expect(traced(asked, '', rules).verdict).toBe('drop');
  expect(traced(`${asked} vlan 10`, '', rules).verdict).toBe('depends');
});

test('what the description says of the way tells where a frame goes without an address', () => {
  expect(traced('in eth1 local udp 10.0.0.2:5 -> 10.0.0.1:9').fate).toBe('delivered-local');
  expect(traced('in eth1 out eth2 udp 10.0.0.2:5 -> 10.0.0.9:9').fate).toBe('forwarded');
});

test('a frame that no other port can take ends in the bridge', () => {
  const facts =
    'interface "br1" { mac 02:00:00:00:00:09 }; interface "eth3" { master "br1"; mac 02:00:00:00:00:08 }';
  const alone = 'in eth3 udp 10.0.0.2:5 -> 10.0.0.3:9 mac 02:00:00:00:00:02 dmac 02:00:00:00:00:03';
  expect(traced(alone, facts).verdict).toBe('drop');
});

test('where a bridge tracks connections, what rules ask of them is not known', () => {
  const rules = 'table bridge b { chain c hook prerouting priority filter { ct state established drop } }';
  expect(traced(`${frame} 02:00:00:00:00:03`, '', rules).verdict).toBe('depends');
});
