// The shortest list of changes to a packet after which the answer is the other one. Each is traced again: what is found
// flips the answer, and is called the shortest only where everything shorter was tried.
import { formatInjection } from '../packet/format.ts';
import type { Injection } from '../packet/packet.ts';
import { requestProblems } from '../trace/request.ts';
import type { TraceRequest } from '../trace/run.ts';
import type { Way } from '../trace/step.ts';
import { type Trace, trace } from '../trace/trace.ts';
import { applyAll, type Difference, differences } from './dimension.ts';
import { changesNear } from './near-path.ts';
import { isPlausible } from './plausible.ts';
import { sideOfTrace } from './side.ts';
import { type Values, valuesFor } from './values.ts';

/** One field of the packet and what it would have to be. */
export interface FieldChange {
  readonly field: string;
  readonly from: string | undefined;
  readonly to: string | undefined;
}

/** A packet that differs in these fields, and how it fares. */
export interface PacketFlip {
  readonly changes: readonly FieldChange[];
  readonly injection: Injection;
  readonly way: Way;
}

/** What was found. */
export interface PacketAnswer {
  /** All with the same number of changes, each in other fields; none if nothing was found. */
  readonly flips: readonly PacketFlip[];
  /** Every packet with fewer changes was tried, at all values that rules and routes tell apart. */
  readonly shortest: boolean;
  /** So many packets were traced. */
  readonly tried: number;
}

/** How much is tried: steps of all traces together, and answers that are enough. */
export interface PacketEffort {
  readonly steps: number;
  readonly answers: number;
}

/** Lists of more changes are not looked for. */
const longest = 4;

/** What is known while packets are tried. */
interface Search {
  readonly request: TraceRequest;
  readonly traced: Trace;
  readonly effort: PacketEffort;
  /** By the text of the packet; without a trace where nobody could send it. */
  readonly seen: Map<string, Tried>;
  steps: number;
}

interface Tried {
  readonly injection: Injection;
  readonly trace: Trace | undefined;
}

/** Looks for changes that flip a definite answer. */
export function packetChanges(request: TraceRequest, traced: Trace, effort: PacketEffort): PacketAnswer {
  const search: Search = { request, traced, effort, seen: new Map(), steps: 0 };
  const nearby = changesNear(request, traced.ways[0].steps);
  const values = valuesFor(request, nearby);
  const near = bySize(request.injection, nearby);
  const single = oneChange(search, values);
  const byHistory = single.filter(isHistory);
  const { flips, shortest } = ownChanges(
    search,
    near,
    values,
    single.filter((one) => !isHistory(one)),
  );
  return {
    flips: [...flips.toSorted(byOrder).slice(0, effort.answers), ...byHistory],
    shortest,
    tried: [...search.seen.values()].filter((one) => one.trace).length,
  };
}

/** The nearest of the changes that the rules on the way suggest, without looking further. */
export function nearestChange(request: TraceRequest, traced: Trace): PacketFlip | undefined {
  const search: Search = { request, traced, effort: quick, seen: new Map(), steps: 0 };
  const near = bySize(request.injection, changesNear(request, traced.ways[0].steps)).slice(0, quick.packets);
  for (const { injection } of near) {
    const flip = isSpent(search) ? undefined : tryOut(search, injection);
    if (flip) return flip;
  }
  return undefined;
}

/** Where every packet passes 100,000 rules, two are tried. */
const quick = { steps: 200_000, answers: 1, packets: 30 };

/** What came before decides the state of a connection; nearly every packet passes in one that exists. */
const history = 'connection state';

function isHistory({ changes }: PacketFlip): boolean {
  return changes.every(({ field }) => field === history);
}

/** The fields that people think of first. */
const order = ['destination port', 'source address', 'destination address', 'input interface', 'protocol'];

function byOrder(one: PacketFlip, other: PacketFlip): number {
  return placeOf(one) - placeOf(other);
}

function placeOf({ changes: [first] }: PacketFlip): number {
  const at = order.indexOf(first?.field ?? '');
  return at < 0 ? order.length : at;
}

/** Changes of what is in the packet itself. */
function ownChanges(
  search: Search,
  near: readonly Sized[],
  values: Values,
  single: readonly PacketFlip[],
): Pick<PacketAnswer, 'flips' | 'shortest'> {
  if (single.length > 0) return { flips: single, shortest: true };
  const complete = values.complete && !isSpent(search, shareOfOne);
  const nearest = firstFlips(search, ofSize(near, 2));
  if (nearest.length > 0) return { flips: nearest, shortest: complete };
  const further = [...near, ...nearOthers(search)].filter(({ changes }) => !changes.some(isState));
  const pair = firstFlips(search, ofSize(further, 2));
  if (pair.length > 0) return { flips: pair, shortest: complete };
  const pairs = everyPair(search, values);
  if (pairs.length > 0) return { flips: pairs, shortest: complete };
  const allPairs = complete && !isSpent(search, shareOfPairs);
  for (let size = 3; size <= longest; size++) {
    const flips = firstFlips(search, ofSize(further, size));
    if (flips.length > 0) return { flips: shortened(search, flips), shortest: allPairs && size === 3 };
  }
  return { flips: [], shortest: false };
}

function isState({ dimension }: Difference): boolean {
  return dimension.name === history;
}

/** Of the effort, so that something is left for more changes. */
const shareOfOne = 0.4;
const shareOfPairs = 0.8;

function isSpent({ steps, effort }: Search, share = 1): boolean {
  return steps >= effort.steps * share;
}

interface Sized {
  readonly injection: Injection;
  readonly changes: readonly Difference[];
}

/** With what they differ in, the fewest differences first. */
function bySize(original: Injection, all: readonly Injection[]): readonly Sized[] {
  return all
    .map((injection) => ({ injection, changes: differences(original, injection) }))
    .filter(({ changes }) => changes.length > 0 && changes.length <= longest)
    .toSorted((a, b) => a.changes.length - b.changes.length);
}

function ofSize(all: readonly Sized[], size: number): readonly Sized[] {
  return all.filter(({ changes }) => changes.length === size);
}

/** The first flip of each field, in turns, so that no field takes all the effort. */
function oneChange(search: Search, { choices }: Values): readonly PacketFlip[] {
  const { injection } = search.request;
  const flips = new Map<string, PacketFlip>();
  const rounds = Math.max(0, ...choices.map((all) => all.length));
  for (let round = 0; round < rounds && !isSpent(search, shareOfOne); round++)
    for (const all of choices) {
      const change = all[round];
      if (change) keepFirst(search, flips, [change], injection);
    }
  return [...flips.values()];
}

function keepFirst(
  search: Search,
  flips: Map<string, PacketFlip>,
  changes: readonly Difference[],
  injection: Injection,
): void {
  const key = changes.map(({ dimension }) => dimension.name).join(' + ');
  if (flips.has(key) || isSpent(search)) return;
  const flip = tryOut(search, applyAll(injection, changes));
  if (flip) flips.set(key, flip);
}

/** Asking a rule what it would take costs more than asking whether it matches. */
const costOfLooking = 4;

/** What the ways of the packets that were tried suggest. */
function nearOthers(search: Search): readonly Sized[] {
  const { request } = search;
  const found: Injection[] = [];
  for (const { injection, trace: one } of search.seen.values()) {
    if (isSpent(search, shareOfPairs)) break;
    const steps = one?.ways[0].steps ?? [];
    search.steps += steps.length * costOfLooking;
    found.push(...changesNear({ ...request, injection }, steps));
  }
  return bySize(request.injection, found);
}

function firstFlips(search: Search, all: readonly Sized[]): readonly PacketFlip[] {
  const flips = new Map<string, PacketFlip>();
  for (const { changes } of all) keepFirst(search, flips, changes, search.request.injection);
  return [...flips.values()];
}

/** All pairs of values of two fields, until the effort is spent. */
function everyPair(search: Search, { choices }: Values): readonly PacketFlip[] {
  const flips = new Map<string, PacketFlip>();
  for (const [at, firsts] of choices.entries())
    for (const seconds of choices.slice(at + 1))
      for (const first of firsts)
        for (const second of seconds) {
          if (isSpent(search, shareOfPairs)) return [...flips.values()];
          if (isState(first) || isState(second)) continue;
          keepFirst(search, flips, [first, second], search.request.injection);
        }
  return [...flips.values()];
}

/** Without the changes that are not needed. */
function shortened(search: Search, flips: readonly PacketFlip[]): readonly PacketFlip[] {
  const { injection } = search.request;
  return flips.map((flip) => {
    let changes = differences(injection, flip.injection);
    let best = flip;
    for (const change of changes) {
      const fewer = changes.filter((one) => one !== change);
      const shorter = tryOut(search, applyAll(injection, fewer));
      if (shorter) [changes, best] = [fewer, shorter];
    }
    return best;
  });
}

/** Traces a changed packet; the flip if the answer is the other one, by a rule and not by the stack. */
function tryOut(search: Search, injection: Injection): PacketFlip | undefined {
  const { request, traced, seen } = search;
  const key = formatInjection(injection);
  const tried = seen.get(key) ?? { injection, trace: traceAgain(search, injection) };
  seen.set(key, tried);
  const again = tried.trace;
  if (!again || again.ways.some(({ reason }) => reason !== undefined)) return undefined;
  const side = sideOfTrace(again);
  if (side === undefined || side === sideOfTrace(traced)) return undefined;
  return { changes: changesOf(request.injection, injection, traced), injection, way: again.ways[0] };
}

function traceAgain(search: Search, injection: Injection): Trace | undefined {
  const { request } = search;
  const changed = { ...request, injection };
  if (!isPlausible(injection, request.injection, request.host)) return undefined;
  if (requestProblems(changed).length > 0) return undefined;
  const result = trace(changed);
  search.steps += result.ways.reduce((sum, way) => sum + way.steps.length, 0);
  return result;
}

function changesOf(original: Injection, changed: Injection, traced: Trace): readonly FieldChange[] {
  return differences(original, changed).map(({ dimension, donor }) => ({
    field: dimension.name,
    from: dimension.text(original) ?? usualText(dimension.name, traced),
    to: dimension.text(donor),
  }));
}

/** What a field is whose value was not said. */
function usualText(field: string, { ways: [{ conntrack }] }: Trace): string | undefined {
  return field === 'connection state' ? conntrack?.state : undefined;
}
