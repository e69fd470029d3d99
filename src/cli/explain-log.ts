// `hookline explain --log`: the packets of a log, each with the rule that logged it and what decides about it, as they come.
import { existsSync } from 'node:fs';
import { diagnostic } from '../core/diagnostic/diagnostic.ts';
import type { PolicyKind } from '../core/load.ts';
import { entryTimes } from '../core/packet/log-entry.ts';
import type { LogTime } from '../core/packet/log-head.ts';
import { isLogLine, type LoggedPacket, readLogLine } from '../core/packet/log-line.ts';
import { loggingRules } from '../core/trace/logged.ts';
import { requestProblems } from '../core/trace/request.ts';
import type { TraceRequest } from '../core/trace/run.ts';
import { trace } from '../core/trace/trace.ts';
import { clockOf } from './clock.ts';
import { type Context, readPolicy } from './context.ts';
import { type ExitCode, exitCode } from './exit.ts';
import { Failure, wrongUsage } from './failure.ts';
import { type HostOptions, readInForce } from './hosts.ts';
import { type PassedOver, passedOver } from './passed-over.ts';
import {
  explainedLine,
  explainedToJson,
  type LogCount,
  logCountText,
  logCountToJson,
} from './report/log-line.ts';

/** Against what the lines are held. */
export interface LogQuestion extends HostOptions {
  /** A line, the path of a file with lines, or `-`. */
  readonly log: string;
  readonly policy: string;
  readonly from?: PolicyKind | undefined;
  readonly ipset?: string | undefined;
}

/** Explains each line when it comes, and keeps none of them; 2 where there is no packet at all. */
export async function explainLog(context: Context, question: LogQuestion): Promise<ExitCode> {
  const policy = await readPolicy(context, question.policy, question.from, question.ipset);
  const { ruleSet, host } = await readInForce(context, policy, question);
  const logging = loggingRules(ruleSet);
  const passed = passedOver(context, 'HK6063', 'lines are passed over');
  const count: LogCount = { packets: 0, others: 0, unreadable: 0 };
  const { out, json } = context;
  for await (const { number, logged } of packetsIn(context, question.log, passed, count)) {
    const { injection, prefix, time } = logged;
    const clock = clockOf(undefined, {
      time: time?.time,
      ...(time && { found: { place: '', number, head: { prefix, time } } }),
    });
    const request: TraceRequest = { ruleSet, host, injection, clock };
    const [problem] = requestProblems(request);
    if (problem) {
      passed.add(`line ${number}`, problem.message);
      continue;
    }
    count.packets++;
    const explained = { number, logged, traced: trace(request), logging };
    out.write(json ? `${JSON.stringify(explainedToJson(explained))}\n` : explainedLine(explained, out));
    await out.drained();
  }
  return report(context, { ...count, unreadable: passed.count() }, passed);
}

function report(context: Context, count: LogCount, passed: PassedOver): ExitCode {
  passed.report();
  if (count.packets === 0) throw new Failure([noPackets, ...[passed.first() ?? []].flat()]);
  if (context.json) context.out.write(`${JSON.stringify(logCountToJson(count))}\n`);
  else context.err.write(logCountText(count));
  return exitCode.done;
}

const noPackets = diagnostic('HK0006', 'there is no packet in the log', {
  help: 'a log line has `IN= OUT= SRC= DST= LEN= TTL= PROTO=`, as the LOG target and nft write it',
});

interface Numbered {
  readonly number: number;
  readonly logged: LoggedPacket & { readonly time?: LogTime };
}

/** The lines that tell of packets; all others are counted. */
async function* packetsIn(
  context: Context,
  log: string,
  passed: PassedOver,
  count: LogCount,
): AsyncGenerator<Numbered> {
  const timeAt = entryTimes();
  let number = 0;
  for await (const line of linesOf(context, log)) {
    number++;
    const time = timeAt(line);
    if (!isLogLine(line)) {
      count.others++;
      continue;
    }
    const read = readLogLine(line);
    if (typeof read === 'string') passed.add(`line ${number}`, read);
    else yield { number, logged: { ...(time && { time }), ...read } };
  }
}

function linesOf(context: Context, log: string): AsyncIterable<string> | readonly string[] {
  if (isLogLine(log)) return [log];
  if (log !== '-' && !existsSync(log))
    throw wrongUsage(
      `\`${log}\` is neither a line of the kernel log nor a file with such lines`,
      '`-` takes them from standard input: `journalctl -k -f | hookline explain --log -`',
    );
  return context.lines(log);
}
