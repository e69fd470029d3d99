// A history: packets one after the other, along every way that each of them may go. What one way leaves behind is what
// the next packet meets on it.
import { type ConntrackTable, conntrackTable } from '../conntrack/table.ts';
import { isUnknown } from '../field/view.ts';
import type { Injection } from '../packet/packet.ts';
import { nothingRemembered } from './memory.ts';
import type { TraceRequest } from './run.ts';
import { unchangedSets } from './set-state.ts';
import type { Supposition, Way } from './step.ts';
import { agreedAnswer, type Ending, type Trace, trace } from './trace.ts';

/** One of the ways that the packets so far may have gone. */
export interface Branch {
  readonly ending: Ending;
  /** How the last packet went. */
  readonly last?: Way;
  /** What the packets before are supposed to have met. */
  readonly suppositions: readonly Supposition[];
}

/** Where a history stands. */
export interface History {
  readonly branches: readonly [Branch, ...Branch[]];
  /** Packets so far. */
  readonly count: number;
  /** Seconds since it began. */
  readonly now: number;
  /** False once there were more ways than are followed. */
  readonly complete: boolean;
}

/** What each of the packets of a history is asked with. */
export type HistoryRequest = Omit<TraceRequest, keyof Ending | 'injection' | 'now'>;

/** Where there are more ways than these, only the first few are followed on. */
const mostBranches = 16;
const fewBranches = 4;

/** Before the first packet; connections may exist already. */
export function beginHistory(connections: ConntrackTable = conntrackTable()): History {
  const ending = { connections, sets: unchangedSets, memory: nothingRemembered, changes: [] };
  return { branches: [{ ending, suppositions: [] }], count: 0, now: 0, complete: true };
}

/** The time that has passed when a packet comes so many seconds after the one before. */
export function later({ now }: Pick<History, 'now'>, { after = 0 }: Pick<Injection, 'after'>): number {
  return now + after;
}

/** The request of a packet that meets what one way left behind. The clock stands at the beginning of the history. */
export function requestAt(
  { clock, ...given }: HistoryRequest,
  { ending }: Pick<Branch, 'ending'>,
  injection: Injection,
  now: number,
): TraceRequest {
  return {
    ...given,
    ...ending,
    injection,
    now,
    ...(clock && { clock: { ...clock, seconds: clock.seconds + Math.floor(now) } }),
  };
}

/** The next packet of a history, all its ways in one answer, and where the history stands behind it. */
export function nextInHistory(
  given: HistoryRequest,
  history: History,
  injection: Injection,
): { readonly traced: Trace; readonly history: History } {
  const now = later(history, injection);
  const runs = history.branches.map((branch) => runOn(given, branch, injection, now));
  const count = history.count + 1;
  const branches = runs.flatMap(({ branch, traced }) => branchesBehind(branch, traced, count));
  const [first, ...others] = branches;
  if (!first) throw new Error('a packet goes at least one way');
  const fits = branches.length <= mostBranches;
  const complete = runs.every(({ traced }) => traced.complete);
  return {
    traced: together(runs, complete, history.complete ? [] : [onlySome]),
    history: {
      branches: [first, ...others.slice(0, (fits ? mostBranches : fewBranches) - 1)],
      count,
      now,
      complete: history.complete && complete && fits,
    },
  };
}

const onlySome = 'the packets before went one of the few ways that are followed';

interface BranchRun {
  readonly branch: Branch;
  readonly traced: Trace;
}

function runOn(given: HistoryRequest, branch: Branch, injection: Injection, now: number): BranchRun {
  return { branch, traced: trace(requestAt(given, branch, injection, now)) };
}

/** The ways on all branches, each with what is supposed of the packets before. */
function together(runs: readonly BranchRun[], complete: boolean, assumed: readonly string[]): Trace {
  const ways = runs.flatMap(({ branch, traced }) =>
    traced.ways.map((way) => ({
      ...way,
      suppositions: [...branch.suppositions, ...way.suppositions],
      assumptions: [...way.assumptions, ...assumed],
    })),
  );
  return agreedAnswer(
    ways,
    runs.flatMap(({ traced }) => traced.endings),
    complete,
  );
}

/**
 * What the ways leave behind. Those that leave the same are one, but for what `apart` tells apart; it supposes only what
 * all of them do.
 */
export function branchesBehind(
  before: Branch,
  traced: Trace,
  packet: number,
  apart: (way: Way) => string = () => '',
): readonly Branch[] {
  const found = new Map<string, Branch>();
  for (const [at, ending] of traced.endings.entries()) {
    const last = traced.ways[at];
    if (!last) continue;
    const key = traced.endings.length === 1 ? '' : `${leftBehind(ending, last)} ${apart(last)}`;
    const own = last.suppositions.map(({ question, answer }) => ({
      question: `of packet ${packet}: ${question}`,
      answer,
    }));
    const suppositions = inCommon(found.get(key)?.suppositions, [...before.suppositions, ...own]);
    found.set(key, { ending, last, suppositions });
  }
  return [...found.values()];
}

function inCommon(
  some: readonly Supposition[] | undefined,
  others: readonly Supposition[],
): readonly Supposition[] {
  if (!some) return others;
  return others.filter((other) =>
    some.some(({ question, answer }) => question === other.question && answer === other.answer),
  );
}

/** A packet changes no connection but its own, so that, what is expected and the size of the table tell all. */
function leftBehind({ connections, changes }: Ending, way: Way): string {
  const entry = way.conntrack?.entry;
  const own = entry && !isUnknown(entry) ? connections.lookup(entry.original, entry.zone)?.entry : undefined;
  return textOf([connections.size, own, connections.expectations, changes]);
}

function textOf(value: unknown): string {
  return JSON.stringify(value, plain) ?? '';
}

function plain(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`;
  return value instanceof Map ? [...value] : value;
}
