// What the pages tell people to type as root works on the real kernel, with the files that the page has written by then.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { command, folderWith } from '../cli/support/hookline.ts';
import { blocksOf, filesOf } from '../support/page.ts';
import { createNamespace } from './support/namespace.ts';
import { describeKernel } from './support/require.ts';

const pages = ['tutorial.md', 'for-nft-users.md', 'for-iptables-users.md'];
const needs = ['nft', 'ipset', 'iptables-save', 'iptables-restore'];

describeKernel('commands of the docs', needs, () => {
  test.each(pages)('%s', async (page) => {
    const blocks = blocksOf(readFileSync(join(import.meta.dirname, '../../docs', page), 'utf8'));
    await using namespace = await createNamespace('docs');
    for (const [index, { kind, body }] of blocks.entries())
      if (kind === 'sh')
        await namespace.run('sh', ['-ec', script(body, folderWith(filesOf(blocks.slice(0, index))))]);
    expect(await namespace.run('nft', ['list', 'ruleset'])).toContain('chain');
  });

  test('network.md', () => {
    const blocks = blocksOf(readFileSync(join(import.meta.dirname, '../../docs/network.md'), 'utf8'));
    const folder = folderWith(filesOf(blocks));
    const body = blocks.flatMap((one) => (one.kind === 'sh' ? [one.body] : [])).join('\n');
    const env = { ...process.env, HOOKLINE_RUN: join(folder, 'run') };
    const { status, stdout, stderr } = spawnSync('sh', ['-ec', script(body, folder)], {
      encoding: 'utf8',
      env,
    });
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(stdout).toContain('up: lab `network`');
    expect(stdout).toMatch(/agreed: (\d+) of \1/);
  });
});

/** The lines of a block, in this folder, with `hookline` as a command. */
function script(body: string, folder: string): string {
  return `cd '${folder}'\nhookline() { ${command.map((word) => `'${word}'`).join(' ')} "$@"; }\n${body}`;
}
