// Packets that tell rules apart: near the borders of what each of them matches, for any host that can really be sent to.
import type { RuleSet } from '../ir/ruleset.ts';
import type { Injection } from '../packet/packet.ts';
import type { Host } from '../topology/host.ts';
import { makeDraw } from './draw.ts';
import { makePool } from './pool.ts';
import { makeRandom } from './random.ts';

/** Draws so many packets, the same for the same seed; fewer where no rule can be met. */
export function borderPackets(
  ruleSet: RuleSet,
  host: Host,
  { count, seed }: { readonly count: number; readonly seed: number },
): readonly Injection[] {
  const pool = makePool(ruleSet, host, []);
  const anyPacket = { rule: { parts: [] }, table: { sets: [] } };
  const draw = makeDraw([...pool.rules, anyPacket], pool, makeRandom(seed));
  const drawn: Injection[] = [];
  for (let tries = 0; drawn.length < count && tries < 4 * count; tries++) {
    const injection = draw();
    if (injection && isSendable(injection) && isUsual(injection, host)) drawn.push(injection);
  }
  return drawn;
}

/**
 * A program sends from an address of its host, and not to none: that goes to the host itself. Which other protocols a
 * kernel knows is not known.
 */
function isUsual({ direction, packet }: Injection, { interfaces }: Host): boolean {
  if (packet.transport.kind === 'opaque') return false;
  const own = interfaces.filter(({ name }) => name !== 'lo').flatMap(({ addresses }) => addresses);
  if (direction === 'in') return true;
  return packet.destination !== 0n && own.some(({ address }) => address.value === packet.source);
}

/** An IP packet without what only a description can say of one. */
export function isSendable(injection: Injection): boolean {
  const { packet, state, mark, skuid, skgid, local, oif, pkttype = 'host' } = injection;
  if (packet.frame) return false;
  return [state, mark, skuid, skgid, local, oif].every((one) => one === undefined) && pkttype === 'host';
}
