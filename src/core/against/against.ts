// Two captures of one host laid side by side by its policy: each packet of the first is traced, all of them as one history,
// and what the trace says leaves is looked for in the second. Where a trace depends on what is not known, the second tells
// which way it was.
import { untranslatedIfSame, withDrawnPort } from '../conntrack/drawn-port.ts';
import type { Entry } from '../conntrack/entry.ts';
import { isUnknown, type UnknownParts } from '../field/view.ts';
import { type Injection, type Packet, protocolNumber } from '../packet/packet.ts';
import {
  type Branch,
  beginHistory,
  branchesBehind,
  type HistoryRequest,
  later,
  requestAt,
} from '../trace/history.ts';
import type { CaptureStep, Way } from '../trace/step.ts';
import { agreedAnswer, type Ending, type Trace, trace } from '../trace/trace.ts';
import { type Difference, differencesOf, lastingKey } from './alike.ts';
import { type Departures, openDepartures } from './departures.ts';
import type { Arrival, BothWays, Departure } from './frames.ts';
import { unseenAnswers, withoutWindows } from './unseen.ts';

/** A packet that is foretold to leave. */
export interface Foretold {
  readonly step: CaptureStep;
  /** Why the host sends it beside the packet itself, where it does: an answer or a copy. */
  readonly why?: string;
  /** The frame that it is. */
  readonly found?: Departure;
  /** A frame that is like it, but left otherwise. */
  readonly otherwise?: { readonly departure: Departure; readonly differences: readonly Difference[] };
}

/** What became of a packet. */
export interface Explained {
  readonly arrival: Arrival;
  /** The way that fits best. */
  readonly way: Way;
  /** What leaves by an interface of the captures. */
  readonly foretold: readonly Foretold[];
}

/** A frame that comes from no packet. */
export interface Unexplained {
  readonly departure: Departure;
  /** A packet that is like it, and does not leave so. */
  readonly like?: Explained;
  /** The packet that it quotes, as an ICMP error. */
  readonly about?: Explained;
  /** Its source is an address of the host, so that a program of it may have sent it. */
  readonly mayBeOwn: boolean;
}

/** Both captures. */
export interface Compared {
  readonly explained: readonly Explained[];
  readonly unexplained: readonly Unexplained[];
  /** Frames that hosts send to their links by themselves, such as those of ARP: nothing is said of them. */
  readonly ofLinks: number;
  /** False where not every way was followed. */
  readonly complete: boolean;
  /** No capture has what came in by another interface than those of the first. */
  readonly oneSided: boolean;
}

/** Compares them. `began`: connections that were there before. */
export function compareCaptures(
  asked: HistoryRequest,
  { arrivals, departures, watched, oneSided }: BothWays,
  began: Ending['connections'] | undefined,
  step: () => void,
): Compared {
  const given = oneSided && asked.host ? { ...asked, host: withoutWindows(asked.host) } : asked;
  const open = openDepartures(departures);
  const unseen = unseenAnswers();
  const start = beginHistory(began);
  let { now, complete } = start;
  let branches: readonly Branch[] = start.branches;
  let before: bigint | undefined;
  const explained = arrivals.map((arrival, at) => {
    now = later({ now }, { after: secondsBetween(before, arrival.time) });
    before = arrival.time ?? before;
    const { packet } = arrival.injection;
    const answer = oneSided ? unseen.before(packet) : undefined;
    if (answer) branches = branches.map((branch) => behindAnswer(given, branch, answer, now));
    const runs = branches.map((branch) => runOn(given, branch, { arrival, now, watched, open }));
    const least = Math.min(...runs.flatMap(({ fitted }) => fitted.map(misfit)));
    const fitting = runs.map(({ fitted }) => fitted.filter((one) => misfit(one) === least));
    const [best] = fitting.flat();
    if (!best) throw new Error('a packet goes at least one way');
    for (const { found } of best.foretold) if (found) open.take(found);
    unseen.note(packet, best.way, best.foretold.find(({ why }) => why === undefined)?.found?.packet);
    const behind = runs.flatMap((run, place) => behindThose(run, fitting[place] ?? [], at + 1));
    complete &&= behind.length <= mostBranches && runs.every(({ traced }) => traced.complete);
    branches = behind.slice(0, mostBranches);
    step();
    return { arrival, way: best.way, foretold: best.foretold };
  });
  return { ...withOthers(explained, open.left(), sentFrom(asked.host)), complete, oneSided };
}

/** Where more ways fit than these, only the first are followed on. */
const mostBranches = 16;

const nanoseconds = 1e9;

function secondsBetween(before: bigint | undefined, now: bigint | undefined): number {
  return before === undefined || now === undefined ? 0 : Math.max(0, Number(now - before) / nanoseconds);
}

/** A way that a packet may go, and how the second capture fits it. */
interface Fitted {
  readonly way: Way;
  readonly ending: Ending;
  readonly foretold: readonly Foretold[];
}

interface Run {
  readonly branch: Branch;
  readonly traced: Trace;
  readonly fitted: readonly Fitted[];
}

interface Looked {
  readonly arrival: Arrival;
  readonly now: number;
  readonly watched: ReadonlySet<string>;
  readonly open: Departures;
}

function runOn(given: HistoryRequest, branch: Branch, { arrival, now, watched, open }: Looked): Run {
  const traced = trace(requestAt(given, branch, arrival.injection, now));
  const fitted = traced.ways.flatMap((way, at) => {
    const left = traced.endings[at];
    if (!left) return [];
    const leaving = outsOf(way).filter(({ step: { device } }) => device !== undefined && watched.has(device));
    const found = open.find(
      leaving.map(({ step }) => step),
      arrival.time,
    );
    const foretold = leaving.map((one, place) => ({ ...one, ...(found[place] && { found: found[place] }) }));
    return [{ way, foretold, ending: adoptDrawn(left, way, foretold) }];
  });
  return { branch, traced, fitted };
}

/** Connections behind an answer that no capture has. */
function behindAnswer(given: HistoryRequest, branch: Branch, answer: Injection, now: number): Branch {
  const [ending] = trace(requestAt(given, branch, answer, now)).endings;
  return { ...branch, ending };
}

/** What the next packet meets, on the ways that fit best. */
function behindThose({ branch, traced }: Run, fitting: readonly Fitted[], packet: number): readonly Branch[] {
  if (fitting.length === 0) return [];
  const [ways, endings] = [fitting.map(({ way }) => way), fitting.map(({ ending }) => ending)];
  return branchesBehind(branch, agreedAnswer(ways, endings, traced.complete), packet);
}

/** First that little is missing counts, then that much is explained. */
function misfit({ foretold }: Fitted): number {
  const found = foretold.filter((one) => one.found).length;
  return (foretold.length - found) * 1e6 - found;
}

/** All that leaves: of the packet itself, and of what the host sends because of it. */
function outsOf({ steps, answers }: Way, why?: string): readonly Foretold[] {
  return [
    ...steps.flatMap((step) =>
      step.kind === 'capture' && step.direction === 'out' ? { step, ...(why !== undefined && { why }) } : [],
    ),
    ...answers.flatMap((answer) => ('way' in answer ? outsOf(answer.way, answer.why) : [])),
  ];
}

/** A port that the kernel drew is known from the frame on. */
function adoptDrawn(ending: Ending, { conntrack }: Way, foretold: readonly Foretold[]): Ending {
  const entry = conntrack?.entry;
  const itself = foretold.find(({ why, found }) => why === undefined && found);
  if (!entry || isUnknown(entry) || !entry.drawn || !itself?.found || conntrack.direction !== 'original')
    return ending;
  const kept = ending.connections.lookup(entry.original, entry.zone)?.entry;
  const { sport, dport } = itself.step.unknown;
  if (!kept || !(sport?.among || dport?.among)) return ending;
  const known = withDrawn(kept, itself.step.unknown, itself.found.packet);
  return { ...ending, connections: ending.connections.with(known) };
}

function withDrawn({ drawn: _drawn, ...entry }: Entry, unknown: UnknownParts, seen: Packet): Entry {
  const [source, destination] = (['sport', 'dport'] as const).map((part) =>
    unknown[part]?.among ? portOf(seen, part) : undefined,
  );
  const bySource = source === undefined ? entry : withDrawnPort(entry, 'source', source);
  return untranslatedIfSame(
    destination === undefined ? bySource : withDrawnPort(bySource, 'destination', destination),
  );
}

function portOf({ transport }: Packet, part: 'sport' | 'dport'): number | undefined {
  if ('sport' in transport) return transport[part];
  return transport.kind === 'icmp' ? transport.id : undefined;
}

/** Whether a packet is from an address of the host. */
function sentFrom(host: HistoryRequest['host']): (packet: Packet) => boolean {
  const own = (host?.interfaces ?? []).flatMap(({ addresses }) => addresses.map(({ address }) => address));
  return ({ family, source }) => own.some((one) => one.family === family && one.value === source);
}

/** Frames that are left over are what is missing, in other words, or come from nowhere. */
function withOthers(
  explained: readonly Explained[],
  left: readonly Departure[],
  isOwn: (packet: Packet) => boolean,
): Omit<Compared, 'complete' | 'oneSided'> {
  const others = left.filter(({ packet }) => !isOfLink(packet));
  const byKey = byLastingKey(others);
  const taken = new Set<Departure>();
  const named = explained.map((one) => ({
    ...one,
    foretold: one.foretold.map((foretold) => withOther(foretold, byKey, taken)),
  }));
  const causes = new Map(named.map((one) => [lastingKey(one.arrival.injection.packet), one]));
  const unexplained = others
    .filter((one) => !taken.has(one))
    .map((departure) => {
      const { packet } = departure;
      const inner = packet.transport.kind === 'icmp' ? packet.transport.inner : undefined;
      const [like, about] = [packet, inner].map((one) => one && causes.get(lastingKey(one)));
      return { departure, ...(like && { like }), ...(about && { about }), mayBeOwn: isOwn(packet) };
    });
  return { explained: named, unexplained, ofLinks: left.length - others.length };
}

function byLastingKey(departures: readonly Departure[]): ReadonlyMap<string, readonly Departure[]> {
  const groups = new Map<string, Departure[]>();
  for (const one of departures) {
    const key = lastingKey(one.packet);
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  return groups;
}

function withOther(
  foretold: Foretold,
  byKey: ReadonlyMap<string, readonly Departure[]>,
  taken: Set<Departure>,
): Foretold {
  const { step, found } = foretold;
  if (found) return foretold;
  const departure = byKey.get(lastingKey(step.packet))?.find((one) => !taken.has(one));
  if (!departure) return foretold;
  taken.add(departure);
  return { ...foretold, otherwise: { departure, differences: differencesOf(step, departure.packet) } };
}

/** ARP and other frames without IP, neighbour and group messages of a link (RFC 4861, RFC 3810, RFC 3376). */
function isOfLink({ frame, protocol, transport, nextHeader }: Packet): boolean {
  if (frame || protocol === protocolNumber.igmp) return true;
  const type = protocol === protocolNumber.icmpv6 && transport.kind === 'icmp' ? transport.type : 0;
  return (type >= 133 && type <= 137) || (type >= 130 && type <= 132) || type === 143 || nextHeader === 0;
}

/** Whether both captures are as the policy says. */
export function isAsForetold({ explained, unexplained }: Compared): boolean {
  return unexplained.length === 0 && explained.every(({ foretold }) => foretold.every(({ found }) => found));
}
