// `hookline conntrack stats`: how full the table is, what its counters mean, what fills it, which ports run out.
import { Argument, Option } from '@commander-js/extra-typings';
import { tableStats } from '../../core/conntrack-stats/stats.ts';
import { type AddCommand, entriesText, examples, fromOption, hostOption, onOption } from '../command.ts';
import type { Context } from '../context.ts';
import { type ExitCode, exitCode } from '../exit.ts';
import { wrongUsage } from '../failure.ts';
import { observe, type StatsWords } from '../observe-table.ts';
import { statsText } from '../report/conntrack-stats.ts';
import { statsToJson } from '../report/conntrack-stats-json.ts';

export const addConntrackStats: AddCommand = (parent, run) =>
  parent
    .command('stats')
    .description('is the table of connections in trouble: counters, size, timeouts, ports of source NAT')
    .addArgument(new Argument('[entries]', `${entriesText}; without it only counters and size are looked at`))
    .option(
      '--interval <seconds>',
      'measure for so long; of files: the time between the earlier and the later',
    )
    .option(
      '--counters <file>',
      'what `conntrack -S` printed, or /proc/net/stat/nf_conntrack, of another machine',
    )
    .option('--earlier-counters <file>', 'the same, `--interval` seconds earlier')
    .option('--earlier <file>', 'a listing `--interval` seconds before the entries')
    .option('--policy <policy>', 'the rules that translate, for the ports that they give')
    .option('--rate <number>', 'how large the table gets at so many new connections in a second')
    .addOption(new Option('--top <number>', 'so many destinations of translated addresses').default('10'))
    .addOption(fromOption)
    .addOption(hostOption)
    .addOption(onOption)
    .addHelpText(
      'after',
      `${examples(
        'hookline conntrack stats --interval 10',
        'hookline conntrack stats live --policy policy.hook --interval 10',
        'hookline conntrack stats listing.txt --counters counters.txt --host sysctls.txt --rate 2000',
      )}\n\nExits with 1 if connections are lost now, the table is 90% full, or ports run out.`,
    )
    .action(run((context, path, words) => stats(context, path, words)));

async function stats(context: Context, path: string | undefined, words: StatsWords): Promise<ExitCode> {
  if ((words.earlier !== undefined || words.earlierCounters !== undefined) && words.interval === undefined)
    throw wrongUsage('nothing says how much time lies between', 'add `--interval SECONDS`');
  const found = tableStats(await observe(context, path, words));
  context.out.write(
    context.json ? `${JSON.stringify(statsToJson(found), undefined, 2)}\n` : statsText(found, context.out),
  );
  return found.level === 'bad' ? exitCode.no : exitCode.done;
}
