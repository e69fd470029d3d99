// `hookline host`: the network of one host, from the files of its configuration, in another form.
import { join } from 'node:path';
import { Option } from '@commander-js/extra-typings';
import { type HostTarget, hostTargets, writeHost } from '../../core/host-config/write/write.ts';
import { factsOf } from '../../core/topology/facts-of.ts';
import { makeFolder, writeFiles } from '../../host/write-files.ts';
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
      'files of netplan, systemd-networkd, NetworkManager, ifupdown or network-scripts, what `ip -d` (also with `-j` or `-o`), `sysctl -a` or `ifconfig` prints, or a folder of these; or a policy with a host block',
    )
    .addOption(new Option('--to <form>', 'what to write').choices(hostTargets).default('hook'))
    .addOption(onOption)
    .option('-o, --output <file>', 'write to this file; units of systemd-networkd into this folder')
    .addHelpText(
      'after',
      examples(
        'hookline host addr.json route.json rule.json',
        'ip -d address | hookline host -',
        'hookline host snapshot/ --on gw -o gw.hook',
        'hookline host /etc/netplan --to networkd',
        'hookline host gw.hook --to ip',
      ),
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
  const written = demand(writeHost(facts, context.json ? 'json' : to), context.report);
  if (typeof written !== 'string') return writeUnits(context, written, output);
  if (output === undefined || output === '-') context.out.write(written);
  else demandWritten(await writeFiles([{ path: output, text: written }]));
  return exitCode.done;
}

/** Into a folder, or one behind the other with their names before them. */
async function writeUnits(
  context: Context,
  units: readonly { readonly name: string; readonly text: string }[],
  folder: string | undefined,
): Promise<ExitCode> {
  if (folder === undefined || folder === '-') {
    context.out.write(units.map(({ name, text }) => `# ${name}\n${text}`).join('\n'));
    return exitCode.done;
  }
  demandWritten(await makeFolder(folder));
  demandWritten(await writeFiles(units.map(({ name, text }) => ({ path: join(folder, name), text }))));
  return exitCode.done;
}
