// The parts of a concatenation as it is written.
import type { Term } from '../syntax/term.ts';

/** The terms between the dots of a concatenation. */
export function splitAtDots(terms: readonly Term[]): readonly (readonly Term[])[] {
  const parts: Term[][] = [[]];
  for (const term of terms)
    if (term.kind === 'mark' && term.text === '.') parts.push([]);
    else parts.at(-1)?.push(term);
  return parts;
}
