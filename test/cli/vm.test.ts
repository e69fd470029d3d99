// `init vm` and `reach --matrix`: what they write and print, and what they refuse.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { expectRefusal, folderWith, hookline, namesIn } from './support/hookline.ts';

test('writes a network in its layout, which is asked by hosts', () => {
  const cwd = folderWith({});
  expect(hookline(['init', 'vm', 'port-forward', '--vms', '1'], { cwd })).toEqual({
    status: 0,
    stdout: '',
    stderr: 'vm.hook\n',
  });
  expect(hookline(['fmt', '--check', 'vm.hook'], { cwd })).toMatchObject({ status: 0, stderr: '' });
  const { stdout, status } = hookline(['reach', 'vm.hook', '--matrix', '--tcp', '22', '--json'], { cwd });
  const { hosts, leftOut, pairs, dhcp } = JSON.parse(stdout);
  expect({ status, hosts, leftOut }).toEqual({
    status: 0,
    hosts: ['host', 'vm1', 'outside'],
    leftOut: ['nat1'],
  });
  expect(
    pairs.find((one: Record<string, unknown>) => one['from'] === 'outside' && one['to'] === 'vm1'),
  ).toEqual({
    from: 'outside',
    to: 'vm1',
    verdict: 'yes',
    by: [{ address: '192.168.1.10', port: 2222, arrivesAt: 22, verdict: 'yes' }],
    failed: [
      {
        address: '10.0.2.15',
        verdict: 'no',
        failure: { direction: 'there', host: 'outside', why: 'no route to 10.0.2.15' },
      },
    ],
  });
  expect(dhcp[0]).toEqual({
    host: 'nat1',
    interface: 'vm0',
    first: '10.0.2.15',
    last: '10.0.2.30',
    leases: [{ host: 'vm1', interface: 'eth0', address: '10.0.2.15' }],
  });
});

test('tells hosts with the same address apart', () => {
  const cwd = folderWith({});
  hookline(['init', 'vm', 'nat'], { cwd });
  const reach = (...args: readonly string[]) => hookline(['reach', 'vm.hook', ...args], { cwd });
  expect(reach('vm1', 'vm2')).toMatchObject({ status: 1 });
  expect(reach('vm1', 'vm2').stdout).toContain('vm1 has the address itself');
  expectRefusal(reach('10.0.2.15', 'host'), 'HK0010');
  expectRefusal(reach('vm1', 'vm3'), 'HK0011');
  expectRefusal(reach('--matrix', '--hosts', 'vm1,vm3'), 'HK0011');
  expectRefusal(reach('vm1', '--matrix'), 'HK0010');
});

test('refuses what is no network of machines, and writes nothing', () => {
  const cwd = folderWith({});
  const init = (...args: readonly string[]) => hookline(['init', 'vm', ...args], { cwd });
  expectRefusal(init('nat', '--vms', '0'), 'HK0010');
  expectRefusal(init('nat', '--subnet', '192.168.0.0/16'), 'HK0010');
  expectRefusal(init('host-only', '--subnet', '192.168.56.0/28'), 'HK0010');
  expectRefusal(init('port-forward', '--forward', '2222:22', '--forward', 'vm2:2222:22'), 'HK0010');
  expectRefusal(init('port-forward', '--forward', 'vm3:2222:22'), 'HK0010');
  expectRefusal(init('port-forward', '--forward', '0:22'), 'HK0010');
  expect(namesIn(cwd)).toEqual([]);
  expect(init('internal').status).toBe(0);
  expectRefusal(init('bridged'), 'HK0021');
  expect(readFileSync(join(cwd, 'vm.hook'), 'utf8')).toContain('mode `internal`');
});
