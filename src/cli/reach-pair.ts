// `hookline reach FILE FROM TO`: the two that are meant, by host or by address, and the probe that comes farthest.
import { type Address, type AddressFamily, formatAddress, parseAddress } from '../core/datatype/address.ts';
import { diagnostic } from '../core/diagnostic/diagnostic.ts';
import { nearestName } from '../core/diagnostic/meant.ts';
import { type Entrance, hostsReached } from '../core/network/host-reach.ts';
import { type Travel, travelIn } from '../core/network/journey.ts';
import type { Network } from '../core/network/network.ts';
import { type Probe, type Reach, reach, stationsOf } from '../core/network/reach.ts';
import type { Host } from '../core/topology/host.ts';
import { interfaceWith } from '../core/topology/inventory.ts';
import { Failure, wrongUsage } from './failure.ts';

/** What was asked in the end, which is at another port where one leads to the host that is meant. */
export interface AskedPair {
  readonly probe: Probe;
  readonly found: Reach;
}

/** Asks from a host, or one of its addresses, to an address, or to a host by any address that leads there. */
export function askPair(
  network: Network,
  [from, to]: readonly [string, string],
  probe: Probe,
  family: AddressFamily | undefined,
): AskedPair {
  const travel = travelIn(network);
  const source = sourceOf(network, from);
  const address = parseAddress(to);
  if (address) return { probe, found: reach(travel, sameFamily(source, from, address), address, probe) };
  const goal = hostOf(network, to);
  const own = stationsOf([goal], source.address?.family ?? family);
  const asked = own.map((station) => ({ probe, found: reach(travel, source, station, probe) }));
  const best = asked.find(isSure) ?? published(travel, source, goal, probe) ?? asked[0];
  if (best) return best;
  throw new Failure([diagnostic('HK0011', `host \`${to}\` has no address to talk to`)]);
}

interface Source {
  readonly host: string;
  readonly address?: Address;
}

function isSure({ found }: AskedPair): boolean {
  return found.verdict === 'yes';
}

/** Where none of its own addresses do: one that leads there. */
function published(
  travel: Travel,
  { host, address }: Source,
  goal: Host,
  probe: Probe,
): AskedPair | undefined {
  const [pair] = address ? [] : hostsReached(travel, host, [goal.name], { probe });
  const [entrance] = pair?.verdict === 'yes' ? pair.by.filter(({ reach: one }) => one.verdict === 'yes') : [];
  return entrance && { probe: probeAt(entrance, probe), found: entrance.reach };
}

function probeAt({ door: { port } }: Entrance, probe: Probe): Probe {
  return probe.kind === 'ping' || port === undefined ? probe : { ...probe, port };
}

function sameFamily(source: Source, text: string, to: Address): Source {
  if (!source.address || source.address.family === to.family) return source;
  throw wrongUsage(`\`${text}\` and \`${formatAddress(to)}\` are of two families`);
}

function sourceOf(network: Network, text: string): Source {
  const address = parseAddress(text);
  if (!address) return { host: hostOf(network, text).name };
  const owners = network.hosts
    .filter(({ host }) => interfaceWith(host, address.family, address.value))
    .map(({ host }) => host.name);
  const [owner, ...others] = owners;
  if (owner === undefined) throw new Failure([diagnostic('HK0011', `no host has the address \`${text}\``)]);
  if (others.length > 0)
    throw wrongUsage(`\`${text}\` is an address of ${owners.join(', ')}`, 'name the host instead');
  return { host: owner, address };
}

function hostOf({ hosts }: Network, name: string): Host {
  const found = hosts.find(({ host }) => host.name === name);
  if (found) return found.host;
  const names = hosts.map(({ host }) => host.name);
  throw new Failure([
    diagnostic('HK0011', `\`${name}\` is neither an address nor a host`, {
      help: nearestName(name, names) ?? `the hosts are ${names.join(', ')}`,
    }),
  ]);
}
