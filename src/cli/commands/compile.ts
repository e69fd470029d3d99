// `hookline compile`: rule set to back end text.
import { join } from 'node:path';
import { type BackEnd, backEnds, compile } from '../../core/compile.ts';
import type { Diagnostic } from '../../core/diagnostic/diagnostic.ts';
import type { RuleSet } from '../../core/ir/ruleset.ts';
import type { PolicyKind } from '../../core/load.ts';
import { makeFolder, writeWhole } from '../../host/files.ts';
import { type Context, readPolicy } from '../context.ts';
import { type ExitCode, exitCode } from '../exit.ts';
import { demand, Failure, wrongUsage } from '../failure.ts';

export interface CompileOptions {
  readonly to: BackEnd | 'all';
  readonly output?: string;
  readonly from?: PolicyKind;
}

/** Prints the text, or writes it; `all` needs a folder. Nothing is written unless everything compiles. */
export async function compileCommand(
  context: Context,
  path: string,
  { to, output, from }: CompileOptions,
): Promise<ExitCode> {
  const { ruleSet } = await readPolicy(context, path, from);
  if (to === 'all') return compileAll(context, ruleSet, output);
  const text = demand(compile(ruleSet, to), context.report);
  if (output === undefined || output === '-') context.out.write(text);
  else refuse(await writeWhole(output, text));
  return exitCode.done;
}

async function compileAll(context: Context, ruleSet: RuleSet, folder: string | undefined): Promise<ExitCode> {
  if (folder === undefined) throw wrongUsage('`--to all` needs a folder', 'say it with `-o DIR`');
  const names = Object.keys(backEnds).filter((name): name is BackEnd => name in backEnds);
  const outcomes = names.map((name) => ({ name, outcome: compile(ruleSet, name) }));
  const failed = outcomes.filter(({ outcome }) => outcome.value === undefined);
  if (failed.length > 0) throw new Failure(failed.flatMap(({ outcome }) => outcome.diagnostics));
  refuse(await makeFolder(folder));
  for (const { name, outcome } of outcomes) {
    const path = join(folder, backEnds[name].file);
    refuse(await writeWhole(path, demand(outcome, context.report)));
    context.err.write(`${path}\n`);
  }
  return exitCode.done;
}

function refuse(problem: Diagnostic | undefined): void {
  if (problem) throw new Failure([problem]);
}
