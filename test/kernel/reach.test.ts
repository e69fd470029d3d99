// What `reach` says of random networks, against the same networks made of namespaces: every pair, by echo and by what hosts
// listen on.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { routedNetwork } from '../arbitrary/routed-networks.ts';
import { folderWith, hookline } from '../cli/support/hookline.ts';
import { describeKernel } from './support/require.ts';

/** Small ones, with every kind of LAN, rules of every family and wrong sysctls among them. */
const seeds = [7, 8, 9, 12, 15, 19, 45];

describeKernel('random networks', ['nft'], () => {
  test.each(seeds)('seed %i', (seed) => {
    const name = `random-${process.pid}-${seed}.hook`;
    const folder = folderWith({ [name]: routedNetwork(seed) });
    const { status, stdout, stderr } = hookline(['lab', 'check', join(folder, name)], {
      env: { HOOKLINE_RUN: join(folder, 'run') },
    });
    rmSync(folder, { recursive: true });
    expect(`${stdout}${stderr}`.split('\n').filter((line) => /^(error|differ)/.test(line))).toEqual([]);
    expect(stdout).toMatch(/agreed: (\d+) of \1\n/);
    expect(status).toBe(0);
  });
});
