// What commands about all packets at once share: how long they may take, how far they are, and how much they show.
import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import type { KnownValues } from '../core/analyse/known-values.ts';
import type { Budget } from '../core/analyse/lint/budget.ts';
import type { Context } from './context.ts';
import { type ExitCode, exitCode } from './exit.ts';
import { budgetOf, secondsOf } from './linting.ts';
import { openProgress } from './progress.ts';

/** Options of these commands. */
export interface AnalysisOptions {
  readonly timeLimit: number;
  readonly limit: number;
  readonly special?: true | undefined;
}

export const limitOption = new Option('--limit <number>', 'show so many groups')
  .default(40)
  .argParser(numberIn);

export const specialOption = new Option(
  '--special',
  'tell also of packets with an unspecified, loopback, multicast or broadcast address; `--json` always does',
);

export const analysisTimeOption = new Option(
  '--time-limit <seconds>',
  'look no longer at what becomes of all packets; what was not looked at is said',
)
  .default(60)
  .argParser(secondsOf);

function numberIn(word: string): number {
  if (!/^[1-9]\d{0,8}$/.test(word)) throw new InvalidArgumentError('It is no number from 1 on.');
  return Number(word);
}

/** A person reads of ordinary packets first; programs get all. */
export function scopeOf(
  { json }: Pick<Context, 'json'>,
  { special }: Pick<AnalysisOptions, 'special'>,
): Pick<KnownValues, 'scope'> {
  return json || special ? {} : { scope: 'ordinary' };
}

/** What every such command says of its exit code. */
export const missedHelp = 'Exits with 2 if the time was over before anything was found.';

/** Does a work within the time, with its progress on a terminal. */
export function within<Result>(
  { err }: Context,
  { timeLimit }: Pick<AnalysisOptions, 'timeLimit'>,
  work: (budget: Budget) => Result,
): Result {
  const progress = openProgress(err, 'rules');
  try {
    return work(budgetOf(timeLimit, progress.step));
  } finally {
    progress.end();
  }
}

/** `found`: the code where anything was found. Nothing is no answer as long as something was not looked at. */
export function codeOf(
  { classes, missed }: { readonly classes: readonly unknown[]; readonly missed: readonly string[] },
  found: ExitCode,
): ExitCode {
  if (classes.length > 0) return found;
  if (missed.length > 0) return exitCode.failed;
  return found === exitCode.done ? exitCode.no : exitCode.done;
}
