// `hookline lab check`: whether the network of a policy, made for real, answers as `hookline reach` says.
import { type AddCommand, examples } from '../command.ts';
import type { Context } from '../context.ts';
import { type ExitCode, exitCode } from '../exit.ts';
import { bringUp, type LabOptions, labName, loaderOption, nameOption } from '../lab.ts';
import { type Compared, compareWith, questionsOf } from '../lab-check.ts';
import { openProgress } from '../progress.ts';
import { labCheckText, labCheckToJson } from '../report/lab-check.ts';

export const addLabCheck: AddCommand = (parent, run) =>
  parent
    .command('check')
    .description(
      'make the network of a policy, ask every address for an echo and what its host listens on from every other one, compare with `hookline reach`, and remove it; exits with 1 if one differs',
    )
    .argument('<file>', 'a policy file with host and link blocks')
    .addOption(nameOption)
    .addOption(loaderOption)
    .option('--all', 'show all that agree, too')
    .addHelpText(
      'after',
      examples('sudo hookline lab check network.hook', 'sudo hookline lab check network.hook --json'),
    )
    .action(run(check));

interface Options extends LabOptions {
  readonly all?: true | undefined;
}

async function check(context: Context, path: string, options: Options): Promise<ExitCode> {
  const name = options.name ?? `${labName(path, options)}-check`;
  const { lab, network } = await bringUp(context, path, { ...options, name });
  const asked = questionsOf(network);
  const progress = openProgress(context.err, 'answers', 2 * asked.length);
  let found: readonly Compared[];
  try {
    found = await compareWith(lab.state, network, asked, progress.step);
  } finally {
    progress.end();
    lab.close();
  }
  const { out, json } = context;
  out.write(
    json
      ? `${JSON.stringify(labCheckToJson(found), null, 2)}\n`
      : labCheckText(found, options.all === true, out),
  );
  return found.every(({ agrees }) => agrees) ? exitCode.done : exitCode.no;
}
