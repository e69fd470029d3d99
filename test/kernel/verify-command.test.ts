// `hookline verify` on an example: the kernel does what the traces say; and what it says where they part.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
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
      const { stdout, status } = hookline(['verify', policy, '--packets', '200', '--json']);
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
