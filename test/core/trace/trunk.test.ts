// Bonds and teams on one host: the trunk is the interface of what its ports receive, and sends by a port.
import { expect, test } from 'vitest';
import { parsePacketSpec } from '../../../src/core/packet/spec.ts';
import { trace } from '../../../src/core/trace/trace.ts';
import { policyOf } from '../../support/policy.ts';

function traced(type: string, spec: string) {
  const policy = policyOf(`host gw {
    interface "trunk0" { type ${type}; address 192.0.2.1/24 }
    interface "eth0" { master "trunk0" }
    interface "eth1" { master "trunk0" }
    interface "v7" { type vlan id 7 link "trunk0"; address 10.7.0.1/24 }
  }
  table inet t { chain c hook input priority 0 { iif "trunk0" counter } }`);
  const { value } = parsePacketSpec({ name: 'packet', text: spec });
  if (!value) throw new Error(`no packet: ${spec}`);
  const { ways, fate } = trace({ ruleSet: policy.ruleSet, host: policy.hosts[0], injection: value });
  const [{ steps, assumptions, reason }] = ways;
  const seen = steps.flatMap((step) => (step.kind === 'capture' ? [`${step.direction} ${step.device}`] : []));
  const matched = steps.some((step) => step.kind === 'rule' && step.matched);
  return { fate, reason, seen, matched, assumptions };
}

const ping = 'icmp 192.0.2.9 -> 192.0.2.1 echo-request';

test.each([
  ['bond mode balance-rr', 'eth0', 'delivered-local'],
  ['bond mode active-backup', 'eth0', 'delivered-local'],
  ['bond mode active-backup', 'eth1', 'dropped'],
  ['bond mode active-backup primary "eth1"', 'eth1', 'delivered-local'],
  ['team', 'eth1', 'delivered-local'],
])('%s, in by %s: %s', (type, port, fate) => {
  const found = traced(type, `in ${port} ${ping}`);
  expect(found.fate).toBe(fate);
  expect(found.matched).toBe(fate === 'delivered-local');
  expect(found.seen[0]).toBe(`in ${port}`);
});

test('a VLAN of a bond leaves by its device, the bond and a port', () => {
  const found = traced(
    'bond mode active-backup primary "eth1"',
    'out icmp 10.7.0.1 -> 10.7.0.9 echo-request',
  );
  expect(found.seen).toEqual(['out v7', 'out trunk0', 'out eth1']);
  expect(found.assumptions).toEqual([]);
});

test('which port shares the load is assumed, and said', () => {
  const found = traced('bond mode balance-xor', 'out icmp 192.0.2.1 -> 192.0.2.9 echo-request');
  expect(found.seen).toEqual(['out trunk0', 'out eth0']);
  expect(found.assumptions).toEqual(['of the ports of trunk0 it leaves by eth0']);
});
