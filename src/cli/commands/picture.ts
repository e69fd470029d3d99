// `hookline picture`: a network as a picture, with the way of a packet on it.
import { Option } from '@commander-js/extra-typings';
import { type Journey, journeys, travelIn } from '../../core/network/journey.ts';
import type { Network } from '../../core/network/network.ts';
import { formatInjection } from '../../core/packet/format.ts';
import { type Drawn, drawNetwork } from '../../core/picture/draw.ts';
import { mermaidOf } from '../../core/picture/mermaid.ts';
import type { Picture } from '../../core/picture/picture.ts';
import { writeFiles } from '../../host/write-files.ts';
import { type AddCommand, examples } from '../command.ts';
import type { Context } from '../context.ts';
import { type ExitCode, exitCode } from '../exit.ts';
import { demandWritten, wrongUsage } from '../failure.ts';
import {
  askReach,
  failureText,
  type ProbeWords,
  pairText,
  probeText,
  readNetwork,
} from '../network-questions.ts';
import { readStart } from '../trace-across.ts';

const formats = ['svg', 'mermaid'] as const;

const formatOption = new Option('--format <format>', 'what to write')
  .choices(formats)
  .default('svg' as const);

const packetOption = new Option(
  '--packet <packet>',
  "draw the way of a packet and of the answer: 'HOST: out …'",
).conflicts('reach');

export const addPicture: AddCommand = (parent, run) =>
  parent
    .command('picture')
    .description('draw a network, and on it the way of a packet, there and back, or to where it ends')
    .argument('<file>', 'a policy file with host and link blocks')
    .addOption(formatOption)
    .option('-o, --output <file>', 'where to write it; `-` is stdout', '-')
    .addOption(packetOption)
    .option('--reach <from-to...>', 'draw whether one can talk to another: a host or address, then the other')
    .option('--tcp <port>', 'with `--reach`: ask by the first packet of a TCP connection')
    .option('--udp <port>', 'with `--reach`: ask by a datagram of UDP; without either, by an echo of ICMP')
    .option('--sport <port>', 'with `--reach`: the port that it comes from', '40000')
    .option('--way-only', 'leave out the hosts and links that the packet does not touch')
    .addHelpText(
      'after',
      examples(
        'hookline picture network.hook -o network.svg',
        'hookline picture network.hook --reach web 198.51.100.9 --tcp 443 -o way.svg',
        "hookline picture network.hook --packet 'web: out icmp 10.0.0.5 -> 198.51.100.9' --format mermaid",
      ),
    )
    .action(run((context, path, options) => drawPicture(context, path, options)));

interface Options extends ProbeWords {
  readonly format: (typeof formats)[number];
  readonly output: string;
  readonly packet?: string | undefined;
  readonly reach?: readonly string[] | undefined;
  readonly wayOnly?: true | undefined;
}

async function drawPicture(context: Context, path: string, options: Options): Promise<ExitCode> {
  const network = await readNetwork(context, path);
  const drawn = { ...asked(context, network, path, options), wayOnly: options.wayOnly === true };
  const text = await written(drawNetwork(network, drawn), options.format);
  if (options.output === '-') context.out.write(text);
  else demandWritten(await writeFiles([{ path: options.output, text }]));
  return exitCode.done;
}

function asked(context: Context, network: Network, path: string, options: Options): Drawn {
  const { packet, reach, tcp, udp } = options;
  if (reach !== undefined) return drawnReach(network, reach, options);
  if (tcp !== undefined || udp !== undefined)
    throw wrongUsage('it is not said who talks to whom', 'say `--reach FROM TO` beside the port');
  if (packet === undefined && options.wayOnly)
    throw wrongUsage('it is not said whose way', "say `--reach FROM TO` or `--packet 'HOST: out …'`");
  return packet === undefined ? { title: path } : drawnPacket(context, network, packet);
}

function drawnPacket(context: Context, network: Network, text: string): Drawn {
  const { host, injection } = readStart(context, network, undefined, { name: '<packet>', text });
  return {
    title: `${host}: ${formatInjection(injection)}`,
    ...firstOf(journeys(travelIn(network), host, injection)),
  };
}

function drawnReach(network: Network, ends: readonly string[], options: Options): Drawn {
  const [from, to, ...others] = ends;
  if (from === undefined || to === undefined || others.length > 0)
    throw wrongUsage('`--reach` takes two: from and to', 'for example `--reach web 198.51.100.9`');
  const { found, probe } = askReach(network, from, to, options);
  const { notes = [], ...drawn } = firstOf(found.journeys);
  const because = found.failure && found.verdict === 'no' ? [failureText(found.failure)] : [];
  return {
    title: `${pairText(found)} ${probeText(probe)}: ${found.verdict}`,
    notes: [...because, ...notes],
    ...drawn,
  };
}

/** One way can be drawn; it is said what it supposes and assumes. */
function firstOf([journey, ...others]: readonly Journey[]): Omit<Drawn, 'title'> {
  if (!journey) return {};
  const count = others.length + 1;
  const several = count === 1 ? [] : [`way 1 of ${count}`];
  const taken = [journey, ...journey.answers.map((one) => one.journey)].flatMap((one) => [
    ...one.suppositions.map((text) => `supposed: ${text}`),
    ...one.assumptions.map((text) => `assumed: ${text}`),
  ]);
  return { journey, notes: [...several, ...new Set(taken)] };
}

/** SVG needs a library that arranges it, which other commands do without. */
async function written(picture: Picture, format: Options['format']): Promise<string> {
  if (format === 'mermaid') return mermaidOf(picture);
  const { svgOf } = await import('../../core/picture/svg.ts');
  return svgOf(picture);
}
