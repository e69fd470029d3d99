// `hookline lab list`: the labs of this user.
import { isRunning } from '../../host/lab/processes.ts';
import { allNoted, type LabState } from '../../host/lab/state.ts';
import { type AddCommand, examples } from '../command.ts';
import type { Context } from '../context.ts';
import { type ExitCode, exitCode } from '../exit.ts';

export const addLabList: AddCommand = (parent, run) =>
  parent
    .command('list')
    .description('the labs of this user, also those that were left behind')
    .addHelpText('after', examples('sudo hookline lab list', 'sudo hookline lab list --json'))
    .action(run(list));

const looks = { up: 'good', 'in work': 'dim', 'left behind': 'bad' } as const;

function list({ out, json }: Context): ExitCode {
  const labs = allNoted().map((state) => ({ state, is: condition(state) }));
  if (json) out.write(`${JSON.stringify(toJson(labs), null, 2)}\n`);
  else if (labs.length === 0) out.write('no lab is there\n');
  else
    for (const { state, is } of labs)
      out.write(
        `${state.name}  ${out.paint(looks[is], is)}  ${Object.keys(state.hosts).join(' ')}  ${out.paint('dim', state.file)}\n`,
      );
  return exitCode.done;
}

type Condition = keyof typeof looks;

/** Left behind: whoever was at work on it, or kept it, is gone. */
function condition({ maker, holder, ground }: LabState): Condition {
  if (maker) return isRunning(maker) ? 'in work' : 'left behind';
  return ground === 'user' && !(holder && isRunning(holder)) ? 'left behind' : 'up';
}

function toJson(labs: readonly { readonly state: LabState; readonly is: Condition }[]) {
  return {
    schema: 'hookline.lab-list/1',
    labs: labs.map(({ state: { name, file, ground, hosts }, is }) => ({ name, is, file, ground, hosts })),
  };
}
