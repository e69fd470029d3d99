// `hookline conntrack check`: each tracked connection against the policy.
import type { DumpedEntry } from '../../core/conntrack/dumped.ts';
import { type CheckedConnection, checkerOf } from '../../core/conntrack-check/check.ts';
import type { Counts } from '../../core/conntrack-check/counts.ts';
import { summaryBuilder } from '../../core/conntrack-check/summary.ts';
import type { PolicyKind } from '../../core/load.ts';
import {
  type AddCommand,
  entriesArgument,
  examples,
  fromOption,
  hostOption,
  onOption,
  policyArgument,
} from '../command.ts';
import { type Context, readPolicy } from '../context.ts';
import { readEntries } from '../entries.ts';
import { type ExitCode, exitCode } from '../exit.ts';
import { readHost } from '../hosts.ts';
import { checkedToJson, connectionTable, summaryText, summaryToJson } from '../report/connections.ts';

export const addConntrackCheck: AddCommand = (parent, run) =>
  parent
    .command('check')
    .description(
      'hold each connection against the policy: is it admitted, by which rule, and translated as ruled?',
    )
    .addArgument(policyArgument)
    .addArgument(entriesArgument)
    .addOption(fromOption)
    .addOption(hostOption)
    .addOption(onOption)
    .addHelpText(
      'after',
      `${examples(
        'hookline conntrack check policy.hook live',
        'conntrack -L -o extended | hookline conntrack check policy.hook',
        'hookline conntrack check policy.hook listing.txt --json',
      )}\n\nExits with 1 if a connection is not admitted by today's policy, or is translated otherwise than it says.`,
    )
    .action(run(check));

/** So many rows stand in the table; cli-table3 takes quadratic time, and nobody reads more. */
const maximumRows = 300;

interface Options {
  readonly from?: PolicyKind | undefined;
  readonly host?: readonly string[] | undefined;
  readonly on?: string | undefined;
}

/** 1 if any connection is not known to be admitted today or is translated otherwise than ruled. */
async function check(
  context: Context,
  policyPath: string,
  entriesPath: string,
  options: Options,
): Promise<ExitCode> {
  const policy = await readPolicy(context, policyPath, options.from);
  const host = await readHost(context, policy, options);
  const checkEntry = checkerOf(policy.ruleSet, host);
  const rows: CheckedConnection<DumpedEntry>[] = [];
  const counted = summaryBuilder();
  for await (const entry of readEntries(context, entriesPath)) {
    const checked = checkEntry(entry);
    counted.add(checked);
    if (context.json) context.out.write(`${JSON.stringify(checkedToJson(checked))}\n`);
    else if (rows.length < maximumRows) rows.push(checked);
    await context.out.drained();
  }
  const summary = counted.summary();
  if (context.json) context.out.write(`${JSON.stringify(summaryToJson(summary))}\n`);
  else context.out.write(`${connectionTable(rows, context.out)}\n${summaryText(summary, rows.length)}`);
  return isFine(summary.totals) ? exitCode.done : exitCode.no;
}

function isFine({ stale, depends, drift }: Counts): boolean {
  return stale + depends + drift === 0;
}
