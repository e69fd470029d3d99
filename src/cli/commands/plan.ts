// `hookline plan`: what applying a policy would change on this machine, without changing anything.
import { proofProblems } from '../../core/analyse/proof/problems.ts';
import { compile } from '../../core/compile.ts';
import { hasErrors } from '../../core/diagnostic/diagnostic.ts';
import type { PolicyKind } from '../../core/load.ts';
import { type AnalysisOptions, analysisTimeOption, specialOption } from '../analysis.ts';
import { type SiteWords, siteOf, stateOption } from '../applying.ts';
import { type AddCommand, examples, fromOption, ipsetOption, onOption, policyArgument } from '../command.ts';
import { type Context, readPolicy } from '../context.ts';
import { type ExitCode, exitCode } from '../exit.ts';
import { demand } from '../failure.ts';
import { type RulesInForce, readInForce } from '../hosts.ts';
import { isEmpty, planFor } from '../planning.ts';
import { planText, planToJson } from '../report/plan.ts';

export const addPlan: AddCommand = (parent, run) =>
  parent
    .command('plan')
    .description('what `apply` would change on this machine: rules, packets, connections, sysctls')
    .addArgument(policyArgument)
    .addOption(fromOption)
    .addOption(ipsetOption)
    .addOption(onOption)
    .addOption(stateOption)
    .addOption(specialOption)
    .addOption(analysisTimeOption)
    .addHelpText(
      'after',
      `${examples(
        'sudo hookline plan policy.hook',
        'sudo hookline plan network.hook --on gw --json',
      )}\n\nChanges nothing. Exits with 1 if there is anything to do, such as after somebody changed the rules by hand.`,
    )
    .action(run(plan));

interface Options extends SiteWords, Pick<AnalysisOptions, 'timeLimit' | 'special'> {
  readonly from?: PolicyKind | undefined;
  readonly ipset?: string | undefined;
  readonly on?: string | undefined;
}

async function plan(context: Context, path: string, words: Options): Promise<ExitCode> {
  const policy = await readPolicy(context, path, words.from, words.ipset);
  const inForce = await readInForce(context, policy, words);
  demandCompiled(context, inForce);
  const found = await planFor(context, siteOf(words), { policy, inForce, asked: words });
  context.out.write(context.json ? planToJson(found) : planText(found, context.out));
  return isEmpty(found) ? exitCode.done : exitCode.no;
}

/** What could not be applied is not planned. */
function demandCompiled(context: Context, { ruleSet }: RulesInForce): void {
  const text = demand(compile(ruleSet, 'nft'), context.report);
  const problems = proofProblems(ruleSet, 'nft', text);
  demand({ value: hasErrors(problems) ? undefined : text, diagnostics: problems }, context.report);
}
