// `hookline verify`: whether the kernel does with packets what a trace says of them.
import { Option } from '@commander-js/extra-typings';
import { diagnostic } from '../../core/diagnostic/diagnostic.ts';
import type { Policy } from '../../core/ir/policy.ts';
import type { PolicyKind } from '../../core/load.ts';
import { borderPackets } from '../../core/policy-test/border-packets.ts';
import type { Host } from '../../core/topology/host.ts';
import type { Loading } from '../../host/kernel/loading.ts';
import type { Agreement, PacketHistory } from '../../host/kernel/verify.ts';
import {
  type AddCommand,
  examples,
  fromOption,
  hostOption,
  ipsetOption,
  onOption,
  policyArgument,
} from '../command.ts';
import type { Context } from '../context.ts';
import { type ExitCode, exitCode } from '../exit.ts';
import { Failure, wrongUsage } from '../failure.ts';
import { readForKernel, type VerifyLoader, verifyLoaders } from '../loading.ts';
import { onTheKernel } from '../on-the-kernel.ts';
import { type GivenPacket, givenPackets, type PacketOptions } from '../packets.ts';
import { openProgress } from '../progress.ts';
import { agreementText, verificationText } from '../report/verification.ts';
import { verificationToJson } from '../report/verification-json.ts';

const toOption = new Option(
  '--to <loader>',
  'what loads the rules: by default nft for a policy, and for a dump, as it stands, the program that printed it',
).choices(verifyLoaders);

export const addVerify: AddCommand = (parent, run) =>
  parent
    .command('verify')
    .description(
      'run packets on the real kernel, in a network namespace, and compare each step with its trace: the packets given, or those of the tests and others near the borders of the rules; exits with 1 if one differs',
    )
    .addArgument(policyArgument)
    .argument('[packet...]', 'in single quotes, in place of all others')
    .addOption(fromOption)
    .addOption(ipsetOption)
    .addOption(toOption)
    .addOption(hostOption)
    .addOption(onOption)
    .option('--packets <file>', 'one packet a line, each by itself')
    .option('--sequence', 'take the packets for one history, in which connections are kept')
    .option('--log <line>', 'a line of the kernel log; `-` takes all of a journal on stdin')
    .option('--journal <file>', 'all packets of a journal')
    .option('--pcap <file>', 'the packets of a capture (pcap or pcapng), as one history; `-` is stdin')
    .option('--device <interface>', 'where a capture was made: `wan0`, or `2=wan0,3=lan0`')
    .option('--count <count>', 'how many packets to draw', '1000')
    .option('--seed <number>', 'other packets for another number, the same for the same one', '1')
    .option('--each', 'what both say of every packet, not only of those that differ')
    .addHelpText(
      'after',
      `${examples(
        'sudo hookline verify policy.hook',
        "sudo hookline verify policy.hook 'in wan0 tcp 198.51.100.9:40000 -> 203.0.113.1:22 syn' --each",
        'sudo hookline verify policy.hook --to iptables-legacy --count 20000 --seed 7 --json',
        'sudo iptables-save | sudo hookline verify - --host policy.hook --packets packets.txt',
      )}\n\nNothing of the machine's own network is touched, and nothing is left behind. Needs root, nft, ip and the package koffi.`,
    )
    .action(run(verifyPolicy));

interface Options extends PacketOptions {
  readonly from?: PolicyKind | undefined;
  readonly ipset?: string | undefined;
  readonly to?: VerifyLoader | undefined;
  readonly host?: readonly string[] | undefined;
  readonly on?: string | undefined;
  readonly sequence?: true | undefined;
  readonly count: string;
  readonly seed: string;
  readonly each?: true | undefined;
}

/** So many drawn packets meet the connections of each other. */
const historySize = 40;

async function verifyPolicy(
  context: Context,
  path: string,
  words: readonly string[],
  options: Options,
): Promise<ExitCode> {
  const drawn = { count: numberOf('count', options.count), seed: numberOf('seed', options.seed) };
  const { policy, loading, host: declared } = await readForKernel(context, path, options);
  const host = realHost(declared);
  const histories = (await historiesGiven(context, words, options)) ?? [
    ...historiesOfTests(policy, host),
    ...drawnHistories(loading, host, drawn),
  ];
  const agreements: Agreement[] = [];
  const { ruleSet, loader } = loading;
  const total = histories.reduce((sum, { packets }) => sum + packets.length, 0);
  const progress = openProgress(context.err, 'packets', total);
  const agreed = (one: Agreement) => {
    progress.step();
    if (!options.each) return;
    if (context.json) agreements.push(one);
    else context.out.write(agreementText(one, ruleSet, context.out));
  };
  const found = await onTheKernel({ loading, host }, histories, { agreed });
  progress.end();
  const asked = { loader, seed: drawn.seed, ...(options.each && { agreements }) };
  if (context.json) context.out.write(`${JSON.stringify(verificationToJson(found, asked), null, 2)}\n`);
  else context.out.write(verificationText(found, ruleSet, context.out));
  if (found.differences.length > 0) return exitCode.no;
  return found.compared > 0 && found.lost === 0 ? exitCode.done : exitCode.failed;
}

function numberOf(option: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw wrongUsage(`\`--${option} ${text}\` is not a whole number below 1000000000`);
}

/** One that can be made on this machine. */
function realHost(host: Host | undefined): Host {
  if (!host)
    throw new Failure([
      diagnostic('HK0011', 'the policy has no host: the kernel needs interfaces and addresses', {
        help: 'write a `host` block, or bring one with `--host FILE`',
      }),
    ]);
  const port = host.interfaces.find(({ master }) => master !== undefined);
  if (port) throw wrongUsage('`verify` makes no bridges', `\`${port.name}\` is a port of one`);
  return host;
}

function historiesOfTests({ tests }: Policy, host: Host): readonly PacketHistory[] {
  return tests
    .filter((test) => test.host === undefined || test.host === host.name)
    .map(({ title, steps }) => ({ title: `test "${title}"`, packets: steps.map(({ send }) => send) }));
}

/** What the command line brings; undefined where it brings nothing. */
async function historiesGiven(
  context: Context,
  words: readonly string[],
  options: Options,
): Promise<readonly PacketHistory[] | undefined> {
  const { packets: path, log, journal, pcap } = options;
  const ways = [path, log, journal, pcap];
  if (words.length === 0 && ways.every((one) => one === undefined)) return undefined;
  const { packets, passed } = givenPackets(context, words, options);
  const given: GivenPacket[] = [];
  for await (const one of packets) given.push(one);
  passed.report();
  const title = ways.find((one) => one !== undefined) ?? 'the packet';
  if (options.sequence || pcap !== undefined)
    return [{ title, packets: given.map(({ injection }) => injection) }];
  return given.map(({ injection, found }, at) => ({
    title: given.length === 1 ? title : `${found?.place ?? `packet ${at + 1}`} of ${title}`,
    packets: [injection],
  }));
}

function drawnHistories(
  { ruleSet }: Loading,
  host: Host,
  drawn: { readonly count: number; readonly seed: number },
): readonly PacketHistory[] {
  const packets = borderPackets(ruleSet, host, drawn);
  const count = Math.ceil(packets.length / historySize);
  return Array.from({ length: count }, (_, at) => ({
    title: `drawn packets ${at + 1} of ${count}`,
    packets: packets.slice(at * historySize, (at + 1) * historySize),
  }));
}
