// Macvlans on a device of the same host: frames for their address come in by them, and what they send leaves by the device.
import { expect, test } from 'vitest';
import { parsePacketSpec } from '../../../src/core/packet/spec.ts';
import { trace } from '../../../src/core/trace/trace.ts';
import { policyOf } from '../../support/policy.ts';

function traced(mode: string, spec: string) {
  const policy = policyOf(`host gw {
    interface "eth0" { address 192.0.2.1/24; mac 02:00:00:00:00:01 }
    interface "m0" { type macvlan mode ${mode} link "eth0"; address 198.51.100.2/24; mac 02:00:00:00:00:02 }
  }`);
  const { value } = parsePacketSpec({ name: 'packet', text: spec });
  if (!value) throw new Error(`no packet: ${spec}`);
  const { ways } = trace({ ruleSet: policy.ruleSet, host: policy.hosts[0], injection: value });
  const [{ steps, assumptions }] = ways;
  const seen = steps.flatMap((step) => (step.kind === 'capture' ? [`${step.direction} ${step.device}`] : []));
  return { seen, assumptions };
}

const ping = 'in eth0 icmp 192.0.2.9 -> 192.0.2.2 echo-request';

test.each([
  ['bridge', `${ping} dmac 02:00:00:00:00:02`, ['in eth0', 'in m0']],
  ['bridge', `${ping} dmac 02:00:00:00:00:01`, ['in eth0']],
  ['passthru', `${ping} dmac 02:00:00:00:00:01`, ['in eth0', 'in m0']],
  ['private', 'out icmp 198.51.100.2 -> 198.51.100.9 echo-request', ['out m0', 'out eth0']],
])('%s: %s', (mode, spec, devices) => {
  const policy = traced(mode, spec);
  expect(policy.seen.slice(0, devices.length)).toEqual(devices);
  expect(policy.assumptions).toEqual([]);
});

test('without an Ethernet address it is assumed whose a frame is, and said', () => {
  expect(traced('bridge', ping).assumptions).toEqual(['the frame is for eth0, not for m0 on it']);
});
