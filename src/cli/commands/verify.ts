// `hookline verify`: whether the kernel does with packets what a trace says of them.
import { compile } from '../../core/compile.ts';
import { diagnostic } from '../../core/diagnostic/diagnostic.ts';
import type { Policy } from '../../core/ir/policy.ts';
import type { Injection } from '../../core/packet/packet.ts';
import { borderPackets } from '../../core/policy-test/border-packets.ts';
import type { Host } from '../../core/topology/host.ts';
import type { Difference, PacketHistory, Verification, Verified } from '../../host/kernel/verify.ts';
import { type AddCommand, examples, hostOption, onOption, policyArgument } from '../command.ts';
import { type Context, readHost, readPolicy } from '../context.ts';
import { type ExitCode, exitCode } from '../exit.ts';
import { demand, Failure, wrongUsage } from '../failure.ts';
import { givenPackets } from '../packets.ts';

export const addVerify: AddCommand = (parent, run) =>
  parent
    .command('verify')
    .description(
      'run the packets of the tests and others near the borders of the rules on the real kernel, in a network namespace, and compare each step with its trace; exits with 1 if one differs',
    )
    .addArgument(policyArgument)
    .addOption(hostOption)
    .addOption(onOption)
    .option('--packets <file>', 'one packet a line: these in place of drawn ones')
    .option('--count <count>', 'how many packets to draw', '1000')
    .option('--seed <number>', 'other packets for another number, the same for the same one', '1')
    .addHelpText(
      'after',
      `${examples('sudo hookline verify policy.hook', 'sudo hookline verify policy.hook --count 20000 --seed 7 --json', 'sudo hookline verify rules.save --host policy.hook --packets packets.txt')}\n\nNothing of the machine's own network is touched. Needs root, nft and the package koffi.`,
    )
    .action(run((context, path, options) => verifyPolicy(context, path, options)));

interface VerifyWords {
  readonly packets?: string | undefined;
  readonly count: string;
  readonly seed: string;
  readonly host?: string | undefined;
  readonly on?: string | undefined;
}

/** So many drawn packets meet the connections of each other. */
const historySize = 40;

async function verifyPolicy(context: Context, path: string, words: VerifyWords): Promise<ExitCode> {
  const drawn = { count: numberOf('count', words.count), seed: numberOf('seed', words.seed) };
  const policy = await readPolicy(context, path);
  const host = await readHost(context, policy, words);
  if (!host)
    throw new Failure([
      diagnostic('HK0011', 'the policy has no host: the kernel needs interfaces and addresses', {
        help: 'write a `host` block, or bring one with `--host FILE`',
      }),
    ]);
  const port = host.interfaces.find(({ master }) => master !== undefined);
  if (port) throw wrongUsage('`verify` makes no bridges', `\`${port.name}\` is a port of one`);
  const nft = demand(compile(policy.ruleSet, 'nft'), context.report);
  const others = await historiesGiven(context, words.packets);
  const histories = [...historiesOfTests(policy, host), ...(others ?? drawnHistories(policy, host, drawn))];
  const result = await onTheKernel({ ruleSet: policy.ruleSet, nft, host }, histories);
  if (context.json) context.out.write(`${JSON.stringify(toJson(result, drawn.seed), null, 2)}\n`);
  else print(context, result);
  return result.differences.length === 0 ? exitCode.done : exitCode.no;
}

function numberOf(option: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw wrongUsage(`\`--${option} ${text}\` is not a whole number below 1000000000`);
}

function historiesOfTests({ tests }: Policy, host: Host): readonly PacketHistory[] {
  return tests
    .filter((test) => test.host === undefined || test.host === host.name)
    .map(({ title, steps }) => ({ title, packets: steps.map(({ send }) => send) }));
}

/** Packets of a file meet the connections of those before them; undefined where none were given. */
async function historiesGiven(
  context: Context,
  path: string | undefined,
): Promise<readonly PacketHistory[] | undefined> {
  if (path === undefined) return undefined;
  const packets: Injection[] = [];
  for await (const { injection } of givenPackets(context, [], { packets: path }).packets)
    packets.push(injection);
  return [{ title: `packets of ${path}`, packets }];
}

function drawnHistories(
  { ruleSet }: Policy,
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

/** What talks to the kernel is loaded only here: it needs a native package that nothing else does. */
async function onTheKernel(verified: Verified, histories: readonly PacketHistory[]): Promise<Verification> {
  if (process.getuid?.() !== 0)
    throw new Failure([
      diagnostic('HK0012', 'a network namespace can be made by root only', { help: 'run it as root' }),
    ]);
  try {
    const { verify } = await import('../../host/kernel/verify.ts');
    return verify(verified, histories);
  } catch (error) {
    throw new Failure([diagnostic('HK0012', reasonOf(error), { help: helpFor(error) })]);
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('stderr' in error && String(error.stderr) !== '')
    return String(error.stderr).trim().replaceAll(/\s+/g, ' ');
  return error.message;
}

function helpFor(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ERR_MODULE_NOT_FOUND') return 'install the package koffi: `npm install koffi`';
  return code === 'ENOENT' ? 'nft and ip must be installed' : undefined;
}

/** More differences are counted only. */
const shown = 5;

function print({ out }: Context, { compared, skipped, lost, differences }: Verification): void {
  for (const one of differences.slice(0, shown)) out.write(differenceText(one));
  const parts = [
    `${compared} packets compared`,
    differences.length === 0
      ? 'the kernel does what the traces say'
      : `${differences.length} ${differences.length === 1 ? 'difference' : 'differences'}`,
    ...(skipped > 0 ? [`${skipped} not sent: they can only be described`] : []),
    ...(lost > 0 ? [`${lost} lost`] : []),
  ];
  out.write(`${out.paint(differences.length === 0 ? 'good' : 'bad', parts.join(', '))}\n`);
}

function block(text: string): string {
  return text.replace(/^/gm, '    ');
}

function differenceText({ title, packets, kernel, simulation }: Difference): string {
  return `${title}\n${block(packets.join('\n'))}\n  the kernel\n${block(kernel)}\n  the trace\n${block(simulation)}\n\n`;
}

function toJson({ differences, ...counts }: Verification, seed: number) {
  return {
    schema: 'hookline.verify/1',
    seed,
    ...counts,
    differences: differences.map(({ kernel, simulation, ...rest }) => ({
      ...rest,
      kernel: kernel.split('\n'),
      trace: simulation.split('\n'),
    })),
  };
}
