// The file that `hookline init` writes: where it goes, and that it holds a policy without anything to complain of.
import { stat } from 'node:fs/promises';
import { diagnostic, hasErrors } from '../core/diagnostic/diagnostic.ts';
import type { Policy } from '../core/ir/policy.ts';
import { loadPolicy } from '../core/load.ts';
import { formatPolicy } from '../core/syntax/format.ts';
import { writeFiles } from '../host/write-files.ts';
import type { Context } from './context.ts';
import { type ExitCode, exitCode } from './exit.ts';
import { demand, demandWritten, Failure } from './failure.ts';

/** What is said of the file. */
export interface StarterFile {
  /** `-` is stdout. */
  readonly output: string;
  readonly force?: true | undefined;
}

/** For an option that may be given several times. */
export function collect(one: string, others: readonly string[]): readonly string[] {
  return [...others, one];
}

/** Ends the command where a file is there that it may not replace. */
export async function demandPlace({ output, force }: StarterFile): Promise<void> {
  if (force || output === '-') return;
  const isThere = await stat(output).then(
    () => true,
    () => false,
  );
  if (!isThere) return;
  const help = 'name another one with `-o FILE`, or replace it with `--force`';
  throw new Failure([diagnostic('HK0021', `\`${output}\` is there already`, { help })]);
}

/** The policy and its text in canonical layout; an error in it ends the command. */
export function validPolicy(written: string): { readonly policy: Policy; readonly text: string } {
  const source = { name: 'policy.hook', text: written };
  const text = demand(formatPolicy(source), () => {});
  const { value, diagnostics } = loadPolicy({ ...source, text }, 'hook');
  if (!value || hasErrors(diagnostics)) throw new Failure(diagnostics);
  return { policy: value, text };
}

/** Writes it, and says where. */
export async function writeStarter(
  context: Context,
  { output }: StarterFile,
  text: string,
): Promise<ExitCode> {
  if (output === '-') context.out.write(text);
  else {
    demandWritten(await writeFiles([{ path: output, text }]));
    context.err.write(`${output}\n`);
  }
  return exitCode.done;
}
