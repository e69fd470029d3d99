// `hookline trace --live`: packets of this machine as its kernel treats them, each beside what is foretold of it.
import { randomBytes } from 'node:crypto';
import { type ConntrackTable, conntrackTable } from '../core/conntrack/table.ts';
import { isUnknown } from '../core/field/view.ts';
import { earlierTables } from '../core/live/earlier.ts';
import { parseTraceLine } from '../core/live/event.ts';
import { gatherer, type LivePacket } from '../core/live/gather.ts';
import type { Installed } from '../core/live/installed.ts';
import { ownTablePrefix } from '../core/live/own-table.ts';
import type { Injection } from '../core/packet/packet.ts';
import { requestProblems } from '../core/trace/request.ts';
import { type Trace, trace } from '../core/trace/trace.ts';
import { undoAtTheEnd } from '../host/ending.ts';
import { CommandError } from '../host/exec.ts';
import { compare, injectionOf } from '../host/live/compare.ts';
import { type Following, followKernel } from '../host/live/follow.ts';
import { type Kept, keepTable } from '../host/live/keeper.ts';
import type { Context } from './context.ts';
import { readTable } from './entries.ts';
import { type ExitCode, exitCode } from './exit.ts';
import { Failure, programProblem, wrongUsage } from './failure.ts';
import { type LiveQuestion, type LiveRules, readLiveRules } from './live-rules.ts';
import { liveNotes, livePacketText, liveSummaryText } from './report/live.ts';
import type { LiveAnswer, LiveCount } from './report/live-answer.ts';
import { livePacketToJson, liveSummaryToJson } from './report/live-json.ts';

/** What the command line says. */
export interface LiveOptions extends LiveQuestion {
  readonly count?: string | undefined;
  readonly for?: string | undefined;
}

/** Options that have a meaning for packets which come by themselves. */
const usable: ReadonlySet<string> = new Set(['live', 'from', 'ipset', 'host', 'on', 'count', 'for']);

/** Refuses options that bring packets from elsewhere, or say what the machine itself tells. */
function requireLiveOptions(options: object): void {
  for (const [name, value] of Object.entries(options)) {
    const isSaid = Array.isArray(value) ? value.length > 0 : value !== undefined;
    if (isSaid && !usable.has(name))
      throw wrongUsage(
        `\`--${name}\` has no meaning for packets of this machine`,
        'leave it out beside `--live`',
      );
  }
}

/** Shows packets until it is ended, so many have come or so long a time is over; 1 if one went another way than foretold. */
export async function traceLive(
  context: Context,
  path: string,
  words: readonly string[],
  options: LiveOptions,
): Promise<ExitCode> {
  requireLiveOptions(options);
  const limits = { count: wholeNumber('count', options.count), seconds: wholeNumber('for', options.for) };
  try {
    return await watch(context, limits, await readLiveRules(context, path, words, options));
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new Failure([programProblem(error, 'does this kernel have nftables?')]);
  }
}

function wholeNumber(option: string, text: string | undefined): number {
  if (text === undefined) return Number.POSITIVE_INFINITY;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw wrongUsage(`\`--${option} ${text}\` is no whole number from 1 to 999999999`);
}

/** Seconds after which the kernel traces no more if nobody tells it to. */
const lease = 30;

interface Limits {
  readonly count: number;
  readonly seconds: number;
}

async function watch(context: Context, limits: Limits, rules: LiveRules): Promise<ExitCode> {
  const name = `${ownTablePrefix}${process.pid}_${randomBytes(4).toString('hex')}`;
  await using following = await followKernel();
  await rules.refresh();
  const table = rules.tableText(name, lease);
  const count: LiveCount = { packets: 0, agreed: 0, differed: 0, uncompared: 0, lost: 0, changes: 0 };
  const sayEnd = once(() => {
    count.lost = following.dropped();
    if (context.json) context.out.write(`${JSON.stringify(liveSummaryToJson(count))}\n`);
    else context.err.write(liveSummaryText(count));
  });
  const isOver = undoAtTheEnd(sayEnd);
  await using kept = await keepTable({ name, lease }, table);
  context.err.write(liveNotes(rules, kept.by));
  await follow(context, { limits, rules, count, following, kept, name });
  isOver();
  sayEnd();
  return count.differed > 0 ? exitCode.no : exitCode.done;
}

function once(work: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) work();
    isDone = true;
  };
}

/** Milliseconds between two looks at what was lost: Ctrl-C ends the process that is asked, too. */
const betweenCounts = 1000;

interface Watching {
  readonly limits: Limits;
  readonly rules: LiveRules;
  readonly count: LiveCount;
  readonly following: Following;
  readonly kept: Kept;
  readonly name: string;
}

async function follow(context: Context, watching: Watching): Promise<void> {
  const { limits, rules, count, following, kept, name } = watching;
  const gathered = gatherer(name);
  const end = performance.now() + limits.seconds * 1000;
  let [isKept, isLosing, nextCount, drained] = [true, false, 0, 0];
  void kept.lost.then(() => {
    isKept = false;
  });
  const predict = predictor(context, rules);
  for await (const lines of following.batches) {
    const now = Date.now();
    let changed = false;
    // Twice, for nft may have read what it has not printed yet.
    drained = isLosing && lines.length === 0 && following.isDrained() ? drained + 1 : 0;
    if (isLosing && drained > 1) {
      gathered.recover();
      isLosing = false;
    }
    for (const line of lines) {
      const event = parseTraceLine(line);
      if (event) gathered.add(event, now);
      else if (line.startsWith('# ERROR')) {
        gathered.lose();
        isLosing = true;
      } else changed ||= isChange(line, name);
    }
    const isLast = performance.now() >= end;
    if (performance.now() >= nextCount) {
      count.lost = following.dropped();
      nextCount = performance.now() + betweenCounts;
    }
    for (const packet of gathered.take(now, isLast)) {
      await show(context, await predict(packet), rules.installed(), count);
      if (count.packets >= limits.count) return;
    }
    if (changed) await tellChange(context, rules, count);
    if (isLast) return;
    if (!isKept)
      throw wrongUsage('the rule that traces is gone', 'somebody ended the process of nft that held it');
  }
  throw wrongUsage('nft has ended', 'somebody ended `nft monitor`');
}

/** Of a table that is not hookline's own. */
function isChange(line: string, own: string): boolean {
  const [word = '', , , table] = line.split(' ');
  return changes.has(word) && table !== own;
}

const changes: ReadonlySet<string> = new Set([
  'add',
  'insert',
  'replace',
  'delete',
  'destroy',
  'flush',
  'rename',
]);

async function tellChange({ err }: Context, rules: LiveRules, count: LiveCount): Promise<void> {
  count.changes++;
  await rules.refresh();
  err.write('the rule set of the machine was changed: packets from now on are held against what it is now\n');
}

async function show(
  context: Context,
  answer: LiveAnswer,
  installed: Installed,
  count: LiveCount,
): Promise<void> {
  count.packets++;
  if (!answer.compared) count.uncompared++;
  else if (answer.compared.agrees) count.agreed++;
  else count.differed++;
  const { out, json } = context;
  out.write(
    json
      ? `${JSON.stringify(livePacketToJson(answer, installed))}\n`
      : `${livePacketText(answer, installed, out)}\n`,
  );
  await out.drained();
}

/** A listing may take so great a part of the time. */
const listingShare = 0.2;

/** Foretells packets by the rules, the host and the connections as they are when a packet is shown. */
function predictor(context: Context, rules: LiveRules): (packet: LivePacket) => Promise<LiveAnswer> {
  let connections: ConntrackTable | undefined;
  let next = 0;
  const list = async () => {
    const begin = performance.now();
    if (begin < next) return;
    try {
      connections = await readTable(context, 'live');
    } catch {
      // Without conntrack, or without connections, nothing is known of them.
    }
    const end = performance.now();
    next = end + (end - begin) / listingShare;
  };
  const remember = (answer: Foretold): LiveAnswer => {
    connections = withBegun(connections, answer);
    return answer;
  };
  return async (packet) => {
    const injection = injectionOf(packet, rules.host !== undefined);
    if (typeof injection === 'string') return { packet, why: injection };
    const { state } = packet;
    const isKnown = state === 'established' || state === 'related';
    const given = () => foretell(rules, packet, injection, isKnown ? connections : undefined);
    const first = given();
    if (!isKnown || first.compared?.agrees) return remember(first);
    await list();
    const { compared, ...second } = given();
    if (!compared || compared.agrees || !second.isSupposed)
      return { ...second, ...(compared && { compared }) };
    return { packet, injection, why: 'its connection is not listed any more' };
  };
}

/** With the connection that a packet began, which may be gone before it is listed. */
function withBegun(
  connections: ConntrackTable | undefined,
  { packet, compared }: LiveAnswer,
): ConntrackTable | undefined {
  const entry = compared?.agrees && packet.state === 'new' ? compared.way.conntrack?.entry : undefined;
  if (!entry || isUnknown(entry) || entry.drawn) return connections;
  const table = connections && connections.size < mostRemembered ? connections : conntrackTable();
  return table.with(entry);
}

/** Where there are more, they are listed again when one is asked for. */
const mostRemembered = 100_000;

/** An answer, and whether the state of the connection is only supposed to be that of the kernel. */
interface Foretold extends LiveAnswer {
  readonly isSupposed?: boolean;
}

/** Where conntrack of the simulation has another state than the kernel, what the kernel says is taken. */
function foretell(
  rules: LiveRules,
  packet: LivePacket,
  injection: Injection,
  connections: ConntrackTable | undefined,
): Foretold {
  const installed = rules.installed();
  const clock = { seconds: Math.floor(packet.time / 1000) };
  const request = { ruleSet: installed.foretold, host: rules.host, injection, clock };
  const [problem] = requestProblems(request);
  if (problem) return { packet, injection, why: problem.message };
  const { state } = packet;
  const answer = (traced: Trace) => ({
    packet,
    injection,
    traced,
    compared: compare(packet, traced, installed),
  });
  for (const table of earlierTables(connections, injection.packet)) {
    const traced = trace({ ...request, connections: table });
    if (traced.ways.every(({ conntrack }) => !conntrack || !state || conntrack.state === state))
      return answer(traced);
  }
  return {
    ...answer(trace({ ...request, injection: { ...injection, ...(state && { state }) } })),
    isSupposed: true,
  };
}
