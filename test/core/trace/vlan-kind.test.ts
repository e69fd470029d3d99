// VLANs go by what the host says of its interfaces, not by their names.
import { expect, test } from 'vitest';
import { parsePacketSpec } from '../../../src/core/packet/spec.ts';
import { trace } from '../../../src/core/trace/trace.ts';
import { policyOf } from '../../support/policy.ts';

const { ruleSet, hosts } = policyOf(`
host gw {
  interface "eth0" { mac 02:00:00:00:00:01 }
  interface "guests" { type vlan id 10 link "eth0"; address 10.0.10.1/24 }
  interface "eth0.11" { type vlan id 12 link "eth0"; address 10.0.12.1/24 }
}
`);

function traced(spec: string) {
  const { value: injection } = parsePacketSpec({ name: 'packet', text: spec });
  const [host] = hosts;
  if (!injection || !host) throw new Error(spec);
  const [way] = trace({ ruleSet, host, injection }).ways;
  return way?.steps.flatMap((step) => (step.kind === 'stack' ? [step.why] : [])).join('; ');
}

test.each([
  [10, 'VLAN 10 of eth0 is guests'],
  [11, 'no interface has VLAN 11 of eth0'],
  [12, 'VLAN 12 of eth0 is eth0.11'],
])('a frame with the tag %i', (tag, why) => {
  const frame = `in eth0 udp 10.0.10.9:1 -> 10.0.10.1:2 mac 02:00:00:00:00:ff dmac 02:00:00:00:00:01 vlan ${tag}`;
  expect(traced(frame)).toContain(why);
});
