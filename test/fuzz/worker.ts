// Examines inputs in a thread of its own, which can be ended from outside when it hangs.
import { parentPort, workerData } from 'node:worker_threads';
import { examine } from './examine.ts';
import { type Input, inputOf } from './input.ts';

/** What a worker is started with. */
export interface Work {
  readonly seed: number;
  /** Where it notes the number of the input that it is at. */
  readonly at: Int32Array;
}

/** What it is asked: to go through the numbers from, step by step, up to `to`; or about one input. */
export type Question =
  | { readonly from: number; readonly to: number; readonly step: number }
  | { readonly input: Input };

/** What it answers, `index` only where it was one of a range. Behind the last of a range comes `done`. */
export type Answer =
  | { readonly done: true }
  | { readonly done: false; readonly index?: number; readonly problem: string | undefined };

/** The longest that any input may take, in milliseconds of its thread's own time. */
const longest = 1000;

const { seed, at }: Work = workerData;

function answer(one: Answer): void {
  parentPort?.postMessage(one, []);
}

/** Measured in the thread's own time, because others use the machine too; twice, because the first time compiles. */
function examineTimed(input: Input): string | undefined {
  const start = process.threadCpuUsage();
  const problem = examine(input);
  const first = process.threadCpuUsage(start);
  if (problem !== undefined || first.user < longest * 1000) return problem;
  const again = process.threadCpuUsage();
  examine(input);
  const { user } = process.threadCpuUsage(again);
  return user < longest * 1000 ? undefined : `slow: takes longer than ${longest} ms`;
}

parentPort?.on('message', (question: Question) => {
  if ('input' in question) return answer({ done: false, problem: examineTimed(question.input) });
  for (let index = question.from; index < question.to; index += question.step) {
    Atomics.store(at, 0, index);
    const problem = examineTimed(inputOf(seed, index));
    if (problem !== undefined) answer({ done: false, index, problem });
  }
  answer({ done: true });
});
