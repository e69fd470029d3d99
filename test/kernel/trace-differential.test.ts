// The trace says what the kernel does: random rule sets are loaded into the real kernel, random histories of raw packets
// are sent through it, and which rules matched, what left, and the connections must be those of the simulation.
// HOOKLINE_PAIRS sets how many pairs of rule set and packet are compared; `npm run verify:kernel` compares more of them.
import { expect, test } from 'vitest';
import { describeKernel } from './support/require.ts';
import { coordinate } from './verify/coordinate.ts';
import { type BlockResult, passed, startOf, summary } from './verify/result.ts';

const pairs = Number(process.env['HOOKLINE_PAIRS'] ?? 4000);

describeKernel(
  'the trace against the kernel',
  ['nft', 'ipset', 'iptables-nft-restore', 'iptables-legacy-restore'],
  () => {
    test(`${pairs} random pairs of rule set and packet`, { timeout: 600_000 }, async () => {
      const found: BlockResult[] = [];
      const state = await coordinate(startOf(1), {
        pairs,
        jobs: 2,
        report: (_state, block) => found.push(block),
      });
      // What a busy machine lost is no pass and no failure, as long as it is next to nothing.
      console.log([summary(state), ...found.flatMap(({ reasons }) => reasons)].join('\n'));
      expect(found.flatMap(({ differences }) => differences)).toEqual([]);
      expect(passed(state)).toBe(true);
    });
  },
);
