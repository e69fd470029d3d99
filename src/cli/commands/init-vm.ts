// `hookline init vm`: a network of virtual machines to begin with, for each way of connecting them.
import { type Answer, readSubnet } from '../../core/starter/answer.ts';
import { readVmCount, readVmForward } from '../../core/starter/vm/answers.ts';
import type { VmMode } from '../../core/starter/vm/mode.ts';
import { vmModes, vmNetworkPolicy } from '../../core/starter/vm/registry.ts';
import { type AddCommand, examples, group } from '../command.ts';
import type { Context } from '../context.ts';
import type { ExitCode } from '../exit.ts';
import { wrongUsage } from '../failure.ts';
import { collect, demandPlace, type StarterFile, validPolicy, writeStarter } from '../starter-file.ts';

export const addInitVm: AddCommand = group(
  'vm',
  'virtual machines in one of the network modes of VirtualBox, QEMU and libvirt, as a network file',
  vmModes.map(addMode),
);

function addMode(mode: VmMode): AddCommand {
  return (parent, run) => {
    const { word, summary, subnet, forwards } = mode;
    const command = parent
      .command(word)
      .description(summary)
      .option('--vms <count>', 'how many machines', '2')
      .option('--lan <network>', 'the physical network of the host', '192.168.1.0/24')
      .option('-o, --output <file>', 'where to write it; `-` is stdout', 'vm.hook')
      .option('--force', 'replace a file that is there');
    if (subnet !== undefined) command.option('--subnet <network>', 'the network of the machines', subnet);
    if (forwards !== 'none')
      command.option(
        '--forward <forward>',
        'a port of the host that leads to one of a machine: 2222:22, vm2:8080:80, vm1:udp:5353:53; several times',
        collect,
        [],
      );
    command
      .addHelpText('after', examples(`hookline init vm ${word}`, `hookline init vm ${word} --vms 3 -o -`))
      .action(run((context, said: Options) => initVm(context, mode, said)));
  };
}

/** What is said of the network, and of its file. */
interface Options extends StarterFile {
  readonly vms: string;
  readonly lan: string;
  readonly subnet?: string;
  readonly forward?: readonly string[];
}

async function initVm(context: Context, mode: VmMode, said: Options): Promise<ExitCode> {
  await demandPlace(said);
  const { word } = mode;
  const lan = demanded(word, readSubnet(said.lan));
  const policy = vmNetworkPolicy(mode, {
    vms: demanded(word, readVmCount(said.vms)),
    lan,
    subnet: said.subnet === undefined ? lan : demanded(word, readSubnet(said.subnet)),
    forwards: (said.forward ?? []).map((one) => demanded(word, readVmForward(one))),
  });
  return await writeStarter(context, said, validPolicy(demanded(word, policy)).text);
}

/** The value of an answer; what is none ends the command. */
function demanded<T>(word: string, given: Answer<T>): T {
  if ('value' in given) return given.value;
  throw wrongUsage(given.problem, `\`hookline init vm ${word} --help\` shows what it takes`);
}
