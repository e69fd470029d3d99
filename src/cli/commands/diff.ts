// `hookline diff`: what another policy in place of one does to all packets, or to live connections.
import { difference } from '../../core/analyse/difference.ts';
import { knownValues } from '../../core/analyse/known-values.ts';
import { impactBuilder, impacts } from '../../core/conntrack-check/impact.ts';
import {
  type AnalysisOptions,
  analysisTimeOption,
  codeOf,
  limitOption,
  missedHelp,
  scopeOf,
  specialOption,
  within,
} from '../analysis.ts';
import { visitCompared } from '../checked-entries.ts';
import { type AddCommand, examples, hostOption, onOption } from '../command.ts';
import { type Context, readPolicy } from '../context.ts';
import { type ExitCode, exitCode } from '../exit.ts';
import { type RulesInForce, readInForce } from '../hosts.ts';
import { changesText, differenceText, differenceToJson } from '../report/difference.ts';
import { impactsToJson, impactText, isUnchanged } from '../report/impacts.ts';

export const addDiff: AddCommand = (parent, run) =>
  parent
    .command('diff')
    .description('what another policy in place of one does to all packets, or to live connections')
    .argument('<before>', 'the policy of today; `-` is stdin')
    .argument('<after>', 'the policy that is to come')
    .option(
      '--conntrack [entries]',
      'the connections: what `conntrack -L` printed, /proc/net/nf_conntrack, or `live` for this machine',
    )
    .addOption(limitOption)
    .addOption(specialOption)
    .addOption(analysisTimeOption)
    .addOption(hostOption)
    .addOption(onOption)
    .addHelpText(
      'after',
      `${examples(
        'hookline diff today.hook tomorrow.hook',
        'hookline diff today.hook tomorrow.hook --conntrack live',
        'conntrack -L -o extended > listing.txt && hookline diff today.hook tomorrow.hook --conntrack listing.txt',
        'hookline diff today.hook tomorrow.hook --conntrack listing.txt --json',
      )}\n\nWhat may happen to packets:\n${changesText()}\n\nWhat may happen to a connection:\n${meaningsText()}\n\nExits with 1 if anything happens to any packet, or to any of the connections. ${missedHelp}`,
    )
    .action(run(diff));

function meaningsText(): string {
  return Object.entries(impacts)
    .map(([name, meaning]) => `  ${name.padEnd(13)} ${meaning}`)
    .join('\n');
}

interface Options extends AnalysisOptions {
  readonly conntrack?: string | true | undefined;
  readonly host?: readonly string[] | undefined;
  readonly on?: string | undefined;
}

async function diff(
  context: Context,
  beforePath: string,
  afterPath: string,
  { conntrack, ...options }: Options,
): Promise<ExitCode> {
  const read = async (path: string) => {
    const policy = await readPolicy(context, path, undefined);
    return readInForce(context, policy, options);
  };
  const policies = { before: await read(beforePath), after: await read(afterPath) };
  if (conntrack === undefined) return diffPackets(context, policies, options);
  const builder = impactBuilder();
  let broken = 0;
  await visitCompared(context, conntrack === true ? 'live' : conntrack, policies, {
    connection: builder.add,
    broken: (lines) => {
      broken = lines;
    },
  });
  const found = builder.impacts();
  if (context.json)
    for (const line of impactsToJson(found, broken)) context.out.write(`${JSON.stringify(line)}\n`);
  else context.out.write(impactText(found, options.limit, context.out));
  return isUnchanged(found) ? exitCode.done : exitCode.no;
}

/** All packets at once. */
function diffPackets(
  context: Context,
  { before, after }: { readonly before: RulesInForce; readonly after: RulesInForce },
  options: AnalysisOptions,
): ExitCode {
  const { out, json } = context;
  const zones = [...(before.zones ?? []), ...(after.zones ?? [])];
  const named = new Map(zones.map((zone) => [zone.name, zone]));
  const values = knownValues([...named.values()], [before.ruleSet, after.ruleSet], before.host);
  const known = { ...values, ...scopeOf(context, options) };
  const found = within(context, options, (budget) =>
    difference({ ...before, budget }, { ...after, budget }, known),
  );
  out.write(
    json
      ? `${JSON.stringify(differenceToJson(found), null, 2)}\n`
      : differenceText(found, { ...out, limit: options.limit }),
  );
  return codeOf(found, exitCode.no);
}
