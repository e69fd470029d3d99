// `hookline diff`: what another policy in place of one does to all packets, or to live connections.
import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { difference } from '../../core/analyse/difference.ts';
import { knownValues } from '../../core/analyse/known-values.ts';
import { impactBuilder, impacts } from '../../core/conntrack-check/impact.ts';
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
    .addOption(
      new Option('--limit <number>', 'show so many groups').argParser(numberIn).default(defaultLimit),
    )
    .addOption(hostOption)
    .addOption(onOption)
    .addHelpText(
      'after',
      `${examples(
        'hookline diff today.hook tomorrow.hook',
        'hookline diff today.hook tomorrow.hook --conntrack live',
        'conntrack -L -o extended > listing.txt && hookline diff today.hook tomorrow.hook --conntrack listing.txt',
        'hookline diff today.hook tomorrow.hook --conntrack listing.txt --json',
      )}\n\nWhat may happen to packets:\n${changesText()}\n\nWhat may happen to a connection:\n${meaningsText()}\n\nExits with 1 if anything happens to any packet, or to any of the connections.`,
    )
    .action(run(diff));

const defaultLimit = 40;

function meaningsText(): string {
  return Object.entries(impacts)
    .map(([name, meaning]) => `  ${name.padEnd(13)} ${meaning}`)
    .join('\n');
}

function numberIn(word: string): number {
  if (!/^[1-9]\d{0,8}$/.test(word)) throw new InvalidArgumentError('It is no number from 1 on.');
  return Number(word);
}

interface Options {
  readonly conntrack?: string | true | undefined;
  readonly limit: number;
  readonly host?: readonly string[] | undefined;
  readonly on?: string | undefined;
}

async function diff(
  context: Context,
  beforePath: string,
  afterPath: string,
  { conntrack, limit, ...options }: Options,
): Promise<ExitCode> {
  const read = async (path: string) => {
    const policy = await readPolicy(context, path, undefined);
    return readInForce(context, policy, options);
  };
  const policies = { before: await read(beforePath), after: await read(afterPath) };
  if (conntrack === undefined) return diffPackets(context, policies);
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
  else context.out.write(impactText(found, limit, context.out));
  return isUnchanged(found) ? exitCode.done : exitCode.no;
}

/** All packets at once. */
function diffPackets(
  { out, json }: Context,
  { before, after }: { readonly before: RulesInForce; readonly after: RulesInForce },
): ExitCode {
  const zones = [...(before.zones ?? []), ...(after.zones ?? [])];
  const named = new Map(zones.map((zone) => [zone.name, zone]));
  const known = knownValues([...named.values()], [before.ruleSet, after.ruleSet]);
  const found = difference(before, after, known);
  out.write(json ? `${JSON.stringify(differenceToJson(found), null, 2)}\n` : differenceText(found, out));
  return found.classes.length > 0 ? exitCode.no : exitCode.done;
}
