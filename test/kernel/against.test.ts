// tcpdump on both sides of a real gateway: each packet became what the policy says, and what rules beside the policy did to
// some of them is found. UPDATE_FIXTURES=1 keeps the captures in fixtures/against.
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { AgainstReport } from '../../src/cli/report/against-json.ts';
import { loadPolicy } from '../../src/core/load.ts';
import { hookline } from '../cli/support/hookline.ts';
import { describeKernel } from './support/require.ts';
import { captureGateway } from './support/two-captures.ts';

const kept = join(import.meta.dirname, '../../fixtures/against');
const policy = join(kept, 'gateway.hook');

describeKernel('two captures of a gateway', ['nft', 'tcpdump'], () => {
  test('each packet became what the policy says, or is named', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hookline-against-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const { value } = loadPolicy({ name: policy, text: readFileSync(policy, 'utf8') });
    if (!value) throw new Error(policy);
    await captureGateway(value.ruleSet, folder);
    const sides = [
      '--pcap',
      'lan.pcap',
      '--device',
      'lan0',
      '--against',
      'wan.pcap',
      '--against-device',
      'wan0',
    ];
    const { stdout, status } = hookline(['trace', policy, ...sides, '--json'], { cwd: folder });
    const report: AgainstReport = JSON.parse(stdout);
    expect(status).toBe(1);
    expect(whatFails(report)).toEqual([
      'missing: udp to 5353',
      'otherwise: udp to 5354: source address 203.0.113.2',
      'from none: icmp 198.51.100.7 -> 10.0.0.5',
      'from none: icmp 203.0.113.1 -> 198.51.100.7',
      'from none: udp 203.0.113.1:123 -> 198.51.100.7:123',
    ]);
    const ends = report.packets.map(({ end }) => end);
    expect(ends.filter((end) => end === 'held')).toHaveLength(1);
    expect(report.packets.flatMap(({ left }) => left.filter(({ became }) => became)).length).toBeGreaterThan(
      18,
    );
    if (process.env['UPDATE_FIXTURES'] === '1')
      for (const name of ['lan.pcap', 'wan.pcap']) copyFileSync(join(folder, name), join(kept, name));
  });
});

/** Without what the kernel draws anew each time. */
function whatFails({ packets, unexplained }: AgainstReport): readonly string[] {
  return [
    ...packets.flatMap(({ left }) =>
      left.flatMap(({ packet, became, otherwise }) => {
        if (became) return [];
        const port = /:(\d+) ttl/.exec(packet)?.[1];
        const [difference] = otherwise?.differences ?? [];
        return difference
          ? `otherwise: udp to ${port}: ${difference.part} ${difference.seen}`
          : `missing: udp to ${port}`;
      }),
    ),
    ...unexplained.map(({ packet }) => `from none: ${/^\S+ \S+ -> \S+/.exec(packet)?.[0]}`).toSorted(),
  ];
}
