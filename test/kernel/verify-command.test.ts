// `hookline verify` on an example: the kernel does what the traces say; and what it says where they part.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { describeKernel } from './support/require.ts';

const root = join(import.meta.dirname, '../..');

function hookline(words: readonly string[], input = '') {
  return spawnSync(process.execPath, [join(root, 'src/cli/main.ts'), ...words], { encoding: 'utf8', input });
}

describeKernel('hookline verify', ['nft'], () => {
  test('the tests and drawn packets of an example', () => {
    const { stdout, status } = hookline([
      'verify',
      join(root, 'examples/office-dmz/policy.hook'),
      '--packets',
      '80',
      '--json',
    ]);
    const { compared, lost, differences } = JSON.parse(stdout);
    expect([status, lost, differences]).toEqual([0, 0, []]);
    expect(compared).toBeGreaterThan(80);
  });

  test('a policy without a host', () => {
    const { stderr, status } = hookline(['verify', '-'], 'table ip filter { chain INPUT { accept } }\n');
    expect(status).toBe(2);
    expect(stderr).toContain('HK0011');
  });
});
