// `hookline host`: the network of one host, from the files of its configuration, in another form.
import { Option } from '@commander-js/extra-typings';
import { type HostTarget, hostTargets, writeHost } from '../../core/host-config/write/write.ts';
import { factsOf } from '../../core/topology/facts-of.ts';
import { writeFiles } from '../../host/write-files.ts';
import { type AddCommand, examples, onOption } from '../command.ts';
import type { Context } from '../context.ts';
import { type ExitCode, exitCode } from '../exit.ts';
import { demand, demandWritten } from '../failure.ts';
import { findHost } from '../hosts.ts';

export const addHost: AddCommand = (parent, run) =>
  parent
    .command('host')
    .description('read how the network of a host is configured, and write it in another form')
    .argument(
      '<file...>',
      'what `ip -j` prints, units of systemd-networkd, files of netplan, or a folder of such files; or a policy with a host block',
    )
    .addOption(new Option('--to <form>', 'what to write').choices(hostTargets).default('hook'))
    .addOption(onOption)
    .option('-o, --output <file>', 'write to this file')
    .addHelpText(
      'after',
      examples('hookline host addr.json route.json rule.json', 'hookline host snapshot/ --on gw -o gw.hook'),
    )
    .action(run((context, paths, options) => host(context, paths, options)));

interface HostWords {
  readonly to: HostTarget;
  readonly on?: string | undefined;
  readonly output?: string | undefined;
}

async function host(
  context: Context,
  paths: readonly string[],
  { to, on, output }: HostWords,
): Promise<ExitCode> {
  const facts = factsOf(await findHost(context, paths, on));
  const text = demand(writeHost(facts, context.json ? 'json' : to), context.report);
  if (output === undefined || output === '-') context.out.write(text);
  else demandWritten(await writeFiles([{ path: output, text }]));
  return exitCode.done;
}
