// `hookline conntrack report`: connections held against the policy, as one HTML page of pictures and tables.
import { basename } from 'node:path';
import type { DumpedEntry } from '../../core/conntrack/dumped.ts';
import type { Brief } from '../../core/conntrack-check/brief.ts';
import { type CheckedConnection, checkerOf } from '../../core/conntrack-check/check.ts';
import { summaryBuilder } from '../../core/conntrack-check/summary.ts';
import type { PolicyKind } from '../../core/load.ts';
import { mostMisfits, type Report } from '../../core/report-html/model.ts';
import { writeFiles } from '../../host/write-files.ts';
import { visitChecked } from '../checked-entries.ts';
import { type AddCommand, examples, fromOption, hostOption, onOption, policyArgument } from '../command.ts';
import { type Context, readPolicy } from '../context.ts';
import { type ExitCode, exitCode } from '../exit.ts';
import { demandWritten } from '../failure.ts';
import { readInForce } from '../hosts.ts';
import { summaryToJson } from '../report/connections.ts';

export const addConntrackReport: AddCommand = (parent, run) =>
  parent
    .command('report')
    .description('draw connections, held against the policy, as one HTML page that needs nothing else')
    .addArgument(policyArgument)
    .argument('[entries]', 'as for `conntrack check`: a file, `-` for stdin, `live` for this machine', '-')
    .option('-o, --output <file>', 'where to write it; `-` is stdout', '-')
    .addOption(fromOption)
    .addOption(hostOption)
    .addOption(onOption)
    .addHelpText(
      'after',
      `${examples(
        'hookline conntrack report policy.hook live -o connections.html',
        'conntrack -L -o extended | hookline conntrack report policy.hook -o connections.html',
      )}\n\nWith --json the numbers that the page shows are written, in place of the page.`,
    )
    .action(run(report));

interface Options {
  readonly output: string;
  readonly from?: PolicyKind | undefined;
  readonly host?: readonly string[] | undefined;
  readonly on?: string | undefined;
}

async function report(
  context: Context,
  policyPath: string,
  entriesPath: string,
  options: Options,
): Promise<ExitCode> {
  const policy = await readPolicy(context, policyPath, options.from);
  const inForce = await readInForce(context, policy, options);
  const counted = summaryBuilder(inForce.zones);
  const misfits: CheckedConnection<DumpedEntry>[] = [];
  const checkEntry = checkerOf(inForce.ruleSet, inForce.host);
  await visitChecked(context, entriesPath, inForce, {
    connection: (brief, listed) => {
      counted.add(brief);
      if (misfits.length < mostMisfits && !fits(brief)) misfits.push(checkEntry(listed()));
    },
    broken: (lines) => counted.addBroken(lines),
  });
  const text = await written(context, {
    policy: policyPath === '-' ? 'the policy of standard input' : basename(policyPath),
    entries: entriesText(entriesPath),
    made: `${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    summary: counted.summary(),
    misfits,
  });
  if (options.output === '-') context.out.write(text);
  else demandWritten(await writeFiles([{ path: options.output, text }]));
  return exitCode.done;
}

function fits({ arrival, translation }: Brief): boolean {
  return arrival.admission === 'admitted' && translation !== 'drift';
}

function entriesText(path: string): string {
  if (path === 'live') return 'What this machine tracks';
  return path === '-' ? 'Connections of standard input' : `Connections of ${basename(path)}`;
}

/** The page needs a library that lays flows out, which other commands do without. */
async function written({ json }: Context, found: Report): Promise<string> {
  if (json) return `${JSON.stringify(summaryToJson(found.summary))}\n`;
  const { reportHtml } = await import('../../core/report-html/report.ts');
  return reportHtml(found);
}
