// `hookline reach FILE --matrix`: which hosts of a network reach which.
import type { AddressFamily } from '../core/datatype/address.ts';
import { diagnostic } from '../core/diagnostic/diagnostic.ts';
import { nearestName } from '../core/diagnostic/meant.ts';
import { dhcpServers } from '../core/network/dhcp.ts';
import { type HostReach, hostsReached } from '../core/network/host-reach.ts';
import { dhcpServerToJson, hostReachToJson } from '../core/network/host-reach-json.ts';
import { innerPlaces, isService } from '../core/network/inner.ts';
import { travelIn } from '../core/network/journey.ts';
import type { Network } from '../core/network/network.ts';
import type { Probe } from '../core/network/reach.ts';
import type { Context } from './context.ts';
import { type ExitCode, exitCode } from './exit.ts';
import { Failure } from './failure.ts';
import { openProgress } from './progress.ts';
import { dhcpLines, hostMatrix } from './report/host-matrix.ts';

/** What is asked. */
export interface MatrixWords {
  /** Names with commas between them. */
  readonly hosts?: string | undefined;
  readonly family?: AddressFamily | undefined;
  readonly probe: Probe;
}

/** Asks from each host to each other one, and prints. */
export function reachHosts(context: Context, network: Network, words: MatrixWords): ExitCode {
  const { probe, family } = words;
  const { names, leftOut, without } = chosen(network, words.hosts);
  const travel = travelIn(network);
  const progress = openProgress(context.err, 'hosts');
  const found: HostReach[] = [];
  for (const from of names) {
    found.push(...hostsReached(travel, from, names, { probe, family, without }));
    progress.step();
  }
  progress.end();
  const servers = dhcpServers(
    network.hosts.map(({ host }) => host),
    travel.wiring,
  );
  const { out, json } = context;
  if (json) {
    const pairs = found.map(hostReachToJson);
    const dhcp = servers.map(dhcpServerToJson);
    out.write(
      `${JSON.stringify({ schema: 'hookline.reach-hosts/1', hosts: names, leftOut, pairs, dhcp }, null, 2)}\n`,
    );
  } else {
    const notes = [...dhcpLines(servers), ...leftOutLine(leftOut)];
    out.write(hostMatrix(names, found, out) + notes.map((line) => `${out.paint('dim', line)}\n`).join(''));
  }
  return found.every(({ verdict }) => verdict === 'yes') ? exitCode.done : exitCode.no;
}

interface Chosen {
  readonly names: readonly string[];
  readonly leftOut: readonly string[];
  /** Interfaces that are as little meant. */
  readonly without: ReadonlySet<string>;
}

/** Those that are named; else all but what is there only for the others. */
function chosen(network: Network, said: string | undefined): Chosen {
  const { hosts } = network;
  const known = hosts.map(({ host }) => host.name);
  if (said === undefined) {
    const leftOut = hosts.filter(isService).map(({ host }) => host.name);
    const names = known.filter((name) => !leftOut.includes(name));
    return { names, leftOut, without: innerPlaces(network) };
  }
  const names = said.split(',').filter(Boolean);
  const strange = names.find((name) => !known.includes(name));
  if (strange === undefined) return { names: [...new Set(names)], leftOut: [], without: new Set() };
  const help = nearestName(strange, known) ?? `the hosts are ${known.join(', ')}`;
  throw new Failure([diagnostic('HK0011', `\`${strange}\` is no host`, { help })]);
}

function leftOutLine(names: readonly string[]): readonly string[] {
  const text = `not asked, for they forward or hand out addresses inside of another host: ${names.join(', ')}`;
  return names.length === 0 ? [] : [`${text} (\`--hosts\` names hosts)`];
}
