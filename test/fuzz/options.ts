// What `npm run fuzz` is told on its command line.
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';

/** How many inputs of which seed, in how many threads at once, and the folder for those that fail. */
export interface Options {
  readonly count: number;
  readonly seed: number;
  readonly jobs: number;
  readonly into: string;
}

/** How it is called. */
export const usage = 'usage: npm run fuzz -- [--count N] [--seed N] [--jobs N] [--into FOLDER]';

/** What the arguments say; `help` where they ask how it is called, and what is wrong with them as a text. */
export function readOptions(args: readonly string[]): Options | 'help' | { readonly problem: string } {
  try {
    return optionsOf(args);
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

function optionsOf(args: readonly string[]): Options | 'help' {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: { count: text, seed: text, jobs: text, into: text, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) return 'help';
  return {
    count: numberOf('count', values.count, 1) ?? 1_000_000,
    seed: numberOf('seed', values.seed, 0) ?? Date.now() % 1_000_000,
    jobs: numberOf('jobs', values.jobs, 1) ?? availableParallelism(),
    into: values.into ?? 'fuzz-failures',
  };
}

function numberOf(name: string, value: string | undefined, least: number): number | undefined {
  if (value === undefined) return undefined;
  const number = /^\d{1,9}$/.test(value) ? Number(value) : -1;
  if (number >= least) return number;
  throw new RangeError(`--${name} takes a whole number from ${least}, not \`${value}\``);
}
