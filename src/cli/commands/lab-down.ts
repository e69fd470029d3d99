// `hookline lab down`: removes labs, whatever became of the process that made them.
import { removeLab } from '../../host/lab/remove.ts';
import { allNoted } from '../../host/lab/state.ts';
import { type AddCommand, examples } from '../command.ts';
import type { Context } from '../context.ts';
import { type ExitCode, exitCode } from '../exit.ts';
import { wrongUsage } from '../failure.ts';
import { labMeant, nameOption, noSuchLab } from '../lab.ts';

export const addLabDown: AddCommand = (parent, run) =>
  parent
    .command('down')
    .description('remove a lab: its processes and its namespaces')
    .argument('[lab]', 'its name, or the file that it was made from')
    .addOption(nameOption)
    .option('--all', 'all labs of this user, also those that were left behind')
    .addHelpText('after', examples('sudo hookline lab down network.hook', 'sudo hookline lab down --all'))
    .action(run(down));

interface Options {
  readonly name?: string | undefined;
  readonly all?: true | undefined;
}

function down({ out, json }: Context, text: string | undefined, options: Options): ExitCode {
  const states = options.all ? allNoted() : [meant(text, options)];
  for (const state of states) removeLab(state);
  const names = states.map(({ name }) => name);
  if (json) out.write(`${JSON.stringify({ schema: 'hookline.lab-down/1', removed: names }, null, 2)}\n`);
  else if (names.length === 0) out.write('no lab is there\n');
  else for (const name of names) out.write(`${out.paint('good', 'removed')}: lab \`${name}\`\n`);
  return exitCode.done;
}

function meant(text: string | undefined, { name }: Options) {
  const words = text ?? name;
  if (words === undefined) throw wrongUsage('say which lab', 'its name or its file; `--all` takes all');
  const state = labMeant(words, { name });
  if (!state) throw noSuchLab(name ?? words);
  return state;
}
