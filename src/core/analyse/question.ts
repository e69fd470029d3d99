// Which packets meet the condition of a question or an assertion: chains of its own in the middle of the way watch for
// them, as src/core/policy-test/probe.ts has it for one packet.
import type { Bdd, Node } from '../bdd/bdd.ts';
import type { Claim } from '../ir/policy.ts';
import type { NamedSet, RuleSet } from '../ir/ruleset.ts';
import { makeProbe, probeTable } from '../policy-test/probe.ts';
import type { Host } from '../topology/host.ts';
import type { FateEnd } from './journey.ts';
import { mentionedNames } from './names.ts';
import { createSpace, type Space } from './space.ts';
import { type Walk, walk } from './walk.ts';
import type { Seen } from './walk-place.ts';

/** Packets are looked at by how they come to the host: by an interface, or from its own programs. */
export type Direction = 'in' | 'out';

export const directions: readonly Direction[] = ['in', 'out'];

/** Rules, and the host that they are on. */
export interface Subject {
  readonly ruleSet: RuleSet;
  readonly host: Host | undefined;
}

/** A condition, and the sets that it refers to. */
export interface Condition {
  readonly cases: Claim['cases'];
  readonly sets: readonly NamedSet[];
}

/** All packets of one direction that meet a condition, by how they end. */
export interface Met {
  readonly direction: Direction;
  readonly walk: Walk;
  /** With only those packets that meet it. Those that the host itself refuses are left out. */
  readonly ends: readonly FateEnd[];
  /** Those that the host itself refuses or holds back. */
  readonly refused: Node;
}

/** A space in which questions about the rules can be asked. */
export function spaceFor({ ruleSet, host }: Subject, condition: Condition, bdd?: Bdd): Space {
  const { alone } = makeProbe(ruleSet, condition, condition.sets);
  const interfaces = host?.interfaces.map(({ name }) => name) ?? [];
  return createSpace(mentionedNames([ruleSet, alone], interfaces), bdd);
}

/** Takes all packets of a direction through the rules, and keeps those that meet the condition. */
export function packetsMeeting(
  space: Space,
  subject: Subject,
  condition: Condition,
  direction: Direction,
): Met {
  const { bdd } = space;
  const probe = makeProbe(subject.ruleSet, condition, condition.sets);
  const main = watched(space, { ...subject, ruleSet: probe.ruleSet }, direction);
  const { seen, met } = main;
  const alone = watched(space, { ...subject, ruleSet: probe.alone }, direction);
  // What is dropped before it comes to a watching chain is judged by where it was going.
  const unseen = bdd.minus(alone.met, seen);
  const packets = bdd.or(met, unseen);
  const own = walk({ space, ...subject, direction, packets, withoutPorts: true });
  const ends = own.decided().flatMap((end) => {
    if (end.reason !== undefined) return [];
    const node = bdd.and(end.node, end.verdict === 'accept' ? met : bdd.or(met, unseen));
    return node === 0 ? [] : [{ ...end, node }];
  });
  return { direction, walk: own, ends, refused: bdd.or(main.refused, alone.refused) };
}

interface Watched {
  /** Packets that came to a watching chain. */
  readonly seen: Node;
  /** Those that met the condition there. */
  readonly met: Node;
  /** Those that the host itself refuses or holds back. */
  readonly refused: Node;
}

function watched(space: Space, { ruleSet, host }: Subject, direction: Direction): Watched {
  const { bdd } = space;
  let [seen, met]: [Node, Node] = [0, 0];
  const watch: Seen = ({ table }, reached, matched) => {
    if (table !== probeTable) return;
    seen = bdd.or(seen, reached);
    met = bdd.or(met, matched);
  };
  const { ends } = walk({ space, ruleSet, host, direction, seen: watch });
  const refused = ends.flatMap(({ reason, node }) => (reason === undefined ? [] : [node]));
  return { seen, met, refused: refused.reduce<Node>((any, one) => bdd.or(any, one), 0) };
}
