// Following a packet both ways where something isn't known: the trace is run again for every combination of answers.
import type { Supposition } from './step.ts';

/** Chooses among the possible answers to a question that the given facts leave open. */
export type Oracle = (question: string, answers: readonly [string, ...string[]]) => string;

/** More combinations than this are not followed. */
const maximumWays = 64;

interface Choice {
  readonly question: string;
  readonly answers: readonly string[];
  picked: number;
}

/** Every way that `run` can go, first answers first; `complete` is false where there were too many. */
export function everyWay<Result>(
  run: (oracle: Oracle, suppositions: () => readonly Supposition[]) => Result,
): {
  readonly ways: readonly Result[];
  readonly complete: boolean;
} {
  const choices: Choice[] = [];
  const ways: Result[] = [];
  do {
    ways.push(oneWay(run, choices));
  } while (ways.length < maximumWays && advance(choices));
  return { ways, complete: choices.length === 0 };
}

/** Runs once along the choices already fixed, and takes the first answer for every further question. */
function oneWay<Result>(
  run: (oracle: Oracle, suppositions: () => readonly Supposition[]) => Result,
  choices: Choice[],
): Result {
  let asked = 0;
  const known = new Map<string, string>();
  const oracle: Oracle = (question, answers) => {
    const before = known.get(question);
    if (before !== undefined && answers.includes(before)) return before;
    const choice = choices[asked] ?? { question, answers, picked: 0 };
    choices[asked] = choice;
    asked++;
    const answer = choice.answers[choice.picked] ?? answers[0];
    known.set(question, answer);
    return answer;
  };
  return run(oracle, () => [...known].map(([question, answer]) => ({ question, answer })));
}

/** Moves on to the next combination: the last choice that has a further answer takes it. */
function advance(choices: Choice[]): boolean {
  while (choices.length > 0) {
    const last = choices.at(-1);
    if (last && ++last.picked < last.answers.length) return true;
    choices.pop();
  }
  return false;
}
