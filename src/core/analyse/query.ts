// `hookline query`: all packets that meet a condition and have some fate, in classes with an example each.
import type { Node } from '../bdd/bdd.ts';
import type { Question } from '../ir/policy.ts';
import type { Deciding } from '../trace/step.ts';
import { type PacketClass, packetClasses } from './class-table.ts';
import { type Example, type ExampleRequest, endsLike, exampleOf } from './example.ts';
import type { FateEnd } from './journey.ts';
import type { KnownValues } from './known-values.ts';
import { inTime } from './lint/budget.ts';
import { inScope } from './ordinary.ts';
import {
  type Direction,
  directions,
  directionWords,
  packetsMeeting,
  type Subject,
  spaceFor,
} from './question.ts';
import { asUsual, decidingOf } from './usual.ts';

/** All packets that a question is about. */
export interface Answer {
  readonly classes: readonly AnsweredClass[];
  /** What is taken for granted of them. */
  readonly assumptions: readonly string[];
  /** Packets that were not looked at to the end, as there was no time. */
  readonly missed: readonly string[];
  /** Some packets were left out that are not between ordinary addresses. */
  readonly isPart: boolean;
}

/** Packets that end alike. */
export interface AnsweredClass {
  readonly direction: Direction;
  readonly verdict: FateEnd['verdict'];
  readonly fate: FateEnd['fate'];
  /** Why that is not known of packets that `depends`. */
  readonly why?: string;
  readonly packets: PacketClass;
  /** Conditions that nobody can tell and that it depends on; they are among the cells of the class. */
  readonly free: readonly string[];
  /** What decides about some of them. */
  readonly deciding: readonly Deciding[];
  /** None where no packet of them can be written down. */
  readonly example?: Example;
}

/** Whether packets that ended so are asked for; what is not known may be. */
export function isAsked({ fate }: Question, end: Pick<FateEnd, 'verdict' | 'fate'>): boolean {
  if (end.verdict === 'depends') return true;
  switch (fate) {
    case 'any':
      return true;
    case 'accepted':
      return end.verdict === 'accept';
    case 'dropped':
      return end.verdict === 'drop';
    case 'rejected':
      return end.verdict === 'reject';
    case 'forwarded':
    case 'sent':
      return end.fate === fate;
    case 'local':
      return end.fate === 'delivered-local';
  }
}

/** Answers a question about rules for all packets. */
export function query(
  subject: Subject,
  question: Question,
  known: KnownValues,
  space = spaceFor(subject, question),
): Answer {
  const [classes, assumptions, missed]: [AnsweredClass[], Set<string>, string[]] = [[], new Set(), []];
  let isPart = false;
  for (const direction of directions) {
    const met = inTime(() => packetsMeeting({ space, subject, condition: question, direction }));
    if (!met) missed.push(`packets ${directionWords[direction]}`);
    for (const one of met?.walk.assumptions ?? []) assumptions.add(one);
    const asked = met?.ends.filter((end) => isAsked(question, end)) ?? [];
    for (const group of alike(asked)) {
      const asking = { ...subject, space, direction, known, refused: met?.refused ?? 0 };
      const found = inTime(() => classesOfGroup(asking, group));
      classes.push(...(found?.classes ?? []));
      isPart ||= found?.isPart ?? false;
      if (!found) missed.push(`packets ${directionWords[direction]} and are ${group[0]?.fate}`);
    }
  }
  return { classes, assumptions: [...assumptions], missed, isPart };
}

/** Ends in groups of those that are alike. */
function alike(ends: readonly FateEnd[]): readonly (readonly FateEnd[])[] {
  const groups = new Map<string, FateEnd[]>();
  for (const end of ends) {
    const key = `${end.verdict} ${end.fate} ${end.why}`;
    groups.set(key, [...(groups.get(key) ?? []), end]);
  }
  return [...groups.values()];
}

interface Asking extends ExampleRequest {
  readonly known: KnownValues;
  readonly refused: Node;
}

function classesOfGroup(asking: Asking, ends: readonly FateEnd[]): Pick<Answer, 'classes' | 'isPart'> {
  const { space, direction, refused } = asking;
  const [first] = ends;
  if (!first) return { classes: [], isPart: false };
  const { verdict, fate, why } = first;
  const all = ends.map((end) => end.node).reduce<Node>((any, one) => space.bdd.or(any, one), 0);
  const { node, possible, known, isPart } = inScope(asking, all);
  const classes = packetClasses(space, asUsual(space, node, refused), known, possible).map((packets) => {
    const own = space.bdd.and(node, packets.node);
    const example = verdict === 'depends' ? undefined : exampleOf(asking, own, (way) => endsLike(way, first));
    return {
      direction,
      verdict,
      fate,
      ...(why !== undefined && { why }),
      packets,
      free: space.freeIn(packets.node),
      deciding: decidingOf(ends.filter((end) => space.bdd.intersects(end.node, own))),
      ...(example && { example }),
    };
  });
  return { classes, isPart };
}
