// `hookline init`: a policy to begin with.
import { runTests } from '../../core/policy-test/run.ts';
import { type GatewayAnswers, natGatewayPolicy } from '../../core/starter/nat-gateway.ts';
import { type AddCommand, examples } from '../command.ts';
import type { Context } from '../context.ts';
import type { ExitCode } from '../exit.ts';
import { wrongUsage } from '../failure.ts';
import { answersOf, demanded, type Said } from '../gateway-questions.ts';
import { collect, demandPlace, type StarterFile, validPolicy, writeStarter } from '../starter-file.ts';

export const addInitNatGateway: AddCommand = (parent, run) =>
  parent
    .command('nat-gateway')
    .description('write the policy of a NAT gateway, with its tests; on a terminal it asks what is not said')
    .option('--inside <interface>', 'an interface of the networks inside; several times', collect, [])
    .option(
      '--inside-net <network>',
      'its network, or the address of the gateway in it: 192.168.1.1/24; the first is of the first interface',
      collect,
      [],
    )
    .option('--inside-net6 <network>', 'the same of IPv6; `-` where there is none', collect, [])
    .option('--outside <interface>', 'an interface to a provider; several share the connections', collect, [])
    .option(
      '--outside-address <address>',
      'the public address with its network (default for one: 203.0.113.1/24)',
      collect,
      [],
    )
    .option('--outside-address6 <address>', 'the same of IPv6; `-` where there is none', collect, [])
    .option(
      '--via <address>',
      'the next hop at the provider (default: the last address of the network, which is assumed then)',
      collect,
      [],
    )
    .option('--via6 <address>', 'the same of IPv6; `-` where it is not known', collect, [])
    .option('--weight <number>', 'how many connections an outside takes beside the others', collect, [])
    .option('--prefix <network>', 'put IPv6 hosts inside under this prefix of the provider', collect, [])
    .option(
      '--forward <forward>',
      'ports that lead inside: tcp:8080:192.168.1.2:80, udp:5000-5100:192.168.1.3; several times',
      collect,
      [],
    )
    .option('-o, --output <file>', 'where to write it; `-` is stdout', 'policy.hook')
    .option('--force', 'replace a file that is there')
    .addHelpText(
      'after',
      examples(
        'hookline init nat-gateway',
        'hookline init nat-gateway --inside lan0 --inside-net 192.168.1.0/24 --outside wan0 -o -',
        'hookline init nat-gateway --inside lan0 --inside-net 10.0.0.0/24 \\',
        '  --outside wan0 --outside-address 203.0.113.1/24 --outside wan1 --outside-address 198.51.100.1/24 \\',
        '  --via 203.0.113.254 --via 198.51.100.254 --weight 3 --weight 1',
      ),
    )
    .action(run((context, options) => initNatGateway(context, options)));

/** What is said of the policy, and of its file. */
interface Options extends Said, StarterFile {}

async function initNatGateway(context: Context, said: Options): Promise<ExitCode> {
  await demandPlace(said);
  return await writeStarter(context, said, checkedPolicy(await answersOf(said)));
}

/** In its layout; what is handed out is a policy that passes its own tests. */
function checkedPolicy(answers: GatewayAnswers): string {
  const { policy, text } = validPolicy(demanded(natGatewayPolicy(answers)));
  const failed = runTests(policy).find(({ passed }) => !passed);
  if (failed)
    throw wrongUsage(
      `with these answers the test \`${failed.test.title}\` fails`,
      "choose networks and ports that do not get into each other's way",
    );
  return text;
}
