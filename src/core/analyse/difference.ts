// `hookline diff`: every packet whose fate two rule sets do not agree about, in classes with both deciding rules.
import type { Node } from '../bdd/bdd.ts';
import { laterFragment, moreFragments } from '../field/parts.ts';
import { fieldIs } from '../field/symbolic.ts';
import { formatInjection, formatPacket } from '../packet/format.ts';
import type { Injection } from '../packet/packet.ts';
import type { Deciding, Way } from '../trace/step.ts';
import { trace } from '../trace/trace.ts';
import { type PacketClass, packetClasses } from './class-table.ts';
import { type Compared, comparedIn } from './compare/affected.ts';
import { type Change, type Changed, type Comparing, changedPackets, requestsOf } from './compare/changes.ts';
import { endsLike } from './example.ts';
import { packetIn } from './example-packet.ts';
import type { FateEnd } from './journey.ts';
import type { KnownValues } from './known-values.ts';
import { bddWithin, inTime } from './lint/budget.ts';
import { mentionedNames } from './names.ts';
import { inScope } from './ordinary.ts';
import { type Direction, directions, directionWords, type Subject } from './question.ts';
import { createSpace, type Space } from './space.ts';
import { asUsual, decidingOf } from './usual.ts';
import { walk } from './walk.ts';

/** Packets that two rule sets treat differently. */
export interface ChangedClass {
  readonly change: Change;
  readonly direction: Direction;
  readonly packets: PacketClass;
  /** Conditions that nobody can tell and that it depends on. */
  readonly free: readonly string[];
  readonly before: Side;
  readonly after: Side;
  /** Absent where no such packet can be written down for sure. */
  readonly example?: Injection;
}

/** What becomes of them. */
export interface Side {
  readonly end: Pick<FateEnd, 'verdict' | 'fate' | 'reason' | 'out' | 'why'>;
  readonly deciding: readonly Deciding[];
}

/** All that two rule sets do not agree about. */
export interface Difference {
  readonly classes: readonly ChangedClass[];
  readonly assumptions: readonly string[];
  /** Packets that were not compared to the end, as there was no time. */
  readonly missed: readonly string[];
  /** Some packets were left out that are not between ordinary addresses. */
  readonly isPart: boolean;
}

/** Compares what becomes of all packets. */
export function difference(
  before: Subject,
  after: Subject,
  known: KnownValues,
  space = spaceOfBoth(before, after),
  compared = inTime(() => comparedIn(space, before, after)),
): Difference {
  const found = directions.map((direction) => {
    const asked = { space, before, after, direction, nameAfter: compared?.nameAfter };
    return differenceIn(asked, known, compared);
  });
  return {
    classes: found.flatMap(({ classes }) => classes),
    assumptions: [...new Set(found.flatMap(({ assumptions }) => assumptions))],
    missed: found.flatMap(({ missed }) => missed),
    isPart: found.some((one) => one.isPart),
  };
}

/** The packets of one direction. */
function differenceIn(comparing: Comparing, known: KnownValues, compared: Compared | undefined): Difference {
  const { space, direction } = comparing;
  const affected = inTime(() => compared?.affected(direction));
  const asked = affected && space.bdd.minus(affected.packets, fragmentsIn(space));
  const assumptions = affected?.assumptions ?? [];
  if (asked === 0) return { classes: [], assumptions, missed: [], isPart: false };
  const changes = asked && inTime(() => changedPackets(comparing, asked));
  if (!changes)
    return { classes: [], assumptions, missed: [`packets ${directionWords[direction]}`], isPart: false };
  return {
    ...classesOf(comparing, changes.changed, known),
    assumptions: [...assumptions, ...changes.assumptions],
  };
}

/** Fragments wait for the others wherever connections are tracked, so that they say nothing of rules. */
function fragmentsIn(space: Space): Node {
  const symbols = space.at({ hook: 'forward' });
  const kinds = [laterFragment, moreFragments].map((field) => fieldIs(symbols, field, 1n));
  return kinds.reduce<Node>((any, one) => space.bdd.or(any, one), 0);
}

function spaceOfBoth(before: Subject, after: Subject): Space {
  const interfaces = [before, after].flatMap(({ host }) => host?.interfaces.map(({ name }) => name) ?? []);
  return createSpace(
    mentionedNames([before.ruleSet, after.ruleSet], interfaces),
    bddWithin(before.budget ?? after.budget),
  );
}

/** Who decides is asked about these packets alone. */
function classesOf(
  comparing: Comparing,
  changed: readonly Changed[],
  known: KnownValues,
): Pick<Difference, 'classes' | 'missed' | 'isPart'> {
  const { space, direction } = comparing;
  const packets = changed.reduce<Node>((any, { node }) => space.bdd.or(any, node), 0);
  const decided = inTime(() =>
    packets === 0 ? [] : requestsOf(comparing).map((side) => walk({ ...side, packets }).decided()),
  );
  const [before = [], after = []] = decided ?? [];
  const missed: string[] = [];
  let isPart = false;
  const classes = changed.flatMap((each) => {
    const found = decided && inTime(() => classesAlike(comparing, each, { before, after, known }));
    if (!found) missed.push(`packets ${directionWords[direction]}: some are ${each.change}`);
    isPart ||= found?.isPart ?? false;
    return found?.classes ?? [];
  });
  return { classes, missed, isPart };
}

interface Telling {
  readonly known: KnownValues;
  /** Packets by who decides about them. */
  readonly before: readonly FateEnd[];
  readonly after: readonly FateEnd[];
}

function classesAlike(
  comparing: Comparing,
  changed: Changed,
  { before, after, known }: Telling,
): Pick<Difference, 'classes' | 'isPart'> {
  const { space, direction } = comparing;
  const { node, change } = changed;
  // That these are whole packets is said once for all of them.
  const refused = space.bdd.or(changed.refused, fragmentsIn(space));
  const told = inScope({ space, host: comparing.before.host, direction, known }, node);
  const usual = asUsual(space, told.node, refused);
  const classes = packetClasses(space, usual, told.known, told.possible).map((packets) => {
    const own = space.bdd.and(told.node, packets.node);
    const example = change === 'not known' ? undefined : exampleOf(comparing, own, changed);
    return {
      change,
      direction,
      packets,
      free: space.freeIn(packets.node),
      before: sideOf(space, before, changed.before.first, own),
      after: sideOf(space, after, changed.after.first, own),
      ...(example && { example }),
    };
  });
  return { classes, isPart: told.isPart };
}

function sideOf(
  { bdd }: Space,
  ends: readonly FateEnd[],
  { verdict, fate, reason, out, why }: FateEnd,
  packets: Node,
): Side {
  return {
    end: {
      verdict,
      fate,
      ...(reason && { reason }),
      ...(out !== undefined && { out }),
      ...(why !== undefined && { why }),
    },
    deciding: decidingOf(ends.filter((end) => bdd.intersects(end.node, packets))),
  };
}

/** One whose traces differ in the same way. Throws if they do not though nothing is free. */
function exampleOf(
  { space, before, after, direction }: Comparing,
  node: Node,
  { before: one, after: two, change }: Changed,
): Injection | undefined {
  const sent = packetIn(space, node, { direction, host: before.host });
  if (!sent) return undefined;
  const ways = (subject: Subject) => trace({ ...subject, injection: sent }).ways;
  const pairs = ways(before).flatMap((old) => ways(after).map((now) => [old, now] as const));
  const isShown = ([old, now]: readonly [Way, Way]) =>
    endsLike(old, one.first) &&
    endsLike(now, two.first) &&
    (change !== 'differently translated' || leavesOtherwise(old, now));
  if (pairs.some(isShown)) return sent;
  if (space.freeIn(node).length > 0 || pairs.length > 1) return undefined;
  throw new Error(`the traces of \`${formatInjection(sent)}\` do not differ as those of all packets like it`);
}

function leavesOtherwise(old: Way, now: Way): boolean {
  return (
    formatPacket(old.packet) !== formatPacket(now.packet) ||
    JSON.stringify(old.unknownParts) !== JSON.stringify(now.unknownParts)
  );
}
