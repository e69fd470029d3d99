// `hookline status`: what is in force on this machine.
import { statusAt } from '../../host/apply/status.ts';
import { type SiteWords, siteOf, stateOption } from '../applying.ts';
import { type AddCommand, examples } from '../command.ts';
import type { Context } from '../context.ts';
import { type ExitCode, exitCode } from '../exit.ts';
import { statusText, statusToJson } from '../report/status.ts';

export const addStatus: AddCommand = (parent, run) =>
  parent
    .command('status')
    .description(
      'what is in force on this machine, since when, by whom and of which revision; exits with 1 if the kernel has something else than was applied',
    )
    .addOption(stateOption)
    .addHelpText('after', examples('sudo hookline status', 'sudo hookline status --json'))
    .action(run(showStatus));

async function showStatus({ json, out }: Context, words: SiteWords): Promise<ExitCode> {
  const status = await statusAt(siteOf(words), () => new Date());
  out.write(json ? statusToJson(status) : statusText(status, out));
  const isAsApplied = status.kind === 'none' || (status.kind === 'in-force' && status.drift.length === 0);
  return isAsApplied ? exitCode.done : exitCode.no;
}
