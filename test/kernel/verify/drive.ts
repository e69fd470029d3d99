// One case: a rule set is loaded into the kernel, a history of packets goes through it, and after each packet what the
// kernel did is compared with what the simulation says.
import { conntrackTable } from '../../../src/core/conntrack/table.ts';
import { encodePacket } from '../../../src/core/packet/encode.ts';
import { formatInjection } from '../../../src/core/packet/format.ts';
import type { Injection } from '../../../src/core/packet/packet.ts';
import type { Host } from '../../../src/core/topology/host.ts';
import { nothingRemembered } from '../../../src/core/trace/memory.ts';
import { unchangedSets } from '../../../src/core/trace/set-state.ts';
import type { Way } from '../../../src/core/trace/step.ts';
import { type Ending, type Trace, trace } from '../../../src/core/trace/trace.ts';
import {
  type Happened,
  kernelAccount,
  kernelTable,
  simulatedAccount,
  simulatedTable,
  tupleOfWay,
} from '../../../src/host/kernel/account.ts';
import { adoptEnding, hasDrawnParts } from '../../../src/host/kernel/drawn.ts';
import type { KernelHost, Observed } from '../../../src/host/kernel/kernel-host.ts';
import { LostMessages } from '../../../src/host/kernel/libc.ts';
import type { Case } from './case.ts';
import { type LoadedCase, loadCase } from './loading.ts';
import { injectionOf, type Past } from './moves.ts';

/** How the pairs of a case compared. */
export interface Outcome {
  /** Pairs of rule set and packet that were compared. */
  readonly pairs: number;
  /** Of these, those with one way only. */
  readonly definite: number;
  /** Of these, those where something was drawn by chance. */
  readonly drawn: number;
  /** The first packet that went another way. */
  readonly mismatch?: Mismatch;
  /** Why nothing can be said of the rest. */
  readonly inconclusive?: string;
}

/** Both sides, for people. */
export interface Mismatch {
  /** The packets up to it, as specs. */
  readonly history: readonly string[];
  readonly kernel: string;
  readonly simulation: string;
  /** The rules as they were loaded. */
  readonly loaded: string;
}

/** Plays a case. */
export function play(host: KernelHost, facts: Host, one: Case): Outcome {
  const begun = performance.now();
  const loaded = tryLoad(host, one);
  if ('refused' in loaded) return { pairs: 0, definite: 0, drawn: 0, mismatch: refusal(loaded.refused) };
  const found = playHistory(host, facts, one, loaded);
  // Connections run out while a machine that has no time for us stands still.
  const tooLong = performance.now() - begun > 5000;
  return tooLong && found.mismatch ? withoutMismatch(found, 'the machine stood still') : found;
}

/** A program that refuses the rules says so on its standard error. */
function tryLoad(host: KernelHost, one: Case): LoadedCase | { readonly refused: string } {
  try {
    return loadCase(host, one);
  } catch (error) {
    if (error instanceof Error && 'stderr' in error) return { refused: String(error.stderr) };
    throw error;
  }
}

function refusal(kernel: string): Mismatch {
  return { history: [], kernel, simulation: 'loads it', loaded: '' };
}

function withoutMismatch({ mismatch: _mismatch, ...rest }: Outcome, inconclusive: string): Outcome {
  return { ...rest, inconclusive };
}

function playHistory(host: KernelHost, facts: Host, one: Case, loaded: LoadedCase): Outcome {
  const past: Past[] = [];
  const history: string[] = [];
  const counts = { pairs: 0, definite: 0, drawn: 0 };
  let state: Ending = {
    connections: conntrackTable(),
    sets: unchangedSets,
    memory: nothingRemembered,
    changes: [],
  };
  for (const move of one.moves) {
    const injection = injectionOf(move, past);
    if (!injection) continue;
    history.push(formatInjection(injection));
    const traced = trace({ ruleSet: loaded.ruleSet, host: facts, injection, now: 0, fresh: true, ...state });
    const seen = sendOne(host, injection);
    if (!seen) return { ...counts, inconclusive: 'messages of the kernel were lost' };
    const { agreed, observed, accounts } = compareInTime(host, loaded, traced, seen);
    if (!agreed) {
      const mismatch = {
        history,
        kernel: accounts[0]?.kernel ?? '',
        simulation: accounts.map(({ simulation }) => simulation).join('\n  or\n'),
        loaded: loaded.text,
      };
      return traced.complete ? { ...counts, mismatch } : { ...counts, inconclusive: 'too many ways' };
    }
    counts.pairs++;
    if (traced.ways.length === 1) counts.definite++;
    if (hasDrawnParts(agreed.way)) counts.drawn++;
    state = agreed.ending;
    past.push({ injection, frame: observed.frames.at(-1) });
  }
  return { ...counts, ...afterwards(host, state, history, loaded) };
}

interface Account {
  readonly way: Way;
  readonly ending: Ending;
  readonly kernel: string;
  readonly simulation: string;
}

interface Compared {
  readonly observed: Observed;
  readonly accounts: readonly Account[];
  readonly agreed: Account | undefined;
}

/** A busy machine sends some frames a moment later: what is missing is waited for. */
function compareInTime(host: KernelHost, loaded: LoadedCase, traced: Trace, seen: Observed): Compared {
  let compared = compare(host, loaded, traced, seen);
  for (let turn = 0; turn < 4 && !compared.agreed; turn++) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    compared = compare(host, loaded, traced, together(compared.observed, host.late()));
  }
  return compared;
}

function together(first: Observed, late: Observed): Observed {
  return {
    events: [...first.events, ...late.events],
    legacy: [...first.legacy, ...late.legacy],
    frames: [...first.frames, ...late.frames],
    delivered: first.delivered + late.delivered,
  };
}

function compare(host: KernelHost, loaded: LoadedCase, traced: Trace, observed: Observed): Compared {
  const accounts = traced.ways.map((way, at): Account => {
    const ending = traced.endings[at] ?? traced;
    const about = tupleOfWay(way);
    const connection = about && host.connections.find(about.original, about.zone);
    const happened: Happened = { observed, connection };
    return {
      way,
      ending: adoptEnding(way, ending, connection),
      kernel: kernelAccount(happened, loaded),
      simulation: simulatedAccount(way, ending, happened, loaded.tracer),
    };
  });
  return { observed, accounts, agreed: accounts.find(({ kernel, simulation }) => kernel === simulation) };
}

function sendOne(host: KernelHost, injection: Injection): Observed | undefined {
  const device = injection.direction === 'in' ? injection.iif : undefined;
  try {
    return host.send({ device, packet: encodePacket(injection.packet) });
  } catch (error) {
    if (error instanceof LostMessages) return undefined;
    throw error;
  }
}

/** Nothing comes late, and both know the same connections. */
function afterwards(
  host: KernelHost,
  state: Ending,
  history: readonly string[],
  loaded: LoadedCase,
): Pick<Outcome, 'mismatch'> {
  const late = host.late();
  const kernel = [
    ...kernelTable(host.connections.all()),
    ...late.frames.map(({ device }) => `late by ${device}`),
    ...late.events.map(({ chain }) => `late in ${chain}`),
  ].join('\n');
  const simulation = simulatedTable(state.connections, 0).join('\n');
  return kernel === simulation ? {} : { mismatch: { history, kernel, simulation, loaded: loaded.text } };
}
