// Who reaches whom in the networks of fixtures/topology and in drawn ones, in the kernel. UPDATE_FIXTURES=1 writes down
// what the model says, where the kernel agrees.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Network } from '../../src/core/network/network.ts';
import { seedsOfRun } from '../support/seed.ts';
import { saySkipped } from '../support/skipped.ts';
import { answersOf, kindsIn, lineOf, pairsOf, readTopologyFixture } from '../support/topology-fixture.ts';
import { drawNetwork } from './support/drawn-network.ts';
import { kernelHas, pingInLab } from './support/ping-in-lab.ts';
import { describeKernel } from './support/require.ts';

const folder = join(import.meta.dirname, '../../fixtures/topology');

/** What the kernel says, as the model does. */
async function kernelSays(network: Network, said: readonly string[]): Promise<readonly string[]> {
  const pairs = pairsOf(network);
  const expected = said.map((line) => verdictOf(line).endsWith(': yes'));
  const answers = await pingInLab(network, pairs, expected);
  return pairs.map((pair, at) => `${lineOf(pair)}: ${answers[at] ? 'yes' : 'no'}`);
}

/** Without the reason. */
function verdictOf(line: string): string {
  return line.replace(/^(# reach \S+ \S+: \w+).*/, '$1');
}

describeKernel('who reaches whom', ['unshare'], () => {
  for (const file of readdirSync(folder).filter((one) => one.endsWith('.hook'))) {
    const path = join(folder, file);
    const fixture = readTopologyFixture(readFileSync(path, 'utf8'));
    const kinds = [...kindsIn(fixture.network)];
    const absent = kinds.filter((kind) => !kernelHas(kind)).map((kind) => `this kernel has no ${kind}`);
    const alone = kinds
      .filter((kind) => kind === 'macvtap')
      .map((kind) => `no program stands behind a ${kind}`);
    const missing = [...absent, ...alone];
    if (missing.length > 0) saySkipped(file, missing.join(', '));
    test.skipIf(missing.length > 0)(file, async () => {
      const said = answersOf(fixture.network);
      const seen = await kernelSays(fixture.network, said);
      if (process.env['UPDATE_FIXTURES'] === '1') {
        expect(said.map(verdictOf)).toEqual(seen);
        writeFileSync(path, `${fixture.head.trimEnd()}\n\n${said.join('\n')}\n`);
      } else expect(fixture.written.map(verdictOf)).toEqual(seen);
    });
  }

  test.each(seedsOfRun(5))('a network drawn with the seed %i', async (drawn) => {
    const text = drawNetwork(drawn);
    const { network } = readTopologyFixture(text);
    const said = answersOf(network);
    expect(said.map(verdictOf), text).toEqual(await kernelSays(network, said));
  });
});
