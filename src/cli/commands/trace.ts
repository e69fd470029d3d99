// `hookline trace`: the way of one packet or many through a policy.
import { type ConntrackTable, conntrackTable } from '../../core/conntrack/table.ts';
import { parseTime, type ZonedTime } from '../../core/datatype/time.ts';
import { diagnostic } from '../../core/diagnostic/diagnostic.ts';
import type { PolicyKind } from '../../core/load.ts';
import type { Injection } from '../../core/packet/packet.ts';
import { type Flip, nearestFlip } from '../../core/trace/flip.ts';
import { beginHistory, nextInHistory, requestAt } from '../../core/trace/history.ts';
import { traceToJson } from '../../core/trace/json.ts';
import { renderTrace } from '../../core/trace/render.ts';
import { requestProblems } from '../../core/trace/request.ts';
import type { Trace } from '../../core/trace/trace.ts';
import {
  type AddCommand,
  examples,
  fromOption,
  hostOption,
  ipsetOption,
  onOption,
  policyArgument,
} from '../command.ts';
import { type Context, readHost, readPolicy } from '../context.ts';
import { readEntries } from '../entries.ts';
import { type ExitCode, exitCode } from '../exit.ts';
import { Failure, wrongUsage } from '../failure.ts';
import { type PacketOptions, readPackets } from '../packets.ts';

export const addTrace: AddCommand = (parent, run) =>
  parent
    .command('trace')
    .description('follow a packet through every hook, table, chain and rule, with the reason for each step')
    .addArgument(policyArgument)
    .argument('[packet...]', 'in single quotes, for the shell would take its `->` for a redirection')
    .addOption(fromOption)
    .addOption(ipsetOption)
    .addOption(hostOption)
    .addOption(onOption)
    .option(
      '--at <time>',
      'when the first packet comes, such as `2030-01-31 09:30 +01:00` with the time zone of the kernel; what a capture says or now if absent',
    )
    .option('--state <file>', 'connections that exist already, as `conntrack -L` prints them')
    .option('--packets <file>', 'one packet a line, each traced by itself')
    .option('--sequence', 'take the packets for one history: connections are kept from one to the next')
    .option('--log <line>', 'a line of the kernel log; `-` takes all of a journal on stdin')
    .option('--pcap <file>', 'the packets of a capture (pcap or pcapng), as one history; `-` is stdin')
    .option('--device <interface>', 'where a capture was made that does not say it itself')
    .option(
      '--flip',
      'for each of many packets too, look for the nearest change that flips the verdict (slow)',
    )
    .addHelpText(
      'after',
      `${examples(
        "hookline trace policy.hook 'in wan0 tcp 198.51.100.9:40000 -> 203.0.113.1:80 syn'",
        "hookline trace policy.hook 'in lan0 icmp 10.0.0.5 -> 192.0.2.1 echo-request' --json",
        'hookline trace policy.hook --packets packets.txt --sequence',
        'journalctl -k | hookline trace policy.hook --log -',
        'tcpdump -i wan0 -w - | hookline trace policy.hook --pcap - --device wan0',
        "iptables-save | hookline trace - 'out udp 192.0.2.1:5000 -> 192.0.2.53:53' --host gateway.hook",
      )}\n\nA packet is received (\`in INTERFACE\`) or sent by this host (\`out\`). It may end in details such as\n\`mark 0x1\`, \`ttl 64\`, \`state established\`.`,
    )
    .action(run(traceAll));

interface Options extends PacketOptions {
  readonly from?: PolicyKind | undefined;
  readonly ipset?: string | undefined;
  readonly host?: string | undefined;
  readonly on?: string | undefined;
  readonly at?: string | undefined;
  readonly state?: string | undefined;
  readonly sequence?: true | undefined;
  readonly flip?: true | undefined;
}

/** Traces every packet that was asked for; each by itself unless they are one sequence. */
async function traceAll(
  context: Context,
  path: string,
  words: readonly string[],
  options: Options,
): Promise<ExitCode> {
  const policy = await readPolicy(context, path, options.from, options.ipset);
  const host = await readHost(context, policy, options);
  const { packets, time } = await readPackets(context, words, options);
  const clock = readClock(options.at, time);
  const start = beginHistory(await readTable(context, options.state));
  const given = { ruleSet: policy.ruleSet, host, clock };
  let before = start;
  const many = [options.packets, options.log, options.pcap].some((one) => one !== undefined);
  const isHistory = options.sequence === true || options.pcap !== undefined;
  for (const injection of packets) {
    const request = requestAt(given, before.branches[0], injection, before.now);
    const problems = requestProblems(request);
    if (problems.length > 0) throw new Failure(problems);
    const { traced, history } = nextInHistory(given, before, injection);
    const flip = options.flip || packets.length === 1 ? nearestFlip(request, traced) : undefined;
    print(context, injection, { traced, flip, many });
    await context.out.drained();
    if (!isHistory) continue;
    if (before.complete && !history.complete)
      context.report([diagnostic('HK6062', `behind packet ${history.count} not every way is followed`)]);
    before = history;
  }
  return exitCode.done;
}

interface Answer {
  readonly traced: Trace;
  readonly flip: Flip | undefined;
  /** Whether there are further answers, each on a line of its own. */
  readonly many: boolean;
}

function print({ out, json }: Context, injection: Injection, { traced, flip, many }: Answer): void {
  out.write(
    json
      ? `${JSON.stringify(traceToJson(traced, flip), null, many ? 0 : 2)}\n`
      : `${renderTrace(injection, traced, flip, out)}${many ? '\n' : ''}`,
  );
}

/** The time that was said, else that of the capture, else now; what no zone was said with is UTC, and leaves that of the kernel open. */
function readClock(text: string | undefined, captured: number | undefined): ZonedTime {
  if (text === undefined) return { seconds: captured ?? Math.floor(Date.now() / 1000) };
  const time = parseTime(text);
  if (!time) throw wrongUsage(`\`${text}\` is no point of time`, 'for example `--at "2030-01-31 09:30"`');
  return time;
}

async function readTable(context: Context, path: string | undefined): Promise<ConntrackTable> {
  if (path === undefined) return conntrackTable();
  const entries = [];
  for await (const entry of readEntries(context, path)) entries.push(entry);
  return conntrackTable(entries);
}
