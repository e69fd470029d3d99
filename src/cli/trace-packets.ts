// Traces of the packets that a command line names: each by itself, or all as one history.
import { skippingObserver } from '../core/classify/chain/skipping.ts';
import { diagnostic } from '../core/diagnostic/diagnostic.ts';
import type { Clock } from '../core/field/view.ts';
import { formatInjection } from '../core/packet/format.ts';
import { logTimeOf } from '../core/packet/log-head.ts';
import { carriedBy } from '../core/packet/tunnel.ts';
import { beginHistory, nextInHistory, requestAt } from '../core/trace/history.ts';
import { traceToJson } from '../core/trace/json.ts';
import { type LoggingRule, loggingRules } from '../core/trace/logged.ts';
import { renderTrace } from '../core/trace/render.ts';
import { requestProblems } from '../core/trace/request.ts';
import type { TraceRequest } from '../core/trace/run.ts';
import { type Counted, countPacket, newTally, type Tally } from '../core/trace/tally.ts';
import { type Trace, trace } from '../core/trace/trace.ts';
import { whyToJson } from '../core/why/json.ts';
import { explainOnBranches } from '../core/why/on-branches.ts';
import { renderWhy } from '../core/why/render.ts';
import { explainVerdict, hintAtVerdict, type Why } from '../core/why/why.ts';
import { type BesideOptions, readBeside } from './beside.ts';
import { clockOf } from './clock.ts';
import type { Context } from './context.ts';
import { readTable } from './entries.ts';
import { type ExitCode, exitCode } from './exit.ts';
import { Failure, wrongUsage } from './failure.ts';
import { readInForce } from './hosts.ts';
import { type GivenPacket, givenPackets, journalOf, type PacketOptions } from './packets.ts';
import type { PassedOver } from './passed-over.ts';
import { openProgress } from './progress.ts';
import { loggedBy, loggedText, loggedToJson } from './report/logged.ts';
import { summaryText, summaryToJson } from './report/summary.ts';
import { traceAcross } from './trace-across.ts';
import { traceAgainst } from './trace-against.ts';
import { traceConnection } from './trace-connection.ts';

/** What the command line says beside the policy and the packet. */
export interface TraceOptions extends PacketOptions, BesideOptions {
  readonly host?: readonly string[] | undefined;
  readonly on?: string | undefined;
  readonly at?: string | undefined;
  readonly state?: string | undefined;
  readonly sequence?: true | undefined;
  readonly fresh?: true | undefined;
  readonly conntrack?: string | undefined;
  readonly against?: string | undefined;
  readonly againstDevice?: string | undefined;
  readonly summary?: true | undefined;
  readonly each?: true | undefined;
  readonly why?: true | undefined;
  readonly across?: true | undefined;
}

/** Traces the packet of a line of the kernel log. */
export function traceLogLine(context: Context, path: string, log: string): Promise<ExitCode> {
  return tracePackets(context, path, [], { log, with: [] });
}

/** Traces every packet that was asked for; each by itself unless they are one sequence. */
export async function tracePackets(
  context: Context,
  path: string,
  words: readonly string[],
  options: TraceOptions,
): Promise<ExitCode> {
  const policy = await readBeside(context, path, options);
  if (options.across) return traceAcross(context, policy, words, options);
  const { ruleSet, host } = await readInForce(context, policy, options);
  if (options.conntrack !== undefined) {
    noOtherPackets(words, options);
    const clock = clockOf(options.at, {});
    return traceConnection(context, options.conntrack, { ruleSet, host, clock });
  }
  if (options.against !== undefined) {
    const given = { ruleSet, host, fresh: options.fresh };
    return traceAgainst(context, words, { ...options, against: options.against }, given);
  }
  const { packets, passed } = givenPackets(context, words, options);
  const start = beginHistory(
    options.state === undefined ? undefined : await readTable(context, options.state),
  );
  const isHistory = options.sequence === true || options.pcap !== undefined;
  const journal = journalOf(options);
  const many = [options.packets, options.log, options.journal, options.pcap].some((one) => one !== undefined);
  const logging = loggingRules(ruleSet);
  const tally = newTally();
  const progress = openProgress(context.err, 'packets');
  let before = start;
  let clock: Clock | undefined;
  let isSummary = options.summary === true;
  const observer = skippingObserver(host);
  for await (const { packet, alone } of withAlone(packets)) {
    const { injection } = packet;
    clock = isHistory && clock ? clock : clockOf(options.at, packet);
    const isCounted =
      isSummary || (journal !== undefined && !alone && !context.json && options.each !== true);
    const given = {
      ruleSet,
      host,
      clock,
      fresh: options.fresh,
      ...(isCounted && { observer }),
    };
    const request = requestAt(given, before.branches[0], injection, before.now);
    if (isImpossible(request, packet, passed)) continue;
    const { traced, history } = isHistory
      ? nextInHistory(given, before, injection)
      : { traced: trace(request), history: before };
    isSummary = isCounted;
    countPacket(tally, countedOf(packet, traced), logging);
    progress.step();
    if (!isSummary) {
      const [, ...others] = before.branches;
      const elsewhere = others.map((branch) => requestAt(given, branch, injection, before.now));
      const why = whyOf(options, alone, [request, ...elsewhere], traced);
      print(context, packet, { traced, why, many, logging });
      await context.out.drained();
    }
    if (!isHistory) continue;
    if (before.complete && !history.complete)
      context.report([diagnostic('HK6062', `behind packet ${history.count} not every way is followed`)]);
    before = history;
  }
  progress.end();
  passed.report();
  if (isSummary) printSummary(context, tally, passed.count());
  return exitCode.done;
}

function noOtherPackets(
  words: readonly string[],
  { packets, log, journal, pcap, state }: TraceOptions,
): void {
  if (words.length > 0 || [packets, log, journal, pcap, state].some((one) => one !== undefined))
    throw wrongUsage(
      '`--conntrack` stands alone',
      'its line tells the packets, and the only connection there is',
    );
}

function printSummary({ out, json }: Context, tally: Tally, passedOver: number): void {
  out.write(
    json ? `${JSON.stringify(summaryToJson(tally, passedOver))}\n` : summaryText(tally, passedOver, out),
  );
}

/** Each packet, and whether it is the only one. */
async function* withAlone(packets: AsyncIterable<GivenPacket>) {
  let held: GivenPacket | undefined;
  let count = 0;
  for await (const packet of packets) {
    if (held) yield { packet: held, alone: false };
    held = packet;
    count++;
  }
  if (held) yield { packet: held, alone: count === 1 };
}

/** Of what somebody asks himself the command says what is wrong; what a log or a capture has is passed over. */
function isImpossible(request: TraceRequest, { found }: GivenPacket, passed: PassedOver): boolean {
  const problems = requestProblems(request);
  const [problem] = problems;
  if (!problem) return false;
  if (!found) throw new Failure(problems);
  passed.add(found.place, problem.message);
  return true;
}

/** A packet that was found nowhere is written as one. */
function countedOf({ injection, found, time }: GivenPacket, traced: Trace): Counted {
  const example = {
    number: found?.number ?? 0,
    text: found?.text?.trim() ?? formatInjection(injection),
  };
  const head = found?.head;
  return {
    trace: traced,
    source: injection.packet,
    example,
    time: head?.time ?? logTimeOf(time),
    prefix: head?.prefix,
  };
}

/** All of it where it was asked for; what is found at once for a packet alone. */
function whyOf(
  { why }: TraceOptions,
  alone: boolean,
  requests: readonly [TraceRequest, ...TraceRequest[]],
  traced: Trace,
): Why | undefined {
  const [request, ...others] = requests;
  if (why) return others.length === 0 ? explainVerdict(request, traced) : explainOnBranches(requests);
  return alone ? hintAtVerdict(request, traced) : undefined;
}

interface Answer {
  readonly traced: Trace;
  readonly why: Why | undefined;
  /** Whether there are further answers, each on a line of its own. */
  readonly many: boolean;
  readonly logging: readonly LoggingRule[];
}

function print({ out, json }: Context, packet: GivenPacket, { traced, why, many, logging }: Answer): void {
  const head = packet.found?.head;
  const logged = head && loggedBy(head.prefix, traced, logging);
  const carried = carriedBy(packet.injection.packet);
  const object = () => ({
    ...traceToJson(traced, why && whyToJson(why)),
    ...(carried !== undefined && { carries: carried }),
    ...(logged && { logged: loggedToJson(logged) }),
  });
  const text = () =>
    renderTrace(packet.injection, traced, why ? renderWhy(why, out.paint) : [], out) +
    (carried === undefined ? '' : `${out.paint('strong', 'carries')}  ${carried}\n`) +
    (logged ? loggedText(logged, out) : '');
  out.write(json ? `${JSON.stringify(object(), null, many ? 0 : 2)}\n` : `${text()}${many ? '\n' : ''}`);
}
