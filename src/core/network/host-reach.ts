// Which hosts of a network reach which: a host is reached if it is by one of its addresses, or by one that leads to it.
import type { Address, AddressFamily } from '../datatype/address.ts';
import { hasPorts } from '../packet/protocol.ts';
import type { Host } from '../topology/host.ts';
import type { Journey, Travel } from './journey.ts';
import { type Door, distinctDoors, publishedBy } from './published.ts';
import { type Failure, type Probe, type Reach, reach, stationsOf } from './reach.ts';

/** Whether a host reaches another one. */
export interface HostReach {
  readonly from: string;
  readonly to: string;
  readonly verdict: Reach['verdict'];
  /** What it may ask for to get there; the addresses of the host itself come first. */
  readonly by: readonly Entrance[];
  /** The other host's own addresses by which it does not get there. */
  readonly failed: readonly Reach[];
}

/** What leads to a host, and what became of the question. */
export interface Entrance {
  readonly door: Door;
  /** The port where the question arrives, where that is another one. */
  readonly port?: number;
  readonly reach: Reach;
}

/** What hosts are asked by. */
export interface HostQuestion {
  readonly probe: Probe;
  /** The only version of IP, where one is said. */
  readonly family?: AddressFamily | undefined;
  /** Interfaces, by their key, at whose addresses nobody asks. */
  readonly without?: ReadonlySet<string>;
}

/** From one host to each of the others, in order. */
export function hostsReached(
  travel: Travel,
  from: string,
  to: readonly string[],
  question: HostQuestion,
): readonly HostReach[] {
  const doors = doorsOf(travel, question);
  const knocked = doors.map((door) => knock(travel, from, door, question.probe));
  return to.filter((host) => host !== from).map((host) => oneHost(travel, from, host, knocked, question));
}

/** All addresses of all hosts, and what rules make of others. */
function doorsOf({ network }: Travel, question: HostQuestion): readonly Door[] {
  const { probe } = question;
  const plain = network.hosts
    .flatMap(({ host }) => addressesAsked(host, question))
    .map((address) => (probe.kind === 'ping' ? { address } : { address, port: probe.port }));
  const published = network.hosts.flatMap((one) =>
    publishedBy(one, probe, addressesAsked(one.host, question)),
  );
  return distinctDoors([...plain, ...published]);
}

function addressesAsked(host: Host, { family, without }: HostQuestion): readonly Address[] {
  return stationsOf([host], family, without).map(({ address }) => address);
}

/** What became of a question at one door. */
interface Knocked {
  readonly door: Door;
  readonly reach: Reach;
}

function knock(travel: Travel, from: string, door: Door, probe: Probe): Knocked {
  const { address, port } = door;
  const asked = probe.kind === 'ping' || port === undefined ? probe : { ...probe, port };
  return { door, reach: reach(travel, { host: from }, address, asked) };
}

function oneHost(
  travel: Travel,
  from: string,
  to: string,
  knocked: readonly Knocked[],
  question: HostQuestion,
): HostReach {
  const { probe } = question;
  const host = travel.hostOf(to);
  const own = host ? addressesAsked(host, question) : [];
  const entrances = knocked.flatMap((one) => entranceOf(one, to, probe));
  const isOwn = ({ door }: Knocked): boolean => own.some((address) => isSameAddress(address, door.address));
  const by = [...entrances.filter(isOwn), ...entrances.filter((one) => !isOwn(one))];
  const sure = by.some(({ reach: { verdict } }) => verdict === 'yes');
  return {
    from,
    to,
    verdict: sure ? 'yes' : by.length > 0 ? 'depends' : 'no',
    by,
    failed: own
      .filter((address) => !by.some(({ door }) => isSameAddress(door.address, address)))
      .map((address) => notThere(reach(travel, { host: from }, { host: to, address }, probe), to)),
  };
}

/** An address of a host may lead to another one. */
function notThere(found: Reach, to: string): Reach {
  const { end } = found.journeys[0] ?? {};
  if (found.failure || end?.kind !== 'delivered') return found;
  const failure: Failure = { direction: 'there', host: end.host, why: `it leads there, not to ${to}` };
  return { ...found, verdict: 'no', failure };
}

function isSameAddress(one: Address, other: Address): boolean {
  return one.family === other.family && one.value === other.value;
}

/** A door that leads to the host, at the port that is asked for on either side of it. */
function entranceOf({ door, reach: found }: Knocked, to: string, probe: Probe): readonly Entrance[] {
  const [there] = found.journeys.filter(({ end }) => end.kind === 'delivered' && end.host === to);
  if (!there || found.verdict === 'no') return [];
  const allThere = found.journeys.every(({ end }) => end.kind === 'delivered' && end.host === to);
  const arrived = arrivedPort(there);
  if (probe.kind !== 'ping' && door.port !== probe.port && arrived !== probe.port) return [];
  const moved = arrived !== undefined && arrived !== door.port ? { port: arrived } : {};
  return [{ door, ...moved, reach: allThere ? found : { ...found, verdict: 'depends' } }];
}

function arrivedPort({ hops }: Journey): number | undefined {
  const transport = hops.at(-1)?.way.packet.transport;
  return transport && hasPorts(transport) ? transport.dport : undefined;
}
