// Addresses and ports by which rules lead somewhere else: what others may ask for that no host of the network is called.
import { type Address, formatAddress } from '../datatype/address.ts';
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
 * For each rule that changes the destination, what a probe would have to ask for to meet it: at addresses of its host where
 * it says no other, and at each value of its map.
 */
export function publishedBy(place: NetworkHost, probe: Probe, own: readonly Address[]): readonly Door[] {
  const pool = makePool(place.ruleSet, place.host, []);
  const leading = pool.rules.filter(({ rule }) => rule.parts.some(leadsElsewhere));
  if (leading.length === 0) return [];
  const random = makeRandom(1);
  const found = own.flatMap((address) =>
    leading.flatMap((one) => meeting(injectionTo(probe, address), one, pool, random)),
  );
  return distinctDoors(found.map(({ packet }) => doorOf(packet)));
}

function leadsElsewhere(part: PlacedRule['rule']['parts'][number]): boolean {
  if (part.kind !== 'statement') return false;
  const kind = findStatement(part.key)?.outcome?.(part.args)?.kind;
  return kind === 'destination' || kind === 'here';
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
