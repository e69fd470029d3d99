// Snapshots in place of a policy, a host and connections; and those that somebody made to do harm.
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { expectRefusal, folderWith, hookline, type Ran } from './support/hookline.ts';

const packet = 'in wan0 tcp 192.0.2.9:40000 -> 192.0.2.1:80 syn';

const link = {
  ifindex: 2,
  ifname: 'wan0',
  flags: ['BROADCAST', 'UP', 'LOWER_UP'],
  mtu: 1500,
  link_type: 'ether',
  address: '02:00:00:00:00:01',
  addr_info: [{ family: 'inet', local: '192.0.2.1', prefixlen: 24, scope: 'global', label: 'wan0' }],
};

const legacy = '*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -p tcp --dport 80 -j DROP\nCOMMIT\n';

const connection =
  'ipv4     2 tcp      6 431999 ESTABLISHED src=192.0.2.9 dst=192.0.2.1 sport=40000 dport=80 src=192.0.2.1 dst=192.0.2.9 sport=80 dport=40000 [ASSURED] mark=0 use=1\n';

function snapshot(changes: object = {}): object {
  return {
    format: 'hookline-snapshot',
    version: 1,
    takenAt: '2026-01-31T09:30:00.000Z',
    machine: { hostname: 'gw', kernel: '6.12.0', tools: {} },
    parts: { addresses: JSON.stringify([link]), 'iptables-legacy': legacy, conntrack: connection },
    missing: [],
    ...changes,
  };
}

function packed(changes?: object): Buffer {
  return gzipSync(JSON.stringify(snapshot(changes)));
}

function on(file: Buffer, ...args: readonly string[]): Ran {
  return hookline(args, { cwd: folderWith({ 'gw.hooksnap': file }) });
}

describe('a snapshot', () => {
  test('is a policy, a host and connections at once', () => {
    const traced = on(packed(), 'trace', 'gw.hooksnap', packet, '--json');
    expect(JSON.parse(traced.stdout)).toMatchObject({ verdict: 'drop', deciding: { table: 'filter' } });
    const routed = on(packed(), 'host', 'gw.hooksnap');
    expect(routed.stdout).toContain('address 192.0.2.1/24');
    const checked = on(packed(), 'conntrack', 'check', 'gw.hooksnap', 'gw.hooksnap');
    expect(checked.stdout).toContain('1 connection: 0 admitted, 1 stale');
  });

  test('is checked as what a machine has, and not as what a back end is to say', () => {
    const nft = {
      nftables: [
        { table: { family: 'ip', name: 'filter' } },
        { counter: { family: 'ip', table: 'filter', name: 'hits', packets: 0, bytes: 0 } },
      ],
    };
    const parts = { 'nft-json': JSON.stringify(nft), 'iptables-legacy': legacy };
    const checked = on(packed({ parts }), 'check', 'gw.hooksnap', '--format', 'json');
    expect(checked.status).toBe(0);
    expect(checked.stdout).not.toMatch(/HK4\d{3}/);
  });

  test('tells that it has no connections', () => {
    const refused = on(packed({ parts: {} }), 'conntrack', 'list', 'gw.hooksnap');
    expectRefusal(refused, 'HK8105');
  });
});

describe('a snapshot from somebody else', () => {
  test.each([
    ['cut off', packed().subarray(0, -20), 'HK0004'],
    ['packed from what is more than anybody has memory for', gzipSync(Buffer.alloc(257 * 2 ** 20)), 'HK0005'],
    ['of another version', packed({ version: 2 }), 'HK8102'],
    ['whose parts are no texts', packed({ parts: { sysctls: 3 } }), 'HK8101'],
    ['whose machine is a list', packed({ machine: [] }), 'HK8101'],
    [
      'nested a million times',
      gzipSync(`{"format":"hookline-snapshot","parts":${'['.repeat(1e6)}`),
      'HK8101',
    ],
  ])('%s is refused', (_, file, code) => {
    expectRefusal(on(file, 'trace', 'gw.hooksnap', packet), code);
  });
});
