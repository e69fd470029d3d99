// `hookline compile`: rule set to back end text.
import { join } from 'node:path';
import { Option } from '@commander-js/extra-typings';
import { type BackEnd, backEndNames, backEnds, compile } from '../../core/compile.ts';
import { compilePartial, type PartialText } from '../../core/compile-partial.ts';
import { hasErrors } from '../../core/diagnostic/diagnostic.ts';
import type { EmitOptions } from '../../core/ir/emit-options.ts';
import type { RuleSet } from '../../core/ir/ruleset.ts';
import { writePolicy } from '../../core/policy-text/write-policy.ts';
import { makeFolder, writeFiles } from '../../host/write-files.ts';
import { type AddCommand, examples, fromOption, ipsetOption, policyArgument } from '../command.ts';
import { type Context, readPolicy } from '../context.ts';
import { type ExitCode, exitCode } from '../exit.ts';
import { demandWritten, Failure, wrongUsage } from '../failure.ts';

const toOption = new Option('--to <back-end>', 'what to compile to').choices([...backEndNames, 'all']);

const desugaredOption = new Option(
  '--show-desugared',
  'print the policy with all that is short written out, each rule with its place, and compile nothing',
).conflicts(['to', 'partial']);

export const addCompile: AddCommand = (parent, run) =>
  parent
    .command('compile')
    .description('turn a policy into what iptables-restore, ip6tables-restore, ipset or nft load')
    .addArgument(policyArgument)
    .addOption(toOption)
    .option('-o, --output <path>', 'write to this file, with `--to all` into this folder')
    .option('--partial', 'leave out the rules that the back end can not say, list them, and exit with 1')
    .option('--counters', 'with what the kernel had counted, where the input says it')
    .addOption(desugaredOption)
    .addOption(fromOption)
    .addOption(ipsetOption)
    .addHelpText(
      'after',
      examples(
        'hookline compile policy.hook --to nft | nft -c -f -',
        'hookline compile policy.hook --to iptables -o rules.v4',
        'hookline compile policy.hook --to all -o build',
        'iptables-save | hookline compile - --to nft',
        'iptables-save -c | hookline compile - --to iptables --counters | iptables-restore -c',
      ),
    )
    .action(
      run(async (context, path, { to, output, from, ipset, partial, counters = false, showDesugared }) => {
        if (to === undefined && !showDesugared) throw withoutTarget();
        const { ruleSet } = await readPolicy(context, path, from, ipset);
        if (to === undefined) return showRules(context, ruleSet, path, output);
        const compileTo: CompileTo = (given, name) =>
          (partial ? compilePartial : compileWhole)(given, name, { counters });
        return to === 'all'
          ? compileAll(context, ruleSet, compileTo, output)
          : compileOne(context, compileTo(ruleSet, to), output);
      }),
    );

type CompileTo = (ruleSet: RuleSet, to: BackEnd) => PartialText;

function withoutTarget(): Failure {
  return wrongUsage(
    'it is not said what to compile to',
    `say \`--to\` and one of ${backEndNames.join(', ')}, all`,
  );
}

/** The rule set as a policy without what is short for something. */
async function showRules(
  context: Context,
  ruleSet: RuleSet,
  path: string,
  output: string | undefined,
): Promise<ExitCode> {
  const origin = `What ${path} stands for.`;
  const { value, diagnostics } = writePolicy(ruleSet, { origin, places: true });
  if (value === undefined) throw new Failure(diagnostics);
  if (output === undefined || output === '-') context.out.write(value);
  else demandWritten(await writeFiles([{ path: output, text: value }]));
  return exitCode.done;
}

/** In the form of a partial text: with an error there is none. */
function compileWhole(ruleSet: RuleSet, to: BackEnd, options: EmitOptions): PartialText {
  const { value: text, diagnostics } = compile(ruleSet, to, options);
  if (!hasErrors(diagnostics)) return { text, refused: [], diagnostics };
  return { text: undefined, refused: diagnostics, diagnostics: [] };
}

/** The text, or the end of the command; what was left out is reported. */
function textOf(context: Context, { text, refused, diagnostics }: PartialText): string {
  if (text === undefined) throw new Failure(refused);
  context.report([...refused, ...diagnostics]);
  return text;
}

async function compileOne(
  context: Context,
  compiled: PartialText,
  output: string | undefined,
): Promise<ExitCode> {
  const text = textOf(context, compiled);
  if (output === undefined || output === '-') context.out.write(text);
  else demandWritten(await writeFiles([{ path: output, text }]));
  return compiled.refused.length > 0 ? exitCode.no : exitCode.done;
}

/** Nothing is written unless every back end has a text. */
async function compileAll(
  context: Context,
  ruleSet: RuleSet,
  compileTo: CompileTo,
  folder: string | undefined,
): Promise<ExitCode> {
  if (folder === undefined) throw wrongUsage('`--to all` needs a folder', 'say it with `-o FOLDER`');
  const all = backEndNames.map((name) => ({ name, compiled: compileTo(ruleSet, name) }));
  const failed = all.filter(({ compiled }) => compiled.text === undefined);
  if (failed.length > 0) throw new Failure(failed.flatMap(({ compiled }) => compiled.refused));
  const files = all.map(({ name, compiled }) => ({
    path: join(folder, backEnds[name].file),
    text: textOf(context, compiled),
  }));
  demandWritten(await makeFolder(folder));
  demandWritten(await writeFiles(files));
  for (const { path } of files) context.err.write(`${path}\n`);
  return all.some(({ compiled }) => compiled.refused.length > 0) ? exitCode.no : exitCode.done;
}
