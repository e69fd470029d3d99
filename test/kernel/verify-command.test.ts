// `hookline verify` on examples: the kernel does what the traces say, by whatever the rules are loaded; and what it says
// where they part.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { verifyReport } from '../../src/cli/report/verification-json.ts';
import { command, folderWith, hookline, repository } from '../cli/support/hookline.ts';
import { examplePolicies } from '../support/example-policies.ts';
import { describeKernel } from './support/require.ts';

function exampleNamed(name: string): string {
  return join(repository, 'examples', name, 'policy.hook');
}

/** The report of a run, and its exit code. */
function verified(words: readonly string[], input = '') {
  const { stdout, stderr, status } = hookline(['verify', ...words, '--json'], { input });
  if (stdout === '') throw new Error(stderr);
  return { status, ...verifyReport.strict().parse(JSON.parse(stdout)) };
}

/** The kernel takes the numbers of the first rule for both: a known difference. */
const sharedName = `*filter
:INPUT DROP [0:0]
-A INPUT -p udp -m udp --dport 53 -m hashlimit --hashlimit-upto 1/min --hashlimit-burst 1 --hashlimit-name a -j ACCEPT
-A INPUT -p udp -m udp --dport 54 -m hashlimit --hashlimit-upto 1/min --hashlimit-burst 5 --hashlimit-name a -j ACCEPT
COMMIT
`;
const packets = [
  'in wan0 tcp 198.51.100.9:5000 -> 203.0.113.1:53 syn',
  'in wan0 udp 198.51.100.9:5001 -> 203.0.113.1:54',
  'in wan0 udp 198.51.100.9:5002 -> 203.0.113.1:54',
  'in wan0 udp 198.51.100.9:5003 -> 203.0.113.1:54',
];

describeKernel('hookline verify', ['nft'], () => {
  for (const path of examplePolicies.filter((one) => one.endsWith('policy.hook')))
    test(`the tests and drawn packets of ${path}`, () => {
      const found = verified([join(repository, 'examples', path), '--count', '200']);
      expect(found).toMatchObject({ status: 0, lost: 0, differences: [], loader: 'nft' });
      expect(found.compared).toBeGreaterThan(150);
    });

  test('a packet of the command line alone, with what both say of it', () => {
    const packet = 'in wan0 tcp 198.51.100.9:40000 -> 203.0.113.1:22 syn';
    const found = verified([exampleNamed('nat-gateway'), packet, '--each']);
    expect(found).toMatchObject({ status: 0, compared: 1 });
    expect(found.packets?.[0]?.did).toContain('inet filter input policy drop');
  });

  test('a packet that can not be sent', () => {
    const found = verified([exampleNamed('nat-gateway'), 'in wan7 udp 198.51.100.9 -> 203.0.113.1:53']);
    expect(found).toMatchObject({ status: 2, compared: 0, skipped: 1 });
    expect(found.notSent[0]?.reason).toBe('the host has no interface `wan7`');
  });

  test('a policy without a host', () => {
    const { stderr, status } = hookline(['verify', '-'], {
      input: 'table ip filter { chain INPUT { accept } }\n',
    });
    expect(status).toBe(2);
    expect(stderr).toContain('HK0011');
  });

  test('rules that the kernel does not take', () => {
    const { stderr, status } = hookline(['verify', '-', '--host', exampleNamed('nat-gateway')], {
      input:
        'add table ip t\nadd chain ip t c { type filter hook input priority 0; }\nadd rule ip t c iif "zz0" accept\n',
    });
    expect(status).toBe(2);
    expect(stderr).toMatch(/HK0012.*Interface does not exist/);
  });

  test('a signal ends it, and leaves no namespace', () => {
    const script = `"$0" "$@" & pid=$!; until [ "$(readlink /proc/$pid/ns/net)" != "$(readlink /proc/$$/ns/net)" ]; do sleep 0.05; done
      ns=$(readlink /proc/$pid/ns/net); kill -TERM $pid; wait $pid; echo $?
      while readlink /proc/[0-9]*/ns/net | grep -qxF "$ns"; do sleep 0.05; done; echo gone`;
    const args = ['verify', exampleNamed('nat-gateway'), '--count', '20000'];
    const { stdout } = spawnSync('sh', ['-c', script, ...command, ...args], {
      encoding: 'utf8',
      timeout: 240_000,
    });
    expect(stdout).toBe('143\ngone\n');
  });
});

describeKernel(
  'hookline verify by iptables',
  ['nft', 'iptables-nft-restore', 'iptables-legacy-restore'],
  () => {
    for (const loader of ['iptables-nft', 'iptables-legacy'])
      test(`a policy by ${loader}`, () => {
        const found = verified([exampleNamed('home-gateway'), '--count', '150', '--to', loader]);
        expect(found).toMatchObject({ status: 0, lost: 0, differences: [], loader });
      });

    test('a dump as it stands, where it differs', () => {
      const folder = folderWith({ 'packets.txt': packets.join('\n'), 'rules.save': sharedName });
      const given = ['--packets', join(folder, 'packets.txt'), '--sequence'];
      const words = [join(folder, 'rules.save'), '--host', exampleNamed('nat-gateway'), ...given];
      const found = verified(words);
      expect(found).toMatchObject({ status: 1, loader: 'iptables-legacy', compared: 3 });
      expect(found.differences).toEqual([
        expect.objectContaining({
          about: 'packet',
          packets: packets.slice(1, 3),
          kernel: ['ip filter INPUT policy'],
          behind: 1,
        }),
      ]);
      const { stdout } = hookline(['verify', ...words]);
      expect(stdout).toMatch(/│ ≠ │ ip filter INPUT policy +│ ip filter INPUT 2 +│/);
      expect(stdout).toMatch(/the trace {3}ip filter INPUT 2: udp dport 54 .*rules\.save:4/);
    });

    test('dumps of nft as they stand', () => {
      const policy = exampleNamed('home-gateway');
      const compiled = hookline(['compile', policy, '--to', 'nft']).stdout;
      for (const options of ['', '-j']) {
        const listed = spawnSync('unshare', ['-n', 'sh', '-c', `nft -f - && nft ${options} list ruleset`], {
          input: compiled,
          encoding: 'utf8',
        }).stdout;
        const found = verified(['-', '--host', policy, '--count', '100'], listed);
        expect(found).toMatchObject({ status: 0, differences: [], loader: 'nft' });
      }
    });
  },
);
