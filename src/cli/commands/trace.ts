// `hookline trace`: the way of one packet or many through a policy.
import { skippingObserver } from '../../core/classify/chain/skipping.ts';
import { diagnostic } from '../../core/diagnostic/diagnostic.ts';
import type { Clock } from '../../core/field/view.ts';
import { formatInjection } from '../../core/packet/format.ts';
import { logTimeOf } from '../../core/packet/log-head.ts';
import { carriedBy } from '../../core/packet/tunnel.ts';
import { beginHistory, nextInHistory, requestAt } from '../../core/trace/history.ts';
import { traceToJson } from '../../core/trace/json.ts';
import { type LoggingRule, loggingRules } from '../../core/trace/logged.ts';
import { renderTrace } from '../../core/trace/render.ts';
import { requestProblems } from '../../core/trace/request.ts';
import type { TraceRequest } from '../../core/trace/run.ts';
import { type Counted, countPacket, newTally, type Tally } from '../../core/trace/tally.ts';
import { type Trace, trace } from '../../core/trace/trace.ts';
import { whyToJson } from '../../core/why/json.ts';
import { explainOnBranches } from '../../core/why/on-branches.ts';
import { renderWhy } from '../../core/why/render.ts';
import { explainVerdict, hintAtVerdict, type Why } from '../../core/why/why.ts';
import { type BesideOptions, readBeside } from '../beside.ts';
import { clockOf } from '../clock.ts';
import {
  type AddCommand,
  examples,
  fromOption,
  hostOption,
  ipsetOption,
  onOption,
  policyArgument,
} from '../command.ts';
import type { Context } from '../context.ts';
import { readTable } from '../entries.ts';
import { type ExitCode, exitCode } from '../exit.ts';
import { Failure, wrongUsage } from '../failure.ts';
import { readInForce } from '../hosts.ts';
import { type GivenPacket, givenPackets, journalOf, type PacketOptions } from '../packets.ts';
import type { PassedOver } from '../passed-over.ts';
import { openProgress } from '../progress.ts';
import { loggedBy, loggedText, loggedToJson } from '../report/logged.ts';
import { summaryText, summaryToJson } from '../report/summary.ts';
import { traceAcross } from '../trace-across.ts';
import { traceAgainst } from '../trace-against.ts';
import { traceConnection } from '../trace-connection.ts';

export const addTrace: AddCommand = (parent, run) =>
  parent
    .command('trace')
    .description('follow a packet through every hook, table, chain and rule, with the reason for each step')
    .addArgument(policyArgument)
    .argument('[packet...]', 'in single quotes, for the shell would take its `->` for a redirection')
    .addOption(fromOption)
    .addOption(ipsetOption)
    .option(
      '--with <file>',
      'a dump of rules that the machine has beside POLICY; may be given several times',
      (path, paths: readonly string[]) => [...paths, path],
      [],
    )
    .option('--in-order', 'POLICY and the files of `--with` were loaded in this order')
    .option(
      '--hooks <file>',
      'what `nft list hooks` printed: the order of chains with the same hook and priority',
    )
    .addOption(hostOption)
    .addOption(onOption)
    .option(
      '--at <time>',
      'when the first packet comes, such as `2030-01-31 09:30 +01:00` with the time zone of the kernel; what a capture says or now if absent',
    )
    .option(
      '--state <file>',
      'connections that exist already, as `conntrack -L` prints them, and those expected, as `conntrack -L expect` does',
    )
    .option('--packets <file>', 'one packet a line, each traced by itself')
    .option(
      '--sequence',
      'take the packets for one history: connections, sets and what rules count are kept from one to the next; `after 3s` in a packet is the time since the one before',
    )
    .option('--fresh', 'the rules were loaded just before the first packet: nothing was counted by then')
    .option('--log <line>', 'a line of the kernel log; `-` takes all of a journal on stdin')
    .option('--journal <file>', 'all of a journal: how many packets each rule or policy decides about')
    .option('--pcap <file>', 'the packets of a capture (pcap or pcapng), as one history; `-` is stdin')
    .option(
      '--conntrack <entry>',
      'a line of `conntrack -L`: the first packet of the connection as a new one, and one of each side as it is now',
    )
    .option(
      '--device <interface>',
      'where a capture was made that does not say it itself, or the names of its numbers: `2=wan0,3=lan0`',
    )
    .option(
      '--against <file>',
      'another capture of the same host, of what left: which packets of `--pcap` became which of it, and which were lost where',
    )
    .option('--against-device <interface>', 'as `--device`, for `--against`')
    .option(
      '--summary',
      'how many packets each rule or policy decides about, in place of every trace; a journal of many packets has it of itself',
    )
    .option('--each', 'every trace of a journal, in place of the summary')
    .option(
      '--across',
      'follow the packet through all hosts of a network, by its links, and the answers back; a packet may begin with the host: `gw: in wan0 …`',
    )
    .option(
      '--why',
      'also say the shortest changes of the packet, and apart from them of the rules, that would flip the verdict (takes longer)',
    )
    .addHelpText(
      'after',
      `${examples(
        "hookline trace policy.hook 'in wan0 tcp 198.51.100.9:40000 -> 203.0.113.1:80 syn'",
        "hookline trace policy.hook 'in wan0 udp 198.51.100.9 -> 203.0.113.1:53' --why",
        "hookline trace policy.hook 'in lan0 icmp 10.0.0.5 -> 192.0.2.1 echo-request' --json",
        'hookline trace policy.hook --packets packets.txt --sequence',
        'journalctl -k | hookline trace policy.hook --log -',
        'tcpdump -i wan0 -w - | hookline trace policy.hook --pcap - --device wan0',
        'hookline trace policy.hook --pcap lan.pcap --device lan0 --against wan.pcap --against-device wan0',
        "iptables-save | hookline trace - 'out udp 192.0.2.1:5000 -> 192.0.2.53:53' --host gateway.hook",
      )}\n\nA packet is received (\`in INTERFACE\`) or sent by this host (\`out\`). It may end in details such as\n\`mark 0x1\`, \`ttl 64\`, \`state established\`.`,
    )
    .action(run(traceAll));

interface Options extends PacketOptions, BesideOptions {
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
  return traceAll(context, path, [], { log, with: [] });
}

/** Traces every packet that was asked for; each by itself unless they are one sequence. */
async function traceAll(
  context: Context,
  path: string,
  words: readonly string[],
  options: Options,
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

function noOtherPackets(words: readonly string[], { packets, log, journal, pcap, state }: Options): void {
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
  { why }: Options,
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
