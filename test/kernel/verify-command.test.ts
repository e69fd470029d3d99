// `hookline verify` on an example: the kernel does what the traces say; and what it says where they part.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { describeKernel } from './support/require.ts';

const root = join(import.meta.dirname, '../..');

function hookline(words: readonly string[], input = '') {
  return spawnSync(process.execPath, [join(root, 'src/cli/main.ts'), ...words], { encoding: 'utf8', input });
}

describeKernel('hookline verify', ['nft'], () => {
  for (const name of readdirSync(join(root, 'examples')))
    test(`the tests and drawn packets of ${name}`, () => {
      const policy = join(root, 'examples', name, 'policy.hook');
      const { stdout, status } = hookline(['verify', policy, '--count', '200', '--json']);
      const { compared, lost, differences } = JSON.parse(stdout);
      expect([status, lost, differences]).toEqual([0, 0, []]);
      expect(compared).toBeGreaterThan(80);
    });

  test('packets of a file through the rules of a dump', () => {
    const host = join(root, 'examples/nat-gateway/policy.hook');
    const folder = mkdtempSync(join(tmpdir(), 'hookline-'));
    const packets = join(folder, 'packets.txt');
    writeFileSync(
      packets,
      'in wan0 tcp 198.51.100.9:40000 -> 203.0.113.1:22 syn\nin lan0 udp 10.0.0.7:4000 -> 10.0.0.1:53\n',
    );
    const dump = '*filter\n:INPUT DROP [0:0]\n-A INPUT -p udp -m udp --dport 53 -j ACCEPT\nCOMMIT\n';
    const words = ['verify', '-', '--host', host, '--packets', packets, '--json'];
    const { stdout, status } = hookline(words, dump);
    rmSync(folder, { recursive: true });
    expect([status, JSON.parse(stdout)]).toEqual([0, expect.objectContaining({ compared: 2, skipped: 0 })]);
  });

  test('a policy without a host', () => {
    const { stderr, status } = hookline(['verify', '-'], 'table ip filter { chain INPUT { accept } }\n');
    expect(status).toBe(2);
    expect(stderr).toContain('HK0011');
  });
});
