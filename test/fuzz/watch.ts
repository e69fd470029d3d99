// Watches over workers: one that hangs or needs too much memory is ended, the input noted, and another goes on behind it.
import { Worker } from 'node:worker_threads';
import type { Input } from './input.ts';
import type { Answer, Question, Work } from './worker.ts';

/** An input that was not treated as it must be. */
export interface Failure {
  readonly index: number;
  readonly problem: string;
}

/** A share of the numbers: those from `from` on, `step` by `step`, below `to`. */
export interface Share {
  readonly seed: number;
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

/** How a share is watched. */
export interface Watched {
  readonly found: (failure: Failure) => void;
  /** Called again and again with the number that is examined. */
  readonly progress: (index: number) => void;
}

/** In milliseconds of the worker's own processor time, because others use the machine too: this is for what never ends. */
const patience = 10_000;
/** In milliseconds on the clock, for a worker that does not even tell its time any more. */
const silence = 600_000;
const glance = 250;
/** In MiB; an input is a few kilobytes. */
const memory = 512;

const hangs = 'hang: never ends';

interface Thread {
  readonly worker: Worker;
  readonly at: Int32Array;
}

function startThread(seed: number): Thread {
  const at = new Int32Array(new SharedArrayBuffer(4)).fill(-1);
  const workerData: Work = { seed, at };
  const resourceLimits = { maxOldGenerationSizeMb: memory };
  const worker = new Worker(new URL('worker.ts', import.meta.url), { workerData, resourceLimits });
  return { worker, at };
}

/** Examines a share to its end. */
export async function examineShare(share: Share, watched: Watched): Promise<void> {
  for (let from = share.from; from < share.to; ) {
    const stopped = await untilStopped({ ...share, from }, watched);
    if (!stopped) return;
    watched.found(stopped);
    from = stopped.index + share.step;
  }
}

/** Examines up to the end, or to an input that the worker does not survive. */
async function untilStopped(share: Share, { found, progress }: Watched): Promise<Failure | undefined> {
  const thread = startThread(share.seed);
  const question: Question = { from: share.from, to: share.to, step: share.step };
  const problem = await ask(
    thread,
    question,
    (answer) => {
      if (answer.done) return true;
      if (answer.index !== undefined && answer.problem !== undefined)
        found({ index: answer.index, problem: answer.problem });
      return false;
    },
    progress,
  );
  const index = Atomics.load(thread.at, 0);
  await thread.worker.terminate();
  return problem === undefined ? undefined : { index: Math.max(index, share.from), problem };
}

/** Each look tells whether the worker has been at one input for too long. */
function makeLook({ worker, at }: Thread): () => Promise<boolean> {
  let seen = -2;
  let since = performance.now();
  let before = 0;
  return async () => {
    if (performance.now() - since > silence) return true;
    // A worker that has ended meanwhile does not hang.
    const spent = await worker.cpuUsage().then(
      ({ user, system }) => (user + system) / 1000,
      () => 0,
    );
    const index = Atomics.load(at, 0);
    if (index !== seen) [seen, since, before] = [index, performance.now(), spent];
    return spent - before > patience;
  };
}

/** Asks a worker and waits until an answer is the last one; else says why there will be none. */
function ask(
  thread: Thread,
  question: Question,
  isLast: (answer: Answer) => boolean,
  progress: (index: number) => void = () => undefined,
): Promise<string | undefined> {
  const { worker, at } = thread;
  return new Promise((resolve) => {
    const look = makeLook(thread);
    const timer = setInterval(async () => {
      progress(Atomics.load(at, 0));
      if (await look()) end(hangs);
    }, glance);
    const end = (problem: string | undefined) => {
      clearInterval(timer);
      worker.removeAllListeners();
      resolve(problem);
    };
    worker.on('message', (answer: Answer) => isLast(answer) && end(undefined));
    worker.on('error', (error: NodeJS.ErrnoException) =>
      end(
        error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? `memory: needs more than ${memory} MiB` : error.message,
      ),
    );
    worker.postMessage(question, []);
  });
}

/** Asks about single inputs, each in a worker that may be ended. */
export interface Asker {
  readonly problemOf: (input: Input) => Promise<string | undefined>;
  readonly close: () => Promise<unknown>;
}

/** An asker that starts a new worker when it has to end one. */
export function makeAsker(): Asker {
  let thread = startThread(0);
  return {
    problemOf: async (input) => {
      let problem: string | undefined;
      const ended = await ask(thread, { input }, (answer) => {
        if (!answer.done) problem = answer.problem;
        return true;
      });
      if (ended === undefined) return problem;
      await thread.worker.terminate();
      thread = startThread(0);
      return ended;
    },
    close: () => thread.worker.terminate(),
  };
}
