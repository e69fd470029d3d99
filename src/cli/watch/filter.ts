// Which connections are shown: the options of `conntrack -L`.
import { matcherOf } from '../../core/conntrack-command/matches.ts';
import { parseFilter } from '../../core/conntrack-command/parse.ts';
import type { Filter } from '../../core/conntrack-watch/tracker.ts';
import type { Outcome } from '../../core/diagnostic/diagnostic.ts';
import { Failure } from '../failure.ts';

/** A filter with its words; without words everything is shown. */
export interface NamedFilter {
  readonly text: string;
  readonly shows?: Filter;
}

const help = 'say options as `conntrack -L` has them: `-p tcp --dport 443`';

/** Reads the words of a filter. */
export function readFilter(text: string): Outcome<NamedFilter> {
  if (text === '') return { value: { text }, diagnostics: [] };
  const { value, diagnostics } = parseFilter({ name: '<filter>', text });
  const helped = diagnostics.map((one) => ({ ...one, help: one.help ?? help }));
  return { value: value && { text, shows: matcherOf(value) }, diagnostics: helped };
}

/** The same, for the command line. Throws a {@link Failure}. */
export function filterOf(text: string): NamedFilter {
  const { value, diagnostics } = readFilter(text.trim());
  if (!value) throw new Failure(diagnostics);
  return value;
}
