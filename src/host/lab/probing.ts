// Puts questions to a lab, by one program that goes from namespace to namespace.
import { z } from 'zod';
import { CommandError, start } from '../exec.ts';
import { insideOf } from './lab.ts';
import type { Question, RealAnswer } from './probe.ts';
import { programOfLab } from './program.ts';
import type { LabState } from './state.ts';

/** What the program is told. */
export interface Task {
  readonly questions: readonly Question[];
  /** Milliseconds without an answer. */
  readonly patienceMs: number;
  /** So many questions are on their way at once. */
  readonly width: number;
}

const line = z.object({ at: z.number(), answered: z.boolean(), why: z.string() });

/** Asks all questions; `answered` is called for each answer as it comes. Throws a {@link CommandError}. */
export async function probe(
  state: LabState,
  questions: readonly Question[],
  { patienceMs, answered }: { readonly patienceMs: number; readonly answered: () => void },
): Promise<readonly RealAnswer[]> {
  if (questions.length === 0) return [];
  const task: Task = { questions, patienceMs, width };
  const { env, entry = [] } = insideOf(state);
  const [file, ...args] = programOfLab('prober', entry);
  await using running = await start(file, args, { env, input: JSON.stringify(task) });
  const answers: (RealAnswer | undefined)[] = questions.map(() => undefined);
  for await (const text of running.lines) {
    const { at, ...answer } = line.parse(JSON.parse(text));
    answers[at] = answer;
    answered();
  }
  return answers.map((one) => {
    if (!one) throw new CommandError('failure', [file, ...args], undefined, 'it ended before its time');
    return one;
  });
}

/** Neighbours of all namespaces share a table of 1024 entries by default (arp(7), gc_thresh3). */
const width = 200;
