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
    if (injection && unsendable(injection) === undefined && isUsual(injection, host)) drawn.push(injection);
  }
  return drawn;
}

/**
 * A packet comes in by an interface that is there and up. A program sends from an address of its host, and not to none:
 * that goes to the host itself. Which other protocols a kernel knows is not known.
 */
function isUsual({ direction, iif, packet }: Injection, { interfaces }: Host): boolean {
  if (packet.transport.kind === 'opaque') return false;
  const outside = interfaces.filter(({ name }) => name !== 'lo');
  if (direction === 'in') return outside.some(({ name, up }) => name === iif && up);
  const own = outside.flatMap(({ addresses }) => addresses);
  return packet.destination !== 0n && own.some(({ address }) => address.value === packet.source);
}

/** What only a description can say of a packet, with the word for it. */
const describedOnly = [
  ['state', 'state'],
  ['mark', 'mark'],
  ['skuid', 'uid'],
  ['skgid', 'gid'],
  ['local', 'local'],
  ['oif', 'out'],
] as const satisfies readonly (readonly [keyof Injection, string])[];

/** Why a packet can't be sent as it is described; undefined where it can. */
export function unsendable(injection: Injection): string | undefined {
  const { packet, pkttype = 'host' } = injection;
  if (packet.frame) return 'it is no IP packet';
  const [said] = describedOnly.filter(([key]) => injection[key] !== undefined);
  if (said) return `\`${said[1]}\` is said of it, which no packet has on the wire`;
  return pkttype === 'host' ? undefined : `\`${pkttype}\` is said of it, and frames are sent to the host`;
}
