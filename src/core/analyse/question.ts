// Which packets meet the condition of a question or an assertion: chains of its own in the middle of the way watch for
// them, as src/core/policy-test/probe.ts has it for one packet.
import type { Bdd, Node } from '../bdd/bdd.ts';
import type { Hook } from '../hook/hook.ts';
import type { Claim } from '../ir/policy.ts';
import type { NamedSet, RuleSet } from '../ir/ruleset.ts';
import { makeProbe, probeTable } from '../policy-test/probe.ts';
import type { Host } from '../topology/host.ts';
import { withChangingChains } from './changing-rules.ts';
import type { FateEnd } from './journey.ts';
import { type Budget, bddWithin } from './lint/budget.ts';
import { mentionedNames } from './names.ts';
import { createSpace, type Space } from './space.ts';
import { type Walk, walk } from './walk.ts';
import type { Seen } from './walk-place.ts';

/** Packets are looked at by how they come to the host: by an interface, or from its own programs. */
export type Direction = 'in' | 'out';

export const directions: readonly Direction[] = ['in', 'out'];

/** Completes `packets …`. */
export const directionWords = { in: 'that come in', out: 'that this host sends' } as const;

/** Rules, and the host that they are on. */
export interface Subject {
  readonly ruleSet: RuleSet;
  readonly host: Host | undefined;
  /** How long an analysis of them may take: throws `TimeOver` where that is over. */
  readonly budget?: Budget | undefined;
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
export function spaceFor(
  { ruleSet, host, budget }: Subject,
  condition: Condition,
  bdd: Bdd = bddWithin(budget),
): Space {
  const { alone } = makeProbe(ruleSet, condition, condition.sets);
  const interfaces = host?.interfaces.map(({ name }) => name) ?? [];
  return createSpace(mentionedNames([ruleSet, alone], interfaces), bdd);
}

/** What is asked, and of whom. */
export interface Asking {
  readonly space: Space;
  readonly subject: Subject;
  readonly condition: Condition;
  readonly direction: Direction;
  /** Those that are asked about; all if absent. */
  readonly packets?: Node;
  /** Is called for every rule that packets are taken through. */
  readonly step?: () => void;
}

/** Takes all packets of a direction through the rules, and keeps those that meet the condition. */
export function packetsMeeting(asking: Asking): Met {
  const { space, subject, direction } = asking;
  const found = watchedIn(asking);
  const own = walk({
    space,
    ...subject,
    direction,
    packets: space.bdd.or(found.met, found.unseen),
    withoutPorts: true,
  });
  const ends = endsMeeting(asking, found, own.decided());
  return { direction, walk: own, ends, refused: found.refused };
}

/** The same as far as it says how they end, and not by whose decision. */
export function endsOfMeeting(asking: Asking): Pick<Met, 'ends' | 'walk'> {
  const found = watchedIn(asking);
  return { walk: found.walk, ends: endsMeeting(asking, found, found.walk.ends) };
}

function endsMeeting(
  { space: { bdd } }: Asking,
  { met, unseen }: WatchedPackets,
  ends: readonly FateEnd[],
): readonly FateEnd[] {
  return ends.flatMap((end) => {
    if (end.reason !== undefined) return [];
    const node = bdd.and(end.node, end.verdict === 'accept' ? met : bdd.or(met, unseen));
    return node === 0 ? [] : [{ ...end, node }];
  });
}

/** Packets by whether they meet a condition on their way. */
interface WatchedPackets {
  readonly walk: Walk;
  readonly met: Node;
  /** What is dropped before it comes to a watching chain is judged by where it was going. */
  readonly unseen: Node;
  /** Those that the host itself refuses or holds back. */
  readonly refused: Node;
}

/** No packet comes from there to a watching chain; what programs send to this host does. */
const behindAll = { in: ['postrouting', 'egress'], out: [] } as const satisfies Record<
  Direction,
  readonly Hook[]
>;

function watchedIn(asking: Asking): WatchedPackets {
  const { space, subject, condition } = asking;
  const { bdd } = space;
  const probe = makeProbe(subject.ruleSet, condition, condition.sets);
  const alone = watched(asking, probe.alone);
  const changing = makeProbe(
    withChangingChains(subject.ruleSet, behindAll[asking.direction]),
    condition,
    condition.sets,
  );
  const changed = watched(asking, changing.ruleSet);
  // Who meets the condition where nothing is dropped is all that there is to look at.
  const may = bdd.and(bdd.exists(bdd.or(alone.met, changed.met), space.freeVariables()), asking.packets ?? 1);
  const main = watched(asking, probe.ruleSet, may);
  const refused = [alone, changed, main].reduce<Node>((any, one) => bdd.or(any, one.refused), 0);
  return { walk: main.walk, met: main.met, unseen: bdd.minus(alone.met, main.seen), refused };
}

interface Watched {
  readonly walk: Walk;
  /** Packets that came to a watching chain. */
  readonly seen: Node;
  /** Those that met the condition there. */
  readonly met: Node;
  /** Those that the host itself refuses or holds back. */
  readonly refused: Node;
}

function watched(
  { space, subject, direction, step, packets: asked = 1 }: Asking,
  ruleSet: RuleSet,
  packets: Node = asked,
): Watched {
  const { bdd } = space;
  let [seen, met]: [Node, Node] = [0, 0];
  const watch: Seen = ({ table }, reached, matched) => {
    step?.();
    if (table !== probeTable) return;
    seen = bdd.or(seen, reached);
    met = bdd.or(met, matched);
  };
  const taken = walk({
    space,
    ruleSet,
    host: subject.host,
    budget: subject.budget,
    direction,
    packets,
    seen: watch,
  });
  const refused = taken.ends.flatMap(({ reason, node }) => (reason === undefined ? [] : [node]));
  return { walk: taken, seen, met, refused: refused.reduce<Node>((any, one) => bdd.or(any, one), 0) };
}
