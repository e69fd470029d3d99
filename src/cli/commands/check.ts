// `hookline check`: is it a policy, and which back ends can say it.
import { backEnds } from '../../core/compile.ts';
import { type Diagnostic, hasErrors } from '../../core/diagnostic/diagnostic.ts';
import { diagnosticToJson } from '../../core/diagnostic/json.ts';
import type { Policy } from '../../core/ir/policy.ts';
import { loadPolicy, type PolicyKind } from '../../core/load.ts';
import { type AddCommand, examples, fromOption } from '../command.ts';
import { type Context, reportOn } from '../context.ts';
import { type ExitCode, exitCode } from '../exit.ts';

export const addCheck: AddCommand = (parent, run) =>
  parent
    .command('check')
    .description('find what is wrong: syntax, names, values, and what a back end can not say')
    .argument('<policy...>', 'policies or dumps; `-` is stdin')
    .addOption(fromOption)
    .addHelpText(
      'after',
      examples(
        'hookline check *.hook',
        'iptables-save | hookline check -',
        'hookline check --json policy.hook',
      ),
    )
    .action(run((context, policies, { from }) => check(context, policies, from)));

/** Reports every problem of every file; what a back end can't say is a warning. */
async function check(
  context: Context,
  paths: readonly string[],
  from: PolicyKind | undefined,
): Promise<ExitCode> {
  const found: Diagnostic[] = [];
  for (const path of paths) found.push(...(await checkFile(context, path, from)));
  if (context.json) {
    context.out.write(
      `${JSON.stringify({ schema: 'hookline.diagnostics/1', diagnostics: found.map(diagnosticToJson) })}\n`,
    );
  } else reportOn(context, found);
  if (hasErrors(found)) return exitCode.failed;
  if (!context.json) context.out.write(`${paths.join(', ')}: ${context.out.paint('good', 'valid')}\n`);
  return exitCode.done;
}

async function checkFile(
  context: Context,
  path: string,
  from: PolicyKind | undefined,
): Promise<readonly Diagnostic[]> {
  const read = await context.read(path);
  if (!read.value) return read.diagnostics;
  const { value, diagnostics } = loadPolicy(read.value, from, context.loading(read.value));
  return value ? [...diagnostics, ...backEndFit(value)] : diagnostics;
}

/** Both generations of back ends are tried; a policy may be meant for one only. What several say alike is said once. */
function backEndFit({ ruleSet }: Policy): readonly Diagnostic[] {
  const all = Object.values(backEnds).flatMap(({ emit }) => emit(ruleSet).diagnostics);
  return [...new Map(all.map((one) => [keyOf(one), one])).values()].map((one) =>
    one.severity === 'error' ? { ...one, severity: 'warning' } : one,
  );
}

function keyOf({ code, message, span }: Diagnostic): string {
  return `${code} ${span?.start} ${message}`;
}
