// One process that plays cases, a block of them in each namespace; it is told which over the channel to its parent.
import { becomeHost } from '../../../src/host/kernel/kernel-host.ts';
import { blockSize, caseAt } from './case.ts';
import { type Outcome, play } from './drive.ts';
import { hostOfBlock } from './hosts.ts';
import { type Differing, smallest } from './minimise.ts';
import type { BlockResult, Difference } from './result.ts';

let facts = hostOfBlock(0);
let host = becomeHost(facts);

process.on('message', ({ seed, block }: { seed: number; block: number }) => {
  process.send?.(playBlock(seed, block));
});

function playBlock(seed: number, block: number): BlockResult {
  facts = hostOfBlock(block);
  refresh();
  const all = Array.from({ length: blockSize }, (_, at) => playCase(seed, block * blockSize + at));
  const sum = (key: 'pairs' | 'definite' | 'drawn' | 'inconclusive') =>
    all.reduce((total, one) => total + one[key], 0);
  return {
    block,
    pairs: sum('pairs'),
    definite: sum('definite'),
    drawn: sum('drawn'),
    inconclusive: sum('inconclusive'),
    reasons: all.flatMap(({ reason }) => reason ?? []),
    differences: all.flatMap(({ difference }) => difference ?? []),
  };
}

interface Played {
  readonly pairs: number;
  readonly definite: number;
  readonly drawn: number;
  /** Packets of which nothing can be said. */
  readonly inconclusive: number;
  readonly reason?: string;
  readonly difference?: Difference;
}

/** A case that differs or breaks off is played again in a fresh namespace: what happens once only is no result. */
function playCase(seed: number, index: number): Played {
  const one = caseAt(seed, index);
  const first = play(host, facts, one);
  if (!first.mismatch && first.inconclusive === undefined) return countsOf(first);
  refresh();
  const second = play(host, facts, one);
  const counts = countsOf(second);
  if (second.mismatch)
    return { ...counts, difference: differenceOf({ seed, index }, { one, mismatch: second.mismatch }) };
  if (second.inconclusive !== undefined)
    return {
      ...counts,
      inconclusive: one.moves.length - second.pairs,
      reason: `case ${index}: ${second.inconclusive}`,
    };
  if (!first.mismatch) return counts;
  const reason = `case ${index}: differed once and not again:\n${first.mismatch.kernel}\n${first.mismatch.simulation}`;
  return { ...counts, pairs: counts.pairs - 1, inconclusive: 1, reason };
}

function differenceOf(
  number: { readonly seed: number; readonly index: number },
  found: Differing,
): Difference {
  const { one, mismatch } = smallest(found, (smaller) => play(host, facts, smaller).mismatch);
  return { ...number, policy: one.policy, loader: one.loader, ...mismatch, history: [...mismatch.history] };
}

function countsOf({ pairs, definite, drawn }: Outcome): Played {
  return { pairs, definite, drawn, inconclusive: 0 };
}

function refresh(): void {
  host.close();
  host = becomeHost(facts);
}
