// Tracing a packet: every way it can go by what is known, and the one answer they add up to.
import { type ConntrackTable, conntrackTable } from '../conntrack/table.ts';
import { formatPacket } from '../packet/format.ts';
import type { MemoryState } from './memory.ts';
import { everyWay } from './oracle.ts';
import { send } from './output.ts';
import { receive } from './receive.ts';
import { type Run, startRun, type TraceRequest } from './run.ts';
import type { SetState } from './set-state.ts';
import type { Fate, Supposition, TraceVerdict, Way } from './step.ts';
import { keepChanges, wayOf } from './way.ts';

/** The answer: one way where everything that matters is known, else `depends` and all the ways. */
export interface Trace extends Ending {
  readonly verdict: TraceVerdict;
  readonly fate: Fate;
  /** At least one; with a definite verdict and fate they all agree in it. */
  readonly ways: readonly [Way, ...Way[]];
  /** False where there were too many combinations of unknown facts to follow. */
  readonly complete: boolean;
  /** What each way leaves behind for the next packet, in the order of the ways. */
  readonly endings: readonly [Ending, ...Ending[]];
}

/** What the next packet meets; that of a trace is what its first way leaves behind. */
export interface Ending {
  readonly connections: ConntrackTable;
  readonly sets: SetState;
  readonly memory: MemoryState;
  /** What the packet changed in sets and memories: ways of one packet that changed the same left the same. */
  readonly changes?: readonly unknown[];
}

/** Follows one packet through the rule set. Pure: the same request gives the same trace. */
export function trace(request: TraceRequest): Trace {
  const before = request.connections ?? conntrackTable();
  const { ways, complete } = everyWay((ask, suppositions) =>
    runOnce(startRun(request, ask, before, send), suppositions),
  );
  return agreedAnswer(
    ways.map(({ way }) => way),
    ways.map(({ ending }) => ending),
    complete,
  );
}

/** What ways that a packet may go add up to; there is at least one, and an ending for each. */
export function agreedAnswer(ways: readonly Way[], endings: readonly Ending[], complete: boolean): Trace {
  const [first, ...others] = ways;
  const [ending, ...endingsBehind] = endings;
  if (!first || !ending) throw new Error('a packet goes at least one way');
  const agreed = complete && others.every((way) => outcomeKey(way) === outcomeKey(first));
  return {
    verdict: agreed ? first.verdict : 'depends',
    fate: agreed ? first.fate : 'depends',
    ways: [first, ...others],
    complete,
    ...ending,
    endings: [ending, ...endingsBehind],
  };
}

/** Ways with equal keys are one answer. */
export function outcomeKey(way: Way): string {
  return `${way.verdict} ${way.fate} ${way.out} ${way.reason} ${formatPacket(way.packet)}`;
}

interface Finished {
  readonly way: Way;
  readonly ending: Ending;
}

function runOnce(run: Run, suppositions: () => readonly Supposition[]): Finished {
  const end = run.request.injection.direction === 'in' ? receive(run) : send(run);
  const { sets, memory, changes } = run;
  const ending = { connections: keepChanges(run), sets, memory, changes };
  return { way: wayOf(run, end, suppositions()), ending };
}
