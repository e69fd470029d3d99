// `hookline compile`: rule set to back end text.
import { join } from 'node:path';
import { Option } from '@commander-js/extra-typings';
import { backEndNames, backEnds, compile } from '../../core/compile.ts';
import { hasErrors } from '../../core/diagnostic/diagnostic.ts';
import type { RuleSet } from '../../core/ir/ruleset.ts';
import { makeFolder, writeFiles } from '../../host/write-files.ts';
import { type AddCommand, examples, fromOption, policyArgument } from '../command.ts';
import { type Context, readPolicy } from '../context.ts';
import { type ExitCode, exitCode } from '../exit.ts';
import { demand, demandWritten, Failure, wrongUsage } from '../failure.ts';

const toOption = new Option('--to <back-end>', 'what to compile to')
  .choices([...backEndNames, 'all'])
  .makeOptionMandatory();

export const addCompile: AddCommand = (parent, run) =>
  parent
    .command('compile')
    .description('turn a policy into what iptables-restore, ip6tables-restore, ipset or nft load')
    .addArgument(policyArgument)
    .addOption(toOption)
    .option('-o, --output <path>', 'write to this file, with `--to all` into this folder')
    .addOption(fromOption)
    .addHelpText(
      'after',
      examples(
        'hookline compile policy.hook --to nft | nft -c -f -',
        'hookline compile policy.hook --to iptables -o rules.v4',
        'hookline compile policy.hook --to all -o build',
        'iptables-save | hookline compile - --to nft',
      ),
    )
    .action(
      run(async (context, path, { to, output, from }) => {
        const { ruleSet } = await readPolicy(context, path, from);
        return to === 'all' ? compileAll(context, ruleSet, output) : compileOne(context, ruleSet, to, output);
      }),
    );

async function compileOne(
  context: Context,
  ruleSet: RuleSet,
  to: keyof typeof backEnds,
  output: string | undefined,
): Promise<ExitCode> {
  const text = demand(compile(ruleSet, to), context.report);
  if (output === undefined || output === '-') context.out.write(text);
  else demandWritten(await writeFiles([{ path: output, text }]));
  return exitCode.done;
}

/** Nothing is written unless everything compiles. */
async function compileAll(context: Context, ruleSet: RuleSet, folder: string | undefined): Promise<ExitCode> {
  if (folder === undefined) throw wrongUsage('`--to all` needs a folder', 'say it with `-o FOLDER`');
  const compiled = backEndNames.map((name) => ({
    path: join(folder, backEnds[name].file),
    outcome: compile(ruleSet, name),
  }));
  const found = compiled.flatMap(({ outcome }) => outcome.diagnostics);
  if (hasErrors(found)) throw new Failure(found);
  context.report(found);
  const files = compiled.map(({ path, outcome }) => ({ path, text: outcome.value ?? '' }));
  demandWritten(await makeFolder(folder));
  demandWritten(await writeFiles(files));
  for (const { path } of files) context.err.write(`${path}\n`);
  return exitCode.done;
}
