// `hookline diff`: every packet whose fate two rule sets do not agree about, in classes with both deciding rules.
import type { Node } from '../bdd/bdd.ts';
import type { Field } from '../field/define.ts';
import {
  destinationAddress,
  laterFragment,
  moreFragments,
  sourceAddress,
  transportNext,
  transportStart,
} from '../field/parts.ts';
import { fieldIs } from '../field/symbolic.ts';
import { formatInjection, formatPacket } from '../packet/format.ts';
import type { Injection } from '../packet/packet.ts';
import type { Deciding, Way } from '../trace/step.ts';
import { trace } from '../trace/trace.ts';
import { type PacketClass, packetClasses } from './class-table.ts';
import { endsLike } from './example.ts';
import { packetIn } from './example-packet.ts';
import type { FateEnd } from './journey.ts';
import type { KnownValues } from './known-values.ts';
import { mentionedNames } from './names.ts';
import { type Direction, directions, type Subject } from './question.ts';
import { createSpace, type Space } from './space.ts';
import { asUsual, decidingOf } from './usual.ts';
import { walk } from './walk.ts';

/** What a change means for packets. */
export const changes = {
  'newly accepted': 'were stopped, and pass now',
  'newly dropped': 'passed, and are dropped now',
  'newly rejected': 'passed, and are rejected now',
  'differently stopped': 'are stopped in another way',
  'differently routed': 'go somewhere else',
  'differently translated': 'leave with other addresses or ports',
  'not known': 'what becomes of them is not worked out',
} as const;

export type Change = keyof typeof changes;

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
}

/** Compares what becomes of all packets. */
export function difference(
  before: Subject,
  after: Subject,
  known: KnownValues,
  space = spaceOfBoth(before, after),
): Difference {
  const packets = wholePackets(space);
  const sides = directions.map((direction) => ({
    direction,
    walks: [before, after].map((subject) => walk({ space, ...subject, direction, packets })),
  }));
  const classes = sides.flatMap(({ direction, walks }) => {
    const [old, now] = walks.map((one) => one.ends);
    return compare({ space, before, after, direction, known }, old ?? [], now ?? []);
  });
  const assumptions = sides.flatMap(({ walks }) => walks.flatMap((one) => one.assumptions));
  return { classes, assumptions: [...new Set(assumptions)] };
}

/** Fragments wait for the others wherever connections are tracked, so that they say nothing of rules. */
function wholePackets(space: Space): Node {
  const { bdd } = space;
  const symbols = space.at({ hook: 'forward' });
  const fragments = [laterFragment, moreFragments].map((field) => fieldIs(symbols, field, 1n));
  return bdd.not(fragments.reduce((any, one) => bdd.or(any, one), 0));
}

function spaceOfBoth(before: Subject, after: Subject): Space {
  const interfaces = [before, after].flatMap(({ host }) => host?.interfaces.map(({ name }) => name) ?? []);
  return createSpace(mentionedNames([before.ruleSet, after.ruleSet], interfaces));
}

interface Comparing {
  readonly space: Space;
  readonly before: Subject;
  readonly after: Subject;
  readonly direction: Direction;
  readonly known: KnownValues;
}

interface Outcome {
  readonly ends: readonly FateEnd[];
  readonly first: FateEnd;
  readonly node: Node;
}

/** Ends with the same outcome, whatever decided. */
function outcomes({ bdd }: Space, ends: readonly FateEnd[]): ReadonlyMap<string, Outcome> {
  const found = new Map<string, Outcome>();
  for (const end of ends) {
    const key = `${end.verdict} ${end.fate} ${end.reason} ${end.out} ${end.why}`;
    const known = found.get(key);
    if (known) found.set(key, { ...known, ends: [...known.ends, end], node: bdd.or(known.node, end.node) });
    else found.set(key, { ends: [end], first: end, node: end.node });
  }
  return found;
}

function compare(
  comparing: Comparing,
  before: readonly FateEnd[],
  after: readonly FateEnd[],
): readonly ChangedClass[] {
  const { space } = comparing;
  const [old, now] = [outcomes(space, before), outcomes(space, after)];
  const refused = space.bdd.and(refusedIn(space, before), refusedIn(space, after));
  const found = [...old].flatMap(([key, one]) =>
    [...now].flatMap(([other, two]): readonly Found[] => {
      const both = space.bdd.and(space.bdd.and(one.node, two.node), space.valid());
      if (both === 0) return [];
      const isSame = key === other && one.first.verdict !== 'depends';
      if (isSame && one.first.verdict !== 'accept') return [];
      const node = isSame ? translatedOtherwise(space, one, two) : both;
      const change = isSame ? 'differently translated' : changeOf(one.first, two.first);
      return node === 0 ? [] : [{ one, two, node, change, refused }];
    }),
  );
  // Who decides is asked about these packets alone.
  const packets = found.reduce<Node>((any, { node }) => space.bdd.or(any, node), 0);
  const decided = (subject: Subject): readonly FateEnd[] =>
    packets === 0 ? [] : walk({ ...comparing, ...subject, packets }).decided();
  const sides = { before: decided(comparing.before), after: decided(comparing.after) };
  return found.flatMap((each) => classesOf(comparing, each, sides));
}

function refusedIn({ bdd }: Space, ends: readonly FateEnd[]): Node {
  return ends.reduce<Node>((any, { reason, node }) => (reason === undefined ? any : bdd.or(any, node)), 0);
}

function changeOf(one: FateEnd, two: FateEnd): Change {
  if (one.verdict === 'depends' || two.verdict === 'depends') return 'not known';
  if (one.verdict === 'accept' && two.verdict === 'accept') return 'differently routed';
  if (two.verdict === 'accept') return 'newly accepted';
  if (one.verdict !== 'accept') return 'differently stopped';
  return two.verdict === 'reject' ? 'newly rejected' : 'newly dropped';
}

const written: readonly Field[] = [sourceAddress, destinationAddress, transportStart, transportNext];

/** Packets that both let pass, with other values in what they leave with. */
function translatedOtherwise(space: Space, one: Outcome, two: Outcome): Node {
  const { bdd } = space;
  let node: Node = 0;
  for (const old of one.ends)
    for (const now of two.ends) {
      const both = bdd.and(bdd.and(old.node, now.node), space.valid());
      if (both !== 0 && old.values !== now.values)
        node = bdd.or(node, bdd.and(both, differing(space, old, now)));
    }
  return node;
}

function differing(space: Space, one: FateEnd, two: FateEnd): Node {
  const { bdd } = space;
  return written.reduce<Node>((any, field) => {
    const [old, now] = [one, two].map(({ values }) =>
      space.at({ hook: 'forward', changed: values }).read(field),
    );
    if (old?.kind !== 'number' || now?.kind !== 'number') return any;
    return old.bits.reduce((all, bit, at) => bdd.or(all, bdd.xor(bit, now.bits[at] ?? 0)), any);
  }, 0);
}

interface Found {
  readonly one: Outcome;
  readonly two: Outcome;
  readonly node: Node;
  readonly change: Change;
  readonly refused: Node;
}

/** Packets by who decides about them. */
interface Decided {
  readonly before: readonly FateEnd[];
  readonly after: readonly FateEnd[];
}

function classesOf(
  comparing: Comparing,
  { one, two, node, change, refused }: Found,
  decided: Decided,
): readonly ChangedClass[] {
  const { space, known, direction } = comparing;
  const { bdd } = space;
  const sideOf = (
    ends: readonly FateEnd[],
    { verdict, fate, reason, out, why }: FateEnd,
    own: Node,
  ): Side => ({
    end: {
      verdict,
      fate,
      ...(reason && { reason }),
      ...(out !== undefined && { out }),
      ...(why !== undefined && { why }),
    },
    deciding: decidingOf(ends.filter((end) => bdd.intersects(end.node, own))),
  });
  return packetClasses(space, asUsual(space, node, refused), known).map((packets) => {
    const own = bdd.and(node, packets.node);
    const example = change === 'not known' ? undefined : exampleOf(comparing, own, { one, two, change });
    return {
      change,
      direction,
      packets,
      free: space.freeIn(packets.node),
      before: sideOf(decided.before, one.first, own),
      after: sideOf(decided.after, two.first, own),
      ...(example && { example }),
    };
  });
}

/** One whose traces differ in the same way. Throws if they do not though nothing is free. */
function exampleOf(
  { space, before, after, direction }: Comparing,
  node: Node,
  { one, two, change }: Pick<Found, 'one' | 'two' | 'change'>,
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
