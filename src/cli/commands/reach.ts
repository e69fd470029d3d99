// `hookline reach`: whether hosts of a network can talk, by which path, and where it ends and why.
import { travelIn } from '../../core/network/journey.ts';
import { reachToJson } from '../../core/network/journey-json.ts';
import { journeyLines } from '../../core/network/journey-text.ts';
import type { Network } from '../../core/network/network.ts';
import { type Probe, type Reach, reach, type Station, stationsOf } from '../../core/network/reach.ts';
import { type AddCommand, examples } from '../command.ts';
import type { Context } from '../context.ts';
import { type ExitCode, exitCode } from '../exit.ts';
import { wrongUsage } from '../failure.ts';
import {
  askReach,
  failureText,
  familyOf,
  type ProbeWords,
  pairText,
  probeOf,
  probeText,
  readNetwork,
} from '../network-questions.ts';
import { openProgress } from '../progress.ts';
import { reachHosts } from '../reach-hosts.ts';
import { reachMatrix } from '../report/reach-matrix.ts';

export const addReach: AddCommand = (parent, run) =>
  parent
    .command('reach')
    .description('whether hosts of a network can talk, by which path, and if not, where it ends and why')
    .argument('<file>', 'a policy file with host and link blocks')
    .argument('[from]', 'a host or one of its addresses; without it, every pair of addresses')
    .argument('[to]', 'a host or any address')
    .option('--tcp <port>', 'ask by the first packet of a TCP connection')
    .option('--udp <port>', 'ask by a datagram of UDP; without either, by an echo of ICMP')
    .option('--sport <port>', 'the port that it comes from', '40000')
    .option('--matrix', 'every pair of hosts, each by any of its addresses')
    .option('--hosts <names>', 'these hosts only, with commas between them; for --matrix')
    .option('-4, --ipv4', 'addresses of IPv4 only')
    .option('-6, --ipv6', 'addresses of IPv6 only')
    .addHelpText(
      'after',
      examples(
        'hookline reach network.hook',
        'hookline reach network.hook --matrix --tcp 22',
        'hookline reach network.hook web 198.51.100.9 --tcp 443',
        'hookline reach network.hook 10.0.0.5 10.0.1.7 --json',
      ),
    )
    .action(run((context, path, from, to, words) => reachAll(context, path, from, to, words)));

interface Words extends ProbeWords {
  readonly matrix?: true | undefined;
  readonly hosts?: string | undefined;
}

async function reachAll(
  context: Context,
  path: string,
  from: string | undefined,
  to: string | undefined,
  words: Words,
): Promise<ExitCode> {
  const network = await readNetwork(context, path);
  const probe = probeOf(words);
  if (words.matrix) return hostsMatrix(context, network, probe, from, words);
  if (from === undefined) return matrix(context, network, probe, words);
  if (to === undefined)
    throw wrongUsage('say where to, too', 'for example `hookline reach network.hook web 198.51.100.9`');
  const { found, probe: asked } = askReach(network, from, to, words);
  const { out, json } = context;
  out.write(
    json
      ? `${JSON.stringify({ schema: 'hookline.reach/1', ...reachToJson(found) }, null, 2)}\n`
      : written(found, asked, out.paint),
  );
  return found.verdict === 'yes' ? exitCode.done : exitCode.no;
}

function written(
  { from, to, verdict, journeys, failure }: Reach,
  probe: Probe,
  paint: Context['out']['paint'],
): string {
  const head = `${paint(verdict === 'yes' ? 'good' : 'bad', verdict)}  ${pairText({ from, to })}  ${probeText(probe)}`;
  const because = failure ? [failureText(failure)] : [];
  const ways = journeys.flatMap((one, at) => [
    '',
    ...(journeys.length > 1 ? [paint('strong', `way ${at + 1}`)] : []),
    ...journeyLines(one, paint),
  ]);
  return `${[head, ...because, ...ways].join('\n')}\n`;
}

function hostsMatrix(
  context: Context,
  network: Network,
  probe: Probe,
  from: string | undefined,
  words: Words,
): ExitCode {
  if (from !== undefined)
    throw wrongUsage('`--matrix` asks from all hosts', 'name some of them with `--hosts vm1,vm2`');
  return reachHosts(context, network, { probe, family: familyOf(words), hosts: words.hosts });
}

/** Every address asks every other; each pair by itself. */
async function matrix(
  context: Context,
  network: Network,
  probe: Probe,
  words: ProbeWords,
): Promise<ExitCode> {
  const stations = stationsOf(
    network.hosts.map(({ host }) => host),
    familyOf(words),
  );
  const travel = travelIn(network);
  const progress = openProgress(context.err, 'pairs');
  const found: Reach[] = [];
  for (const from of stations)
    for (const to of stations) {
      if (from.address.family !== to.address.family || isSame(from, to)) continue;
      found.push(reach(travel, from, to, probe));
      progress.step();
    }
  progress.end();
  const { out, json } = context;
  out.write(
    json
      ? `${JSON.stringify({ schema: 'hookline.reach-matrix/1', pairs: found.map((one) => ({ ...reachToJson({ ...one, journeys: [] }) })) })}\n`
      : reachMatrix(stations, found, out),
  );
  return found.every(({ verdict }) => verdict === 'yes') ? exitCode.done : exitCode.no;
}

function isSame(one: Station, other: Station): boolean {
  return (
    one.host === other.host &&
    one.address.value === other.address.value &&
    one.address.family === other.address.family
  );
}
