// `hookline rollback`: what was in force before, or an earlier generation once more.
import { readAgain } from '../../host/apply/again.ts';
import { type ApplyRequest, apply } from '../../host/apply/apply.ts';
import { rollback, rollbackAll } from '../../host/apply/rollback.ts';
import type { Site } from '../../host/apply/site.ts';
import { demandAccess } from '../access.ts';
import { forceOption, type SiteWords, siteOf, stateOption, userName } from '../applying.ts';
import { type AddCommand, examples } from '../command.ts';
import type { Context } from '../context.ts';
import { type ExitCode, exitCode } from '../exit.ts';
import { wrongUsage } from '../failure.ts';
import { appliedText, appliedToJson, endedText, endedToJson } from '../report/applied.ts';

export const addRollback: AddCommand = (parent, run) =>
  parent
    .command('rollback')
    .description(
      'bring back what was there before the generation in force; with a number the rules of that generation, with 0 what was there before all of them',
    )
    .argument('[generation]', 'as `hookline history` lists them')
    .addOption(forceOption)
    .addOption(stateOption)
    .addHelpText(
      'after',
      examples('sudo hookline rollback', 'sudo hookline rollback 12', 'sudo hookline rollback 0'),
    )
    .action(run(goBack));

interface RollbackWords extends SiteWords {
  readonly force?: true | undefined;
}

async function goBack(context: Context, number: string | undefined, words: RollbackWords): Promise<ExitCode> {
  const { json, out } = context;
  const site = siteOf(words);
  if (number !== undefined && !/^\d{1,9}$/.test(number))
    throw wrongUsage(`\`${number}\` is no number of a generation`, '`hookline history` lists them');
  if (number !== undefined && Number(number) > 0) return applyAgain(context, site, Number(number), words);
  const back = number === undefined ? rollback : rollbackAll;
  const generation = await back(site, userName(), () => new Date());
  out.write(json ? endedToJson('rolled-back', generation) : endedText('rolled-back', generation, out));
  return exitCode.done;
}

async function applyAgain(
  context: Context,
  site: Site,
  number: number,
  words: RollbackWords,
): Promise<ExitCode> {
  const { json, out } = context;
  const applied = await apply(site, requestOf(context, site, number, words));
  out.write(json ? appliedToJson(applied) : appliedText(applied, out));
  return exitCode.done;
}

/** The same rules as a new generation. */
function requestOf(context: Context, site: Site, number: number, words: RollbackWords): ApplyRequest {
  const { generation, texts, ruleSet, text } = readAgain(site, number);
  return {
    loader: generation.loader,
    ruleSet,
    texts,
    text,
    source: generation.source,
    host: generation.host,
    user: userName(),
    command: process.argv.slice(2),
    adopt: false,
    restores: number,
    clock: () => new Date(),
    agreed: async ({ inForce }, { tables }) => {
      const policy = { ruleSet, hosts: [], tests: [] };
      const access = { site, applicable: { policy, ruleSet: inForce, host: undefined }, owned: tables };
      return { isAgreed: true, forced: await demandAccess(context, access, words) };
    },
  };
}
