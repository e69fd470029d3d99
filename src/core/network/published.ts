// Addresses and ports by which rules lead somewhere else: what others may ask for that no host of the network is called.
import { type Address, formatAddress } from '../datatype/address.ts';
import type { Part } from '../ir/ruleset.ts';
import { lookupsOf } from '../match/define.ts';
import type { Injection, Packet } from '../packet/packet.ts';
import { hasPorts } from '../packet/protocol.ts';
import { makePool, type PlacedRule, type Pool, satisfied } from '../policy-test/pool.ts';
import { makeRandom, type Random } from '../policy-test/random.ts';
import { findStatement } from '../statement/registry.ts';
import type { NetworkHost } from './network.ts';
import { type Probe, probePacket } from './reach.ts';

/** Where a probe may knock: an address, and the port for those that have ports. */
export interface Door {
  readonly address: Address;
  readonly port?: number;
}

/**
 * What a probe may have to ask for to be led elsewhere by the rules of a host: the addresses and ports that its rules name
 * which change the destination or lead to other chains, each address with each port as far as there are few.
 */
export function publishedBy(place: NetworkHost, probe: Probe, own: readonly Address[]): readonly Door[] {
  const pool = makePool(place.ruleSet, place.host, []);
  if (!pool.rules.some(hasPart(changesDestination))) return [];
  const leading = pool.rules.filter(hasPart((part) => changesDestination(part) || leadsOn(part)));
  const random = makeRandom(1);
  const found = own.flatMap((address) =>
    leading.flatMap((one) => meeting(injectionTo(probe, address), one, pool, random)),
  );
  const doors = distinctDoors(found.map(({ packet }) => doorOf(packet)));
  if (probe.kind === 'ping') return doors;
  const addresses = distinctDoors(doors.map(({ address }) => ({ address })));
  const ports = new Set([...doors.flatMap(({ port }) => port ?? []), probe.port]);
  if (addresses.length * ports.size > mostDoors) return doors;
  return distinctDoors(addresses.flatMap(({ address }) => [...ports].map((port) => ({ address, port }))));
}

/** Of more pairs only those are asked for that one rule names. */
const mostDoors = 1000;

function hasPart(is: (part: Part) => boolean): (placed: PlacedRule) => boolean {
  return ({ rule }) => rule.parts.some(is);
}

function changesDestination(part: Part): boolean {
  if (part.kind !== 'statement') return false;
  const kind = findStatement(part.key)?.outcome?.(part.args)?.kind;
  return kind === 'destination' || kind === 'here';
}

function leadsOn(part: Part): boolean {
  const definition = part.kind === 'statement' ? findStatement(part.key) : undefined;
  return definition?.chains !== undefined || definition?.chain !== undefined;
}

function injectionTo(probe: Probe, to: Address): Injection {
  const packet = probePacket(probe, { family: to.family, value: 0n }, to);
  return { packet, direction: 'in' };
}

/** The packet as the rule wants it, and as the map wants it that tells where it leads. */
function meeting(injection: Injection, placed: PlacedRule, pool: Pool, random: Random): readonly Injection[] {
  const wanted = satisfied(injection, placed, pool, random);
  const borders = placed.rule.parts.flatMap((part) =>
    part.kind === 'statement'
      ? (findStatement(part.key)?.borders?.(part.args, wanted, lookupsOf(placed.table))?.packets ?? [])
      : [],
  );
  return [wanted, ...borders];
}

function doorOf({ family, destination, transport }: Packet): Door {
  const address = { family, value: destination };
  return hasPorts(transport) ? { address, port: transport.dport } : { address };
}

/** Each once. */
export function distinctDoors(doors: readonly Door[]): readonly Door[] {
  return [...new Map(doors.map((door) => [doorText(door), door])).values()];
}

/** `192.168.1.10:2222`, or the address alone. */
export function doorText({ address, port }: Door): string {
  const text = formatAddress(address);
  if (port === undefined) return text;
  return address.family === 6 ? `[${text}]:${port}` : `${text}:${port}`;
}
