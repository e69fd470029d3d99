// How many syntax errors of one text are worth telling.
import { type Diagnostic, diagnostic } from '../diagnostic/diagnostic.ts';

/** After this many, the rest of a text is not looked at. */
export const maxProblems = 100;

/** Adds a problem, unless there are enough of them; so that a large file of junk costs little. */
export function report(list: Diagnostic[], make: () => Diagnostic): void {
  if (list.length < maxProblems) list.push(make());
}

/** The first of them in the order of the text, with a note where some were left out. */
export function firstOf(found: readonly Diagnostic[]): readonly Diagnostic[] {
  const sorted = found.toSorted((left, right) => (left.span?.start ?? 0) - (right.span?.start ?? 0));
  if (sorted.length < maxProblems) return sorted;
  return [
    ...sorted.slice(0, maxProblems),
    diagnostic('HK1015', 'too many syntax errors, the rest is not shown'),
  ];
}
