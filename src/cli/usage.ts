// What commander finds wrong with a command line, as a diagnostic.

import type { CommanderError } from '@commander-js/extra-typings';
import { type Diagnostic, diagnostic } from '../core/diagnostic/diagnostic.ts';
import { didYouMean } from '../core/diagnostic/meant.ts';
import { suggest } from '../core/text/suggest.ts';

/** The problem in our words, with what was meant as its help where that can be told. */
export function usageProblem({ message }: CommanderError): Diagnostic {
  const [problem = '', hint] = message.replace(/^error: /, '').split('\n');
  return diagnostic('HK0010', problem.replaceAll("'", '`'), {
    help: suggestionIn(hint) ?? choiceIn(problem) ?? '`hookline COMMAND --help` shows what it takes',
  });
}

/** `(Did you mean --from?)`, `(Did you mean one of fmt, test?)`. */
function suggestionIn(hint: string | undefined): string | undefined {
  const [, names] = /^\(Did you mean (?:one of )?(.*)\?\)$/.exec(hint ?? '') ?? [];
  return names && didYouMean(names.split(', ').join('` or `'));
}

/** `option '--to <back-end>' argument 'ntf' is invalid. Allowed choices are nft, …` */
function choiceIn(problem: string): string | undefined {
  const invalid = /argument '(.*)' is invalid\. Allowed choices are (.*)\.$/.exec(problem);
  const [, word = '', choices = ''] = invalid ?? [];
  const near = invalid ? suggest(word, choices.split(', ')) : undefined;
  return near && didYouMean(near);
}
