// `hookline explain SYSCTL`: every sysctl of the table, by each of its names, and what hangs on it on a host.
import { expect, test } from 'vitest';
import { findSysctls } from '../../src/core/sysctl/find.ts';
import { sysctlTable } from '../../src/core/sysctl/table.ts';
import { expectRefusal, folderWith, hookline } from './support/hookline.ts';

const policy = `table ip filter {
  chain FORWARD policy drop { ip saddr 10.0.0.0/24 accept }
}
host gw {
  interface "lan0" { address 10.0.0.1/24 }
  interface "wan0" { address 203.0.113.1/24 }
  sysctl net.ipv4.ip_forward = 1
}
`;

function explain(...words: string[]) {
  const cwd = folderWith({ 'policy.hook': policy });
  const { status, stdout, stderr } = hookline(['explain', ...words, '--json'], { cwd });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return JSON.parse(stdout);
}

test('each sysctl of the table is found by its name, as a path and for an interface', () => {
  for (const name of Object.keys(sysctlTable)) {
    const dotted = name.replace('*', 'eth0/7');
    const path = `/proc/sys/${dotted.replace(/[./]/g, (mark) => (mark === '.' ? '/' : '.'))}`;
    const device = name.includes('*') ? 'eth0.7' : undefined;
    for (const text of [dotted, path])
      expect(findSysctls(text)).toEqual([
        { name, entry: sysctlTable[name], ...(device !== undefined && { device }) },
      ]);
    expect(findSysctls(name.replace(/.*\./, '')).map((one) => one.name)).toContain(name);
  }
});

test('what hangs on a sysctl is told with the values that would not do', () => {
  const { sysctls } = explain('ip_forward', '--policy', 'policy.hook');
  expect(sysctls).toMatchObject([
    {
      name: 'net.ipv4.ip_forward',
      initial: 0,
      hosts: [
        {
          host: 'gw',
          values: [{ value: '1', said: true }],
          dependences: [{ rule: 'ip saddr 10.0.0.0/24 accept', place: 'policy.hook:2', needs: 'to be 1' }],
          otherwise: [
            { value: '0', problems: ['it forwards no IPv4'] },
            { value: '1', problems: [] },
          ],
        },
      ],
    },
  ]);
});

test('a name that several have means all of them', () => {
  const { sysctls } = explain('forwarding');
  expect(sysctls.map(({ name }: { name: string }) => name)).toEqual([
    'net.ipv4.conf.*.forwarding',
    'net.ipv6.conf.*.forwarding',
  ]);
});

test.each([
  ['net.ipv4.tcp_tw_recycle', /Linux 4\.12 removed it/],
  ['net.ipv4.tcp_ecn', /changes nothing here/],
  ['net.ipv4.ip_forwrd', /did you mean `net\.ipv4\.ip_forward`/],
])('%s is refused', (name, why) => {
  const result = hookline(['explain', name]);
  expectRefusal(result, 'HK0010');
  expect(result.stderr).toMatch(why);
});
