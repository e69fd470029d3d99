// `hookline conntrack check`: each tracked connection against the policy.
import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { type Choice, choiceNames, choices } from '../../core/conntrack-check/select.ts';
import { groupings } from '../../core/conntrack-check/summary.ts';
import type { PolicyKind } from '../../core/load.ts';
import { type CheckOptions, checkConnections, refuseUnclear, sortings } from '../check-connections.ts';
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
import type { ExitCode } from '../exit.ts';
import { readInForce } from '../hosts.ts';
import { matchOption } from '../matching.ts';

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
    .addOption(matchOption)
    .addOption(
      new Option('--by <what>', 'groups with counts and bytes, in place of connections').choices(groupings),
    )
    .addOption(
      new Option(
        '--only <kind>',
        'such connections only; may be given several times: all that are any of them',
      )
        .default<readonly Choice[]>([])
        .argParser<readonly Choice[]>((word, before) => [...before, choiceOf(word)]),
    )
    .addOption(
      new Option('--sort <what>', 'the most first; otherwise connections stand as they are listed').choices(
        sortings,
      ),
    )
    .addOption(
      new Option('--limit <number>', 'show so many; 300 connections or 40 groups otherwise').argParser(
        numberIn,
      ),
    )
    .option('--all', 'every connection, each on a line of its own')
    .option('--delete-plan', 'print the `conntrack -D` command of each stale connection')
    .option('--delete', 'delete the stale connections of this machine, after a question')
    .option('--yes', 'delete without the question')
    .addHelpText(
      'after',
      `${examples(
        'hookline conntrack check policy.hook live',
        'hookline conntrack check policy.hook live --by rule --only stale',
        'conntrack -L -o extended | hookline conntrack check policy.hook --only drift --sort bytes',
        'hookline conntrack check policy.hook listing.txt --json',
        'hookline conntrack check policy.hook live --delete-plan',
      )}\n\nKinds for --only:\n${kindsText()}\n\nExits with 1 if a connection is not admitted by today's policy, or is translated otherwise than it says.`,
    )
    .action(run(check));

function kindsText(): string {
  return Object.entries(choices)
    .map(([name, meaning]) => `  ${name.padEnd(12)} ${meaning}`)
    .join('\n');
}

function choiceOf(word: string): Choice {
  const found = choiceNames.find((one) => one === word);
  if (!found) throw new InvalidArgumentError(`Allowed choices are ${choiceNames.join(', ')}.`);
  return found;
}

function numberIn(word: string): number {
  if (!/^[1-9]\d{0,8}$/.test(word)) throw new InvalidArgumentError('It is no number from 1 on.');
  return Number(word);
}

interface Options extends CheckOptions {
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
  refuseUnclear(context, entriesPath, options);
  const policy = await readPolicy(context, policyPath, options.from);
  const inForce = await readInForce(context, policy, options);
  return checkConnections(context, entriesPath, inForce, options);
}
