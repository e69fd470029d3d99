// `hookline history`: all that was ever applied on this machine.
import { historyAt } from '../../host/apply/status.ts';
import { type SiteWords, siteOf, stateOption } from '../applying.ts';
import { type AddCommand, examples } from '../command.ts';
import type { Context } from '../context.ts';
import { type ExitCode, exitCode } from '../exit.ts';
import { historyText, historyToJson } from '../report/status.ts';

export const addHistory: AddCommand = (parent, run) =>
  parent
    .command('history')
    .description('what was applied on this machine, when, by whom, and what became of it')
    .addOption(stateOption)
    .addHelpText('after', examples('sudo hookline history', 'sudo hookline history --json'))
    .action(run(showHistory));

async function showHistory({ json, out }: Context, words: SiteWords): Promise<ExitCode> {
  const generations = await historyAt(siteOf(words), () => new Date());
  out.write(json ? historyToJson(generations) : historyText(generations, out));
  return exitCode.done;
}
