// `hookline conntrack check`: each tracked connection against the policy.
import { type CheckedConnection, checkConnection } from '../../core/conntrack-check/check.ts';
import { count, newTally, type Tally } from '../../core/conntrack-check/tally.ts';
import type { PolicyKind } from '../../core/load.ts';
import { type AddCommand, examples, fromOption, hostOption, onOption, policyArgument } from '../command.ts';
import { type Context, readPolicy } from '../context.ts';
import { readEntries } from '../entries.ts';
import { type ExitCode, exitCode } from '../exit.ts';
import { readHost } from '../hosts.ts';
import { checkedToJson, connectionTable, tallyText, tallyToJson } from '../report/connections.ts';

export const addConntrackCheck: AddCommand = (parent, run) =>
  parent
    .command('check')
    .description(
      'hold each connection against the policy: is it admitted, by which rule, and translated as ruled?',
    )
    .addArgument(policyArgument)
    .argument(
      '[entries]',
      'what `conntrack -L` printed, or /proc/net/nf_conntrack; `-` is stdin, `live` asks this machine',
      '-',
    )
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
  const rows: CheckedConnection[] = [];
  const tally = newTally();
  for await (const entry of readEntries(context, entriesPath)) {
    const checked = checkConnection(policy.ruleSet, host, entry);
    count(tally, checked);
    if (context.json) context.out.write(`${JSON.stringify(checkedToJson(checked))}\n`);
    else if (rows.length < maximumRows) rows.push(checked);
    await context.out.drained();
  }
  if (context.json) context.out.write(`${JSON.stringify(tallyToJson(tally))}\n`);
  else context.out.write(`${connectionTable(rows, context.out)}\n${tallyText(tally, rows.length)}`);
  return isFine(tally) ? exitCode.done : exitCode.no;
}

function isFine({ stale, depends, drift }: Tally): boolean {
  return stale + depends + drift === 0;
}
