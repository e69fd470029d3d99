// Devices of a policy as lines of ip(8).
import { describe, expect, test } from 'vitest';
import { linesWithPorts, makingLine, portLines } from '../../../src/core/device/ip-link.ts';
import { policyOf } from '../../support/policy.ts';

function deviceOf(lines: string) {
  const { hosts } = policyOf(
    `host pc { interface "eth0" { }; interface "eth1" { }; interface "br0" { type bridge }; interface "x" { ${lines} } }`,
  );
  const found = hosts[0]?.interfaces.find(({ name }) => name === 'x');
  if (!found) throw new Error('no interface');
  return found;
}

describe('lines of ip(8)', () => {
  test.each([
    ['type macvlan mode bridge link "eth0"', 'link add name x link eth0 type macvlan mode bridge'],
    ['type macvlan link "eth0"', 'link add name x link eth0 type macvlan'],
    ['type vlan id 10 link "eth0"', 'link add name x link eth0 type vlan id 10'],
    ['type bridge forward_delay 200', 'link add name x type bridge forward_delay 200'],
    [
      'type bond mode active-backup primary "eth1"',
      'link add name x type bond mode active-backup primary eth1',
    ],
    ['type tap', 'tuntap add dev x mode tap'],
    ['type dummy', 'link add name x type dummy'],
    ['type veth', undefined],
    ['mtu 1400', undefined],
  ])('%s', (lines, made) => {
    expect(makingLine(deviceOf(lines))).toBe(made);
  });

  test('a namespace, and what is not said', () => {
    const bridge = deviceOf('type bridge stp_state 1');
    const options = { namespace: 'lab-pc', settings: { stp_state: 0, mcast_snooping: 0 } };
    expect(makingLine(bridge, options)).toBe(
      'link add name x netns lab-pc type bridge stp_state 1 mcast_snooping 0',
    );
  });

  test('once the ports are there', () => {
    expect(linesWithPorts(deviceOf('type bond active_slave "eth1"'))).toEqual([
      'link set dev x type bond active_slave eth1',
    ]);
    expect(portLines(deviceOf('master "br0"; hairpin; isolated'))).toEqual([
      'link set dev x master br0',
      'link set dev x type bridge_slave hairpin on isolated on',
    ]);
  });
});
