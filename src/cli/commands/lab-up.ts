// `hookline lab up`: the network of a policy as network namespaces of this machine.
import { formatAddress } from '../../core/datatype/address.ts';
import type { NetworkHost } from '../../core/network/network.ts';
import { type AddCommand, examples } from '../command.ts';
import type { Context } from '../context.ts';
import { type ExitCode, exitCode } from '../exit.ts';
import { bringUp, type LabOptions, loaderOption, nameOption, type OpenedLab } from '../lab.ts';

export const addLabUp: AddCommand = (parent, run) =>
  parent
    .command('up')
    .description(
      'make the network of a policy: a namespace for each host, with its devices, addresses, routes, sysctls, rules and listeners',
    )
    .argument('<file>', 'a policy file with host and link blocks')
    .addOption(nameOption)
    .addOption(loaderOption)
    .addHelpText(
      'after',
      `${examples(
        'sudo hookline lab up network.hook',
        'sudo hookline lab run network.hook web -- ping -c 1 10.0.0.1',
        'sudo hookline lab down network.hook',
      )}\n\nNothing of the machine's own network is touched. Without root the lab is in a user namespace, where that is allowed.`,
    )
    .action(run(up));

async function up(context: Context, path: string, options: LabOptions): Promise<ExitCode> {
  const opened = await bringUp(context, path, options);
  opened.lab.keep();
  const { out, json } = context;
  out.write(json ? `${JSON.stringify(toJson(opened), null, 2)}\n` : written(opened, context));
  return exitCode.done;
}

function toJson({ lab, notes }: OpenedLab) {
  const { name, file, ground, hosts } = lab.state;
  return { schema: 'hookline.lab-up/1', name, file, ground, hosts, notes };
}

function written({ lab, network, notes }: OpenedLab, { out: { paint } }: Context): string {
  const { name, ground, hosts } = lab.state;
  const widths = [hosts, Object.fromEntries(Object.values(hosts).map((one) => [one, '']))].map((names) =>
    Math.max(...Object.keys(names).map((one) => one.length)),
  );
  const rows = network.hosts.map((one) => {
    const { host } = one;
    const cells = [host.name, hosts[host.name] ?? ''].map((text, at) => text.padEnd(widths[at] ?? 0));
    return `  ${cells.join('  ')}  ${paint('dim', addressesOf(one))}`.trimEnd();
  });
  const where = ground === 'user' ? ', in a user namespace' : '';
  return [
    `${paint('good', 'up')}: lab \`${name}\`, ${count(network.hosts.length, 'host')}${where}`,
    ...rows,
    ...notes.map((text) => `note: ${text}`),
    '',
  ].join('\n');
}

function addressesOf({ host }: NetworkHost): string {
  const all = host.interfaces.filter(({ name }) => name !== 'lo').flatMap((one) => one.addresses);
  return all.map(({ address }) => formatAddress(address)).join(', ');
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
