// What an answer depends on: each thing that is not known, and the verdicts that are possible with each answer to it.
import type { Way } from './step.ts';
import type { Trace } from './trace.ts';

/** One thing, and what it comes to; verdicts in the order of the ways. */
export interface UnknownThing {
  readonly question: string;
  readonly outcomes: readonly { readonly answer: string; readonly verdicts: readonly string[] }[];
}

/** In the order in which they were met. */
export function unknownsOf({ ways }: Pick<Trace, 'ways'>): readonly UnknownThing[] {
  const questions = new Set(ways.flatMap(({ suppositions }) => suppositions.map(({ question }) => question)));
  return [...questions].map((question) => ({ question, outcomes: outcomesOf(question, ways) }));
}

function outcomesOf(question: string, ways: readonly Way[]): UnknownThing['outcomes'] {
  const verdicts = new Map<string, Set<string>>();
  for (const way of ways)
    for (const one of way.suppositions)
      if (one.question === question)
        verdicts.set(one.answer, (verdicts.get(one.answer) ?? new Set()).add(way.verdict));
  return [...verdicts].map(([answer, found]) => ({ answer, verdicts: [...found] }));
}
