// What a block of cases came to, as it goes from worker to coordinator, and what a whole run did.
import { z } from 'zod';

/** A case that the kernel and the simulation see differently, as small as it was found. */
export const difference = z.object({
  seed: z.number(),
  index: z.number(),
  loader: z.string(),
  policy: z.string(),
  loaded: z.string(),
  /** Packet specs; the last one differs. */
  history: z.array(z.string()),
  kernel: z.string(),
  simulation: z.string(),
});

export type Difference = z.infer<typeof difference>;

const counts = { pairs: z.number(), definite: z.number(), drawn: z.number(), inconclusive: z.number() };

export const blockResult = z.object({
  block: z.number(),
  ...counts,
  reasons: z.array(z.string()),
  differences: z.array(difference),
});

/** Of one block. */
export type BlockResult = z.infer<typeof blockResult>;

/** Of all blocks so far; kept in a file, a run goes on where it was. */
export const runState = z.object({
  seed: z.number(),
  /** Numbers of the blocks that are done. */
  blocks: z.array(z.number()),
  ...counts,
  /** Seconds of work, of all runs together. */
  seconds: z.number(),
  reasons: z.array(z.string()),
  /** Numbers of the cases that differ. */
  different: z.array(z.number()),
});

export type RunState = z.infer<typeof runState>;

/** Before the first block. */
export function startOf(seed: number): RunState {
  return {
    seed,
    blocks: [],
    pairs: 0,
    definite: 0,
    drawn: 0,
    inconclusive: 0,
    seconds: 0,
    reasons: [],
    different: [],
  };
}

/** With one block more. */
export function withBlock(state: RunState, block: BlockResult, seconds: number): RunState {
  return {
    ...state,
    blocks: [...state.blocks, block.block],
    pairs: state.pairs + block.pairs,
    definite: state.definite + block.definite,
    drawn: state.drawn + block.drawn,
    inconclusive: state.inconclusive + block.inconclusive,
    seconds: state.seconds + seconds,
    reasons: [...state.reasons, ...block.reasons],
    different: [...state.different, ...block.differences.map(({ index }) => index)],
  };
}

/** So many may be inconclusive at the most. */
const inconclusiveShare = 0.001;

/** Whether all that was compared was the same, and enough was compared. */
export function passed({ pairs, inconclusive, different }: RunState): boolean {
  return different.length === 0 && inconclusive <= pairs * inconclusiveShare;
}

/** On one line. */
export function summary(state: RunState): string {
  const { seed, pairs, definite, drawn, inconclusive, different, seconds, blocks } = state;
  const share = pairs === 0 ? '0' : ((100 * definite) / pairs).toFixed(1);
  const speed = seconds === 0 ? 0 : Math.round(pairs / seconds);
  return [
    `seed ${seed}, ${blocks.length} blocks: ${pairs} pairs`,
    `${different.length} mismatches`,
    `${inconclusive} inconclusive`,
    `${share}% with one way only`,
    `${drawn} with something by chance`,
    `${speed} pairs/s`,
  ].join(', ');
}
