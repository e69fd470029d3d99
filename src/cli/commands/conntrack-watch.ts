// `hookline conntrack watch`: live connections against the policy, as a screen that goes on, or as a stream of JSON.
import { basename } from 'node:path';
import { Option } from '@commander-js/extra-typings';
import type { PolicyKind } from '../../core/load.ts';
import { type AddCommand, examples, fromOption, hostOption, onOption, policyArgument } from '../command.ts';
import { type Context, readPolicy } from '../context.ts';
import type { ExitCode } from '../exit.ts';
import { wrongUsage } from '../failure.ts';
import { readInForce } from '../hosts.ts';
import { filterOf } from '../watch/filter.ts';
import { watchConnections } from '../watch/watch.ts';

const intervalOption = new Option('--interval <seconds>', 'between two screens')
  .default(2)
  .argParser((text) => {
    const seconds = Number(text);
    if (!(seconds >= 0.2 && seconds <= 3600))
      throw wrongUsage(`\`${text}\` is no interval`, 'say seconds, from 0.2 to 3600');
    return seconds;
  });

const countOption = new Option('--count <screens>', 'end after so many').argParser((text) => {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw wrongUsage(`\`${text}\` is no number of screens`, 'say 1 or more');
  return Number(text);
});

export const addConntrackWatch: AddCommand = (parent, run) =>
  parent
    .command('watch')
    .description('live connections against the policy, as a screen that goes on')
    .addArgument(policyArgument)
    .option('--match <options>', 'only these, by the options of `conntrack -L`: `-p tcp --dport 443`', '')
    .addOption(intervalOption)
    .addOption(countOption)
    .addOption(fromOption)
    .addOption(hostOption)
    .addOption(onOption)
    .addHelpText(
      'after',
      `${examples(
        'hookline conntrack watch policy.hook',
        "hookline conntrack watch policy.hook --match '-p tcp --dport 443' --interval 1",
        'hookline conntrack watch policy.hook --json --count 10',
      )}\n\nKeys: q quit, s sort, / filter, p pause, r list again, ? help. With --json events and summaries are lines.`,
    )
    .action(run(watch));

interface Options {
  readonly match: string;
  readonly interval: number;
  readonly count?: number | undefined;
  readonly from?: PolicyKind | undefined;
  readonly host?: readonly string[] | undefined;
  readonly on?: string | undefined;
}

async function watch(context: Context, policyPath: string, options: Options): Promise<ExitCode> {
  if (!context.json && !context.out.interactive)
    throw wrongUsage('standard output is no terminal', 'say `--json` for a stream of lines');
  const policy = await readPolicy(context, policyPath, options.from);
  const { interval, count, match } = options;
  const { ruleSet, host } = await readInForce(context, policy, options);
  return watchConnections(context, {
    policy: policyPath === '-' ? 'the policy of standard input' : basename(policyPath),
    ruleSet,
    host,
    filter: filterOf(match),
    milliseconds: interval * 1000,
    count,
  });
}
