// Playing packets one after the other: each goes through the kernel and through the simulation, and both accounts of it
// are compared. What it leaves behind is what the next one meets.
import { conntrackTable } from '../../core/conntrack/table.ts';
import { encodePacket } from '../../core/packet/encode.ts';
import type { Injection } from '../../core/packet/packet.ts';
import type { Host } from '../../core/topology/host.ts';
import { nothingRemembered } from '../../core/trace/memory.ts';
import { unchangedSets } from '../../core/trace/set-state.ts';
import type { Way } from '../../core/trace/step.ts';
import { type Ending, type Trace, trace } from '../../core/trace/trace.ts';
import {
  type Happened,
  kernelAccount,
  kernelTable,
  type Loaded,
  simulatedAccount,
  simulatedTable,
  tupleOfWay,
} from './account.ts';
import { adoptEnding } from './drawn.ts';
import type { KernelHost, Observed } from './kernel-host.ts';
import { LostMessages } from './libc.ts';

/** How one packet fared on both sides. */
export interface Played {
  readonly traced: Trace;
  readonly observed: Observed;
  /** The way of the trace that the kernel went; undefined where it went none of them. */
  readonly agreed: Way | undefined;
  /** Of the way that they agree on; where they do not, of each way. The kernel tells of the connection that the way has. */
  readonly accounts: readonly BothAccounts[];
}

/** What each side says, line by line. */
export interface BothAccounts {
  readonly kernel: string;
  readonly simulation: string;
}

/** A history that is being played. */
export interface Player {
  /** Sends the next packet; undefined where the kernel said more than could be read. */
  send(injection: Injection): Played | undefined;
  /** All connections of both sides, and what came late. */
  afterwards(): BothAccounts;
}

/** Begins a history on a host that the rules were just loaded into. `facts` is what the simulation knows of it. */
export function beginPlay(host: KernelHost, facts: Host, loaded: Loaded): Player {
  let state: Ending = {
    connections: conntrackTable(),
    sets: unchangedSets,
    memory: nothingRemembered,
    changes: [],
  };
  return {
    send: (injection) => {
      const { ruleSet } = loaded;
      const traced = trace({ ruleSet, host: facts, injection, now: 0, fresh: true, ...state });
      const seen = sendOne(host, injection);
      if (!seen) return undefined;
      const { agreed, accounts, observed } = compareInTime(host, loaded, traced, seen);
      if (agreed) state = agreed.ending;
      return { traced, observed, agreed: agreed?.way, accounts: agreed ? [agreed] : accounts };
    },
    afterwards: () => {
      const late = host.late();
      const kernel = [
        ...kernelTable(host.connections.all()),
        ...late.frames.map(({ device }) => `late by ${device}`),
        ...late.events.map(({ chain }) => `late in ${chain}`),
      ];
      return {
        kernel: kernel.join('\n'),
        simulation: simulatedTable(state.connections, 0).join('\n'),
      };
    },
  };
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

interface Account extends BothAccounts {
  readonly way: Way;
  readonly ending: Ending;
}

interface Compared {
  readonly observed: Observed;
  readonly accounts: readonly Account[];
  readonly agreed: Account | undefined;
}

/** A busy machine sends some frames a moment later: what is missing is waited for. */
function compareInTime(host: KernelHost, loaded: Loaded, traced: Trace, seen: Observed): Compared {
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

function compare(host: KernelHost, loaded: Loaded, traced: Trace, observed: Observed): Compared {
  const accounts = traced.ways.map((way, at): Account => {
    const ending = traced.endings[at] ?? traced;
    const about = tupleOfWay(way);
    const connection = about && host.connections.find(about.original, about.zone);
    const happened: Happened = { observed, connection };
    return {
      way,
      ending: adoptEnding(ending, connection),
      kernel: kernelAccount(happened, loaded, way),
      simulation: simulatedAccount(way, ending, happened, loaded),
    };
  });
  return { observed, accounts, agreed: accounts.find(({ kernel, simulation }) => kernel === simulation) };
}
