// Where a rule comes from: the line in its chain, and the way through the definitions that are called there.
import type { Label } from '../diagnostic/diagnostic.ts';
import type { Called } from '../ir/ruleset.ts';
import type { Span } from '../text/source.ts';
import type { Place } from './body-context.ts';

/** What the rules of a line remember. */
interface Origin {
  /** In the chain: the line itself, or the call that led to it. */
  readonly span: Span;
  readonly calls?: readonly Called[];
}

/** Where the rules of a line come from that stands at a place. */
export function originOf(line: Span, { expansions }: Pick<Place, 'expansions'>): Origin {
  const [first, ...others] = expansions;
  if (!first) return { span: line };
  const lines = [...others.map(({ span }) => span), line];
  const calls = lines.map((span, at) => ({ name: expansions[at]?.name.text ?? '', span }));
  return { span: first.span, calls };
}

/** One label in each definition on the way to a line. */
export function callLabels(calls: readonly Called[] = []): readonly Label[] {
  return calls.map(({ name, span }) => ({ span, message: `in the definition of \`${name}\`` }));
}
