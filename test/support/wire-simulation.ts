// What the simulation sends for the packets of a fixture, and which connections there are then.
import { type Entry, isExpired, secondsLeft } from '../../src/core/conntrack/entry.ts';
import { type ConntrackTable, conntrackTable } from '../../src/core/conntrack/table.ts';
import { nothingRemembered } from '../../src/core/trace/memory.ts';
import { unchangedSets } from '../../src/core/trace/set-state.ts';
import type { Way } from '../../src/core/trace/step.ts';
import { type Ending, trace } from '../../src/core/trace/trace.ts';
import type { Caused, WireFixture } from './wire-fixture.ts';

/** One history, which meets these connections. */
export function simulate(
  fixture: Simulated,
  connections: ConntrackTable = conntrackTable(),
): readonly Caused[] {
  return traces(fixture, connections).map(({ traced, now }) => ({
    frames: framesOf(traced.ways[0]),
    connections: aliveAt(traced.connections, now),
  }));
}

/** The way of each packet of a history. */
export function simulateWays(fixture: Simulated): readonly Way[] {
  return traces(fixture, conntrackTable()).map(({ traced }) => traced.ways[0]);
}

type Simulated = Pick<WireFixture, 'policy' | 'host' | 'injections'>;

function traces({ policy, host, injections }: Simulated, connections: ConntrackTable) {
  let ending: Ending = { connections, sets: unchangedSets, memory: nothingRemembered };
  let now = 0;
  return injections.map((injection) => {
    now += injection.after ?? 0;
    const traced = trace({ ruleSet: policy.ruleSet, host, injection, now, fresh: true, ...ending });
    ending = { connections: traced.connections, sets: traced.sets, memory: traced.memory };
    return { traced, now };
  });
}

function aliveAt(connections: ConntrackTable, now: number): readonly Entry[] {
  return [...connections.entries()]
    .filter((entry) => !isExpired(entry, now))
    .map((entry) => ({ ...entry, timeout: secondsLeft(entry, now) ?? 0 }));
}

/** What the host answers leaves before what it passes on. */
function framesOf({ answers, out, port = out, packet, pieces = [packet] }: Way): Caused['frames'] {
  const own =
    port === undefined || out === 'lo' ? [] : pieces.map((piece) => ({ device: port, packet: piece }));
  return [...answers.flatMap((answer) => ('way' in answer ? framesOf(answer.way) : [])), ...own];
}
