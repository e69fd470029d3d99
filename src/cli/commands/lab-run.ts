// `hookline lab run`: a command in a host of a lab, with its input, output and exit code passed through.
import { diagnostic } from '../../core/diagnostic/diagnostic.ts';
import { nearestName } from '../../core/diagnostic/meant.ts';
import { commandFrom } from '../../host/exec.ts';
import { runInForeground } from '../../host/foreground.ts';
import { markOf, wayInto } from '../../host/lab/lab.ts';
import type { LabState } from '../../host/lab/state.ts';
import { type AddCommand, examples } from '../command.ts';
import type { Context } from '../context.ts';
import type { Passed } from '../exit.ts';
import { Failure } from '../failure.ts';
import { bringUp, type LabOptions, labMeant, loaderOption, nameOption } from '../lab.ts';

export const addLabRun: AddCommand = (parent, run) =>
  parent
    .command('run')
    .description(
      'run a command in a host of a lab, which is made for it, and removed after it, if it is not there',
    )
    .argument('<lab>', 'a policy file with host and link blocks, or the name of a lab')
    .argument('<host>')
    .argument('<command...>', 'behind `--`')
    .addOption(nameOption)
    .addOption(loaderOption)
    .addHelpText(
      'after',
      examples(
        'sudo hookline lab run network.hook web -- ip address',
        'sudo hookline lab run network.hook web -- sh',
      ),
    )
    .action(run(runInside));

async function runInside(
  context: Context,
  path: string,
  host: string,
  command: readonly string[],
  options: LabOptions,
): Promise<Passed> {
  const there = labMeant(path, options);
  if (there) return { passed: await ended(there, host, command) };
  const { lab, notes } = await bringUp(context, path, options);
  for (const text of notes) context.err.write(`note: ${text}\n`);
  try {
    return { passed: await ended(lab.state, host, command) };
  } finally {
    lab.close();
  }
}

/** The exit code of a command: that of a shell where a signal ended it, or where there is no such command. */
async function ended(state: LabState, host: string, command: readonly string[]): Promise<number> {
  const names = Object.keys(state.hosts);
  if (!names.includes(host))
    throw new Failure([
      diagnostic('HK0011', `the lab \`${state.name}\` has no host \`${host}\``, {
        help: nearestName(host, names) ?? `the hosts are ${names.join(', ')}`,
      }),
    ]);
  return runInForeground(commandFrom([...wayInto(state, host), ...command]), markOf(state));
}
