// Plays blocks of cases in several processes at once, until so many pairs were compared.
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { type BlockResult, blockResult, type RunState, withBlock } from './result.ts';

/** What a run is asked for. */
export interface Wanted {
  readonly pairs: number;
  readonly jobs: number;
  /** Called after each block. */
  readonly report: (state: RunState, block: BlockResult) => void;
}

/** Goes on from a state. */
export async function coordinate(begun: RunState, { pairs, jobs, report }: Wanted): Promise<RunState> {
  let state = begun;
  let next = 0;
  let last = performance.now();
  const done = new Set(begun.blocks);
  const nextBlock = (): number | undefined => {
    while (done.has(next)) next++;
    return state.pairs < pairs ? next++ : undefined;
  };
  const finish = (result: BlockResult): void => {
    const now = performance.now();
    state = withBlock(state, result, (now - last) / 1000);
    last = now;
    report(state, result);
  };
  await Promise.all(Array.from({ length: jobs }, () => work(begun.seed, nextBlock, finish)));
  return state;
}

/** One process, which is given block after block. */
function work(
  seed: number,
  nextBlock: () => number | undefined,
  finish: (result: BlockResult) => void,
): Promise<void> {
  const worker = fork(join(import.meta.dirname, 'worker.ts'), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  return new Promise((resolve, reject) => {
    const give = (): void => {
      const block = nextBlock();
      if (block === undefined) worker.disconnect();
      else worker.send({ seed, block });
    };
    worker.on('message', (message) => {
      finish(blockResult.parse(message));
      give();
    });
    worker.on('error', reject);
    worker.on('exit', (code, signal) =>
      code === 0 ? resolve() : reject(new Error(`a worker ended with ${signal ?? code}`)),
    );
    give();
  });
}
