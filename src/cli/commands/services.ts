// `hookline services`: who may talk to whom, by which service.
import { knownValues, zoneNets } from '../../core/analyse/known-values.ts';
import { namedServices, serviceNamed } from '../../core/analyse/named-services.ts';
import { specialAddresses } from '../../core/analyse/ordinary.ts';
import { type Service, serviceMatrices } from '../../core/analyse/services.ts';
import type { AddressFamily } from '../../core/datatype/address.ts';
import { knownService } from '../../core/datatype/known-services.ts';
import type { RuleSet } from '../../core/ir/ruleset.ts';
import type { PolicyKind } from '../../core/load.ts';
import { type AnalysisOptions, analysisTimeOption, limitOption, within } from '../analysis.ts';
import {
  type AddCommand,
  examples,
  fromOption,
  hostOption,
  ipsetOption,
  onOption,
  policyArgument,
} from '../command.ts';
import { type Context, readPolicy } from '../context.ts';
import { type ExitCode, exitCode } from '../exit.ts';
import { wrongUsage } from '../failure.ts';
import { readInForce } from '../hosts.ts';
import { servicesText, servicesToJson } from '../report/services.ts';

export const addServices: AddCommand = (parent, run) =>
  parent
    .command('services')
    .description('who may talk to whom, by which service: addresses in groups that behave alike')
    .addArgument(policyArgument)
    .option(
      '--service <service>',
      '`tcp/22`, `udp/5000-5100` or a name such as `ssh`; may be given several times; those that the rules name if absent',
      (text, before: readonly string[]) => [...before, text],
      [],
    )
    .addOption(fromOption)
    .addOption(ipsetOption)
    .addOption(hostOption)
    .addOption(onOption)
    .addOption(limitOption)
    .addOption(analysisTimeOption)
    .addHelpText(
      'after',
      `${examples(
        'hookline services policy.hook --service ssh',
        'iptables-save | hookline services - --service tcp/443 --json',
      )}\n\nExits with 2 if the time was over before all services were looked at.`,
    )
    .action(run((context, path, options) => services(context, path, options)));

interface Options extends AnalysisOptions {
  readonly service: readonly string[];
  readonly from?: PolicyKind | undefined;
  readonly ipset?: string | undefined;
  readonly host?: readonly string[] | undefined;
  readonly on?: string | undefined;
}

async function services(context: Context, path: string, options: Options): Promise<ExitCode> {
  const asked = options.service.flatMap(readService);
  const policy = await readPolicy(context, path, options.from, options.ipset);
  const subject = await readInForce(context, policy, options);
  const { ruleSet, zones } = subject;
  const named = asked.length > 0 ? asked : namedServices(ruleSet);
  if (named.length === 0) throw wrongUsage('the rules name no service', 'say one: `--service tcp/443`');
  const asks = familiesOf(ruleSet).flatMap((family) => named.map((service) => ({ service, family })));
  const { matrices, missed } = within(context, options, (budget) =>
    serviceMatrices({ ...subject, budget }, asks),
  );
  const { out, json } = context;
  const values = knownValues(zones, [ruleSet], subject.host);
  const known = {
    ...values,
    addresses: [...zoneNets(zones ?? [], subject.host), ...values.addresses],
    // Own addresses are places to talk to, too.
    open: specialAddresses(subject.host, 'out'),
  };
  if (json) out.write(`${JSON.stringify(servicesToJson(matrices, missed), null, 2)}\n`);
  else out.write(servicesText(matrices, missed, known, { ...out, limit: options.limit }));
  return missed.length > 0 ? exitCode.failed : exitCode.done;
}

function readService(text: string): readonly Service[] {
  const [one] = [serviceNamed(text)];
  const members = one
    ? [one]
    : (knownService(text) ?? []).flatMap((each) => serviceNamed(each.replace(' ', '/')) ?? []);
  if (members.length > 0) return members;
  throw wrongUsage(
    `\`${text}\` is no service of TCP or UDP`,
    'write `tcp/22`, `udp/5000-5100` or a name such as `ssh`',
  );
}

/** The versions of IP that any table is about. */
function familiesOf({ tables }: RuleSet): readonly AddressFamily[] {
  const names = new Set(tables.map(({ family }) => family));
  const isAny = names.has('inet') || names.has('netdev') || names.has('bridge');
  return ([4, 6] as const).filter((family) => isAny || names.has(family === 4 ? 'ip' : 'ip6'));
}
