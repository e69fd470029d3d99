// `hookline fmt`: the canonical layout of policies.
import { formatPolicy } from '../../core/syntax/format.ts';
import { readSource, writeWhole } from '../../host/files.ts';
import type { Context } from '../context.ts';
import { type ExitCode, exitCode } from '../exit.ts';
import { demand, Failure } from '../failure.ts';

/** Rewrites the files that differ; with `check` only names them and exits with 1. Standard input goes to stdout. */
export async function fmtCommand(
  context: Context,
  paths: readonly string[],
  { check = false }: { readonly check?: boolean },
): Promise<ExitCode> {
  let differing = 0;
  for (const path of paths) {
    const source = demand(await readSource(path), context.report);
    const text = demand(formatPolicy(source), context.report);
    if (path === '-' && !check) context.out.write(text);
    if (text === source.text) continue;
    differing++;
    if (check) context.out.write(`${path}\n`);
    else if (path !== '-') await rewrite(path, text);
  }
  return check && differing > 0 ? exitCode.no : exitCode.done;
}

async function rewrite(path: string, text: string): Promise<void> {
  const problem = await writeWhole(path, text);
  if (problem) throw new Failure([problem]);
}
