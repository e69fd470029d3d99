// `hookline fmt`: the canonical layout of policies.
import { formatPolicy } from '../../core/syntax/format.ts';
import { writeFiles } from '../../host/write-files.ts';
import { type AddCommand, examples } from '../command.ts';
import type { Context } from '../context.ts';
import { type ExitCode, exitCode } from '../exit.ts';
import { demand, demandWritten } from '../failure.ts';

export const addFmt: AddCommand = (parent, run) =>
  parent
    .command('fmt')
    .description('give policies their canonical layout; what they mean stays as it is')
    .argument('<file...>', '.hook files, rewritten in place; `-` is stdin, printed to stdout')
    .option('--check', 'change nothing: name the files that would change, and exit with 1 if there are any')
    .addHelpText('after', examples('hookline fmt policy.hook', 'hookline fmt --check *.hook'))
    .action(
      run((context, paths, { check = false }) =>
        check ? listUnformatted(context, paths) : format(context, paths),
      ),
    );

/** A file as it is and as it should be. */
interface Formatted {
  readonly path: string;
  readonly before: string;
  readonly text: string;
}

async function formatted(context: Context, path: string): Promise<Formatted> {
  const source = demand(await context.read(path), context.report);
  return { path, before: source.text, text: demand(formatPolicy(source), context.report) };
}

/** All are read before the first is written. */
async function format(context: Context, paths: readonly string[]): Promise<ExitCode> {
  const results = await inOrder(context, paths);
  for (const { path, text } of results) if (path === '-') context.out.write(text);
  demandWritten(
    await writeFiles(results.filter(({ path, before, text }) => path !== '-' && before !== text)),
  );
  return exitCode.done;
}

async function listUnformatted(context: Context, paths: readonly string[]): Promise<ExitCode> {
  const different = (await inOrder(context, paths)).filter(({ before, text }) => before !== text);
  for (const { path } of different) context.out.write(`${path}\n`);
  return different.length > 0 ? exitCode.no : exitCode.done;
}

async function inOrder(context: Context, paths: readonly string[]): Promise<readonly Formatted[]> {
  const results: Formatted[] = [];
  for (const path of paths) results.push(await formatted(context, path));
  return results;
}
