// Networks with every kind of device are made for real, and all pairs of their addresses answer as `reach` says. Kinds that
// this kernel lacks are skipped, and said.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { compareWith, questionsOf } from '../../src/cli/lab-check.ts';
import { labCheckToJson } from '../../src/cli/report/lab-check.ts';
import { kindOf } from '../../src/core/device/registry.ts';
import { type Network, networkOf } from '../../src/core/network/network.ts';
import { policyOf } from '../support/policy.ts';
import { saySkipped } from '../support/skipped.ts';
import { openNetwork } from './support/lab.ts';
import { describeKernel } from './support/require.ts';

const fixtures = join(import.meta.dirname, '../../fixtures');

/** Devices, and what virtual machines have; of these without the matrices behind the policy. */
const paths = ['lab', 'vm'].flatMap((folder) =>
  readdirSync(join(fixtures, folder)).map((file) => join(fixtures, folder, file)),
);

const cases = paths.map((path) => {
  const text = readFileSync(path, 'utf8').replace(/^# ---- .*/ms, '');
  const network = networkOf(policyOf(text));
  return { name: basename(path).replace(/\.\w+$/, ''), network, absent: kindsOf(network).filter(isAbsent) };
});

describeKernel('networks for real', ['nft'], () => {
  for (const { name, network, absent } of cases) {
    if (absent.length > 0) {
      saySkipped(`the network ${name}`, `the kernel has no ${absent.join(', no ')}`);
      continue;
    }
    test(`the network ${name}`, async () => {
      await using lab = await openNetwork(network);
      const asked = questionsOf(network);
      const { pairs } = labCheckToJson(await compareWith(lab.state, network, asked, () => {}));
      expect(pairs.filter(({ agrees }) => !agrees)).toEqual([]);
      expect(pairs.map(({ reach }) => reach)).not.toContain('depends');
      expect(pairs.length).toBe(asked.length);
    });
  }
});

function kindsOf({ hosts }: Network): readonly string[] {
  const devices = hosts.flatMap(({ host }) => host.interfaces.map(kindOf));
  return [...new Set(devices.flatMap(({ kind, made }) => (made === 'link' ? [kind] : [])))];
}

function isAbsent(kind: string): boolean {
  const { stderr } = spawnSync('unshare', ['-n', 'ip', 'link', 'add', 'x', 'type', kind], {
    encoding: 'utf8',
  });
  return /Unknown device type|not supported/i.test(stderr);
}
