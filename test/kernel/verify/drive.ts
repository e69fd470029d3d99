// One case: a rule set is loaded into the kernel, a history of packets goes through it, and after each packet what the
// kernel did is compared with what the simulation says.
import { decodePacket } from '../../../src/core/packet/decode.ts';
import { formatInjection } from '../../../src/core/packet/format.ts';
import { isFragment } from '../../../src/core/packet/fragment.ts';
import type { Injection } from '../../../src/core/packet/packet.ts';
import type { Host } from '../../../src/core/topology/host.ts';
import type { Way } from '../../../src/core/trace/step.ts';
import { hasDrawnParts } from '../../../src/host/kernel/drawn.ts';
import type { Frame, KernelHost } from '../../../src/host/kernel/kernel-host.ts';
import { type BothAccounts, beginPlay } from '../../../src/host/kernel/play.ts';
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

/** Whether the kernel takes some protocols is up to its modules, which no host says; a history ends there. */
function restsOnModules({ assumptions }: Way): boolean {
  return assumptions.some((one) => one.startsWith('the kernel takes packets of protocol'));
}

/** Counts the cases that were played. */
let turns = 1;

/** Pieces of packets that an earlier case left behind wait for others; they are not for these. */
function withOwnPieces(injection: Injection, turn: number): Injection {
  const { packet } = injection;
  if (!isFragment(packet.fragment)) return injection;
  const identification = (turn * 8 + (packet.identification ?? 0)) & 0xffff;
  return { ...injection, packet: { ...packet, identification } };
}

/** What is answered: of several pieces the first, which has the ports. */
function isHead({ packet }: Frame): boolean {
  return decodePacket(packet).value?.fragment.offset === 0;
}

/** Plays a case. */
export function play(host: KernelHost, facts: Host, one: Case): Outcome {
  const begun = performance.now();
  const loaded = tryLoad(host, one);
  if (!loaded) return { pairs: 0, definite: 0, drawn: 0 };
  if ('refused' in loaded) return { pairs: 0, definite: 0, drawn: 0, mismatch: refusal(loaded.refused) };
  const found = playHistory(host, facts, one, loaded);
  // Connections run out while a machine that has no time for us stands still.
  const tooLong = performance.now() - begun > 5000;
  return tooLong && found.mismatch ? withoutMismatch(found, 'the machine stood still') : found;
}

/** A program that refuses the rules says so on its standard error. */
function tryLoad(host: KernelHost, one: Case): LoadedCase | { readonly refused: string } | undefined {
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
  const player = beginPlay(host, facts, loaded);
  const turn = turns++;
  for (const move of one.moves) {
    const injection = injectionOf(move, past);
    if (!injection) continue;
    history.push(formatInjection(injection));
    const played = player.send(withOwnPieces(injection, turn));
    if (!played) return { ...counts, inconclusive: 'messages of the kernel were lost' };
    const { traced, agreed, accounts, observed } = played;
    if (!agreed && traced.ways.some(restsOnModules)) return counts;
    if (!agreed && !traced.complete) return { ...counts, inconclusive: 'too many ways' };
    if (!agreed) return { ...counts, mismatch: { history, ...joined(accounts), loaded: loaded.text } };
    counts.pairs++;
    if (traced.ways.length === 1) counts.definite++;
    if (hasDrawnParts(agreed)) counts.drawn++;
    past.push({ injection, frame: observed.frames.findLast(isHead) });
  }
  const { kernel, simulation } = player.afterwards();
  if (kernel === simulation) return counts;
  return { ...counts, mismatch: { history, kernel, simulation, loaded: loaded.text } };
}

/** Several ways of the simulation have `or` between them. */
function joined(accounts: readonly BothAccounts[]): BothAccounts {
  const simulation = accounts.map((one) => one.simulation).join('\n  or\n');
  return { kernel: accounts[0]?.kernel ?? '', simulation };
}
