// `hookline confirm`: what was applied with `--confirm` stays.
import { confirm } from '../../host/apply/rollback.ts';
import { type SiteWords, siteOf, stateOption, userName } from '../applying.ts';
import { type AddCommand, examples } from '../command.ts';
import type { Context } from '../context.ts';
import { type ExitCode, exitCode } from '../exit.ts';
import { endedText, endedToJson } from '../report/applied.ts';

export const addConfirm: AddCommand = (parent, run) =>
  parent
    .command('confirm')
    .description('keep what was applied with `--confirm`: from now on nothing undoes it by itself')
    .addOption(stateOption)
    .addHelpText(
      'after',
      examples('sudo hookline apply policy.hook --yes --confirm 60', 'sudo hookline confirm'),
    )
    .action(run(confirmLast));

async function confirmLast({ json, out }: Context, words: SiteWords): Promise<ExitCode> {
  const generation = await confirm(siteOf(words), userName(), () => new Date());
  out.write(json ? endedToJson('confirmed', generation) : endedText('confirmed', generation, out));
  return exitCode.done;
}
