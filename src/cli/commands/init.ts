// `hookline init`: a policy to begin with.
import { stat } from 'node:fs/promises';
import { diagnostic, hasErrors } from '../../core/diagnostic/diagnostic.ts';
import { loadPolicy } from '../../core/load.ts';
import { runTests } from '../../core/policy-test/run.ts';
import {
  type Answer,
  type Forward,
  readForward,
  readInterface,
  readSubnet,
  readSubnet6,
  type Subnet,
} from '../../core/starter/answer.ts';
import { type GatewayAnswers, natGatewayPolicy, type Side } from '../../core/starter/nat-gateway.ts';
import { formatPolicy } from '../../core/syntax/format.ts';
import { writeFiles } from '../../host/write-files.ts';
import { type Asker, openAsker, type Question } from '../ask.ts';
import { type AddCommand, examples } from '../command.ts';
import type { Context } from '../context.ts';
import { type ExitCode, exitCode } from '../exit.ts';
import { demand, demandWritten, Failure, wrongUsage } from '../failure.ts';

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
        '  --outside wan0 --outside-address 203.0.113.1/24 --outside wan1 --outside-address 198.51.100.1/24',
      ),
    )
    .action(run((context, options) => initNatGateway(context, options)));

/** What was said on the command line. */
interface Said {
  readonly inside: readonly string[];
  readonly insideNet: readonly string[];
  readonly insideNet6: readonly string[];
  readonly outside: readonly string[];
  readonly outsideAddress: readonly string[];
  readonly outsideAddress6: readonly string[];
  readonly prefix: readonly string[];
  readonly forward: readonly string[];
  readonly output: string;
  readonly force?: true | undefined;
}

function collect(one: string, others: readonly string[]): readonly string[] {
  return [...others, one];
}

async function initNatGateway(context: Context, said: Said): Promise<ExitCode> {
  const { output, force } = said;
  if (!force && output !== '-') await demandFree(output);
  const text = checkedPolicy(await answersOf(said));
  if (output === '-') context.out.write(text);
  else {
    demandWritten(await writeFiles([{ path: output, text }]));
    context.err.write(`${output}\n`);
  }
  return exitCode.done;
}

async function demandFree(path: string): Promise<void> {
  const isThere = await stat(path).then(
    () => true,
    () => false,
  );
  if (!isThere) return;
  const help = 'name another one with `-o FILE`, or replace it with `--force`';
  throw new Failure([diagnostic('HK0021', `\`${path}\` is there already`, { help })]);
}

/** What is asked about a side, each with its answer that is proposed. */
const questions = {
  inside: {
    device: ['Interface of the network inside', 'lan0'],
    more: 'Another interface inside (empty: no more)',
    net: ['Network inside', '192.168.1.0/24'],
    net6: 'IPv6 network inside (empty: none)',
  },
  outside: {
    device: ['Interface to the provider', 'wan0'],
    more: 'Interface to another provider (empty: no more)',
    net: ['Public address with its network', '203.0.113.1/24'],
    net6: 'Public IPv6 address with its network (empty: none)',
  },
} as const;

function question<T>(text: string, proposal: string, read: (text: string) => Answer<T>): Question<T> {
  return { text, proposal, read };
}

/** An empty answer is none. */
function optional<T>(read: (text: string) => Answer<T>): (text: string) => Answer<T | undefined> {
  return (text) => (text === '' || text === '-' ? { value: undefined } : read(text));
}

const forwardQuestion: Question<Forward | undefined> = {
  text: 'A port that leads inside, such as tcp:8080:192.168.1.2:80 (empty: no more)',
  proposal: '',
  read: optional(readForward),
};

/** Asks on a terminal where something is missing that has no default. */
async function answersOf(said: Said): Promise<GatewayAnswers> {
  if (said.inside.length > 0 && said.insideNet.length > 0 && said.outside.length > 0)
    return answersSaid(said);
  if (!process.stdin.isTTY)
    throw wrongUsage(
      'it is not said what is inside and outside',
      'say `--inside`, `--inside-net` and `--outside`, or answer on a terminal',
    );
  const asker = openAsker();
  try {
    return {
      insides: await askSides(asker, 'inside'),
      outsides: await askSides(asker, 'outside'),
      forwards: await askForwards(asker),
    };
  } finally {
    asker.close();
  }
}

/** All of it from flags: the first network is of the first interface, and so on. */
function answersSaid(said: Said): GatewayAnswers {
  const addresses =
    said.outside.length === 1 && said.outsideAddress.length === 0 ? ['203.0.113.1/24'] : said.outsideAddress;
  return {
    insides: sidesSaid('--inside-net', said.inside, said.insideNet, said.insideNet6, []),
    outsides: sidesSaid('--outside-address', said.outside, addresses, said.outsideAddress6, said.prefix),
    forwards: said.forward.map((one) => demanded(readForward(one))),
  };
}

function sidesSaid(
  flag: string,
  devices: readonly string[],
  nets: readonly string[],
  nets6: readonly string[],
  prefixes: readonly string[],
): readonly Side[] {
  if (devices.length !== nets.length || [nets6, prefixes].some((list) => list.length > devices.length))
    throw wrongUsage(`\`${flag}\` and what belongs to it is said once for each interface`, helpOfFlags);
  return devices.map((device, at) =>
    side(
      demanded(readInterface(device)),
      demanded(readSubnet(nets[at] ?? '')),
      demanded(optional(readSubnet6)(nets6[at] ?? '')),
      demanded(optional(readSubnet6)(prefixes[at] ?? '')),
    ),
  );
}

function side(device: string, net: Subnet, net6: Subnet | undefined, prefix?: Subnet): Side {
  return { device, net, ...(net6 && { net6 }), ...(prefix && { prefix }) };
}

/** One network after the other, until there is no more. */
async function askSides(asker: Asker, kind: keyof typeof questions): Promise<readonly Side[]> {
  const { device, more, net, net6 } = questions[kind];
  const sides: Side[] = [];
  let name: string | undefined = await asker.ask(question(device[0], device[1], readInterface));
  while (name !== undefined) {
    const own = await asker.ask(question(net[0], sides.length === 0 ? net[1] : '', readSubnet));
    sides.push(side(name, own, await asker.ask(question(net6, '', optional(readSubnet6)))));
    name = await asker.ask(question(more, '', optional(readInterface)));
  }
  return sides;
}

async function askForwards(asker: Asker): Promise<readonly Forward[]> {
  const forwards: Forward[] = [];
  for (;;) {
    const forward = await asker.ask(forwardQuestion);
    if (!forward) return forwards;
    forwards.push(forward);
  }
}

const helpOfFlags = '`hookline init nat-gateway --help` shows what it takes';

function demanded<T>(answer: Answer<T>): T {
  if ('value' in answer) return answer.value;
  throw wrongUsage(answer.problem, helpOfFlags);
}

/** In its layout; what is handed out is a policy that passes its own tests. */
function checkedPolicy(answers: GatewayAnswers): string {
  const source = { name: 'policy.hook', text: demanded(natGatewayPolicy(answers)) };
  const text = demand(formatPolicy(source), () => {});
  const { value, diagnostics } = loadPolicy({ ...source, text }, 'hook');
  if (!value || hasErrors(diagnostics)) throw new Failure(diagnostics);
  const failed = runTests(value).find(({ passed }) => !passed);
  if (failed)
    throw wrongUsage(
      `with these answers the test \`${failed.test.title}\` fails`,
      "choose networks and ports that do not get into each other's way",
    );
  return text;
}
