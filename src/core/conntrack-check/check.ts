// Live connections against the policy: which rule admits each, which only survive, whether they are translated as ruled.
import type { Entry } from '../conntrack/entry.ts';
import type { Direction } from '../conntrack/tuple.ts';
import type { RuleSet } from '../ir/ruleset.ts';
import type { Injection } from '../packet/packet.ts';
import type { Host } from '../topology/host.ts';
import type { Deciding, Fate, StackReason, Way } from '../trace/step.ts';
import { type Trace, trace } from '../trace/trace.ts';
import { connectionPackets, isTranslated } from './connection.ts';
import { enteredBy, leftBy } from './ends.ts';
import { type Intern, internDeciding } from './intern.ts';
import { compareTranslations, type Translation } from './translation.ts';

/** `admitted`: its first packet would pass today. `stale`: it would not. `depends`: not decidable from what is known. */
export type Admission = 'admitted' | 'stale' | 'depends';

/** Whether packets of both directions of the connection, as it is in the table, pass today. */
export type Survival = 'passes' | 'cut' | 'depends';

/** What the policy says of one connection. A stale one that passes only survives because it is known. */
export interface CheckedConnection<Listed extends Entry = Entry> {
  readonly entry: Listed;
  readonly admission: Admission;
  readonly survival: Survival;
  /** Where its first packet ends today; if that depends on what is not known, of the first way, as is all that follows. */
  readonly fate: Exclude<Fate, 'depends'>;
  /** What decides about its first packet; one checker gives the same object for the same place. */
  readonly deciding?: Deciding;
  /** In place of `deciding`: why the stack, and no rule, drops it. */
  readonly reason?: StackReason;
  /** The interface that its first packet comes in by; `self` where this host sends it; absent where that is not known. */
  readonly from?: string;
  /** The interface that it leaves by; `self` where it is for this host; absent where it gets nowhere. */
  readonly to?: string;
  readonly translation: Translation;
}

/** Holds one connection after the other against the same policy. */
export type Checker = <Listed extends Entry>(entry: Listed) => CheckedConnection<Listed>;

/**
 * Traces three packets of each connection: its first one in an empty table, and one of each direction with the
 * connection in the table.
 */
export function checkerOf(ruleSet: RuleSet, host: Host | undefined): Checker {
  const intern = internDeciding();
  return (entry) => {
    const { fresh, original, reply } = connectionPackets({ ruleSet, host }, entry);
    const first = trace(fresh);
    return {
      entry,
      ...arrivalOf(fresh.injection, first, intern),
      survival: survivalOf(entry, { original: trace(original), reply: trace(reply) }),
      translation: compareTranslations(entry, first),
    };
  };
}

function outcomeOf({ ways: [way] }: Trace, intern: Intern) {
  const { fate, deciding, reason } = way;
  return { fate, ...(deciding && { deciding: intern(deciding) }), ...(reason && { reason }) };
}

/** How the first packet of a connection fares as a new one. */
export type Arrival = Pick<CheckedConnection, 'admission' | 'fate' | 'deciding' | 'reason' | 'from' | 'to'>;

/** The same for each connection whose first packet goes the same way. */
export function arrivalOf(injection: Injection, traced: Trace, intern: Intern): Arrival {
  return {
    admission: admissionOf(traced),
    ...outcomeOf(traced, intern),
    ...enteredBy(injection),
    ...leftBy(traced.ways[0]),
  };
}

/** Whether it passes on every way, on none, or on some. */
function admissionOf(traced: Trace): Admission {
  const passed = agreed(traced, () => true);
  return passed === undefined ? 'depends' : passed ? 'admitted' : 'stale';
}

/** One direction that is cut is enough. */
export function survivalOf(entry: Entry, traced: Readonly<Record<Direction, Trace>>): Survival {
  const passed = (['original', 'reply'] as const).map((direction) =>
    agreed(traced[direction], ({ packet }) => isTranslated(entry, direction, packet)),
  );
  if (passed.includes(false)) return 'cut';
  return passed.includes(undefined) ? 'depends' : 'passes';
}

/** Whether it passes, and as it should; undefined where some ways do and others do not, or not all were followed. */
function agreed({ ways, complete }: Trace, isRight: (way: Way) => boolean): boolean | undefined {
  const passed = ways.filter((way) => way.verdict === 'accept' && isRight(way)).length;
  if (complete && passed === ways.length) return true;
  return complete && passed === 0 ? false : undefined;
}
