// `hookline trace`: the way of one packet or many through a policy.
import { type ConntrackTable, conntrackTable } from '../../core/conntrack/table.ts';
import type { Outcome } from '../../core/diagnostic/diagnostic.ts';
import type { PolicyKind } from '../../core/load.ts';
import { parseLogLine } from '../../core/packet/log-line.ts';
import type { Injection } from '../../core/packet/packet.ts';
import { parsePacketSpec } from '../../core/packet/spec.ts';
import { nearestFlip } from '../../core/trace/flip.ts';
import { traceToJson } from '../../core/trace/json.ts';
import { renderTrace } from '../../core/trace/render.ts';
import type { TraceRequest } from '../../core/trace/run.ts';
import { type Trace, trace } from '../../core/trace/trace.ts';
import { readSource } from '../../host/files.ts';
import { type Context, readHost, readPolicy } from '../context.ts';
import { readEntries } from '../entries.ts';
import { type ExitCode, exitCode } from '../exit.ts';
import { demand, wrongUsage } from '../failure.ts';

export interface TraceOptions {
  readonly from?: PolicyKind;
  readonly host?: string;
  readonly on?: string;
  readonly state?: string;
  readonly packets?: string;
  readonly sequence?: boolean;
  readonly log?: string;
}

/** Traces every packet that was asked for; each by itself unless they are one sequence. */
export async function traceCommand(
  context: Context,
  path: string,
  words: readonly string[],
  options: TraceOptions,
): Promise<ExitCode> {
  const policy = await readPolicy(context, path, options.from);
  const host = await readHost(context, policy, options);
  const initial = options.state === undefined ? conntrackTable() : await readTable(context, options.state);
  const many = options.packets !== undefined || options.log !== undefined;
  let connections = initial;
  for await (const injection of injections(context, words, options)) {
    const request = { ruleSet: policy.ruleSet, host, connections, injection };
    const traced = trace(request);
    print(context, request, traced, many);
    if (options.sequence) connections = traced.connections;
  }
  return exitCode.done;
}

function print(context: Context, request: TraceRequest, traced: Trace, many: boolean): void {
  const flip = nearestFlip(request, traced);
  const { out, json } = context;
  out.write(
    json
      ? `${JSON.stringify(traceToJson(traced, flip), null, many ? 0 : 2)}\n`
      : `${renderTrace(request.injection, traced, flip, out)}${many ? '\n' : ''}`,
  );
}

async function readTable(context: Context, path: string): Promise<ConntrackTable> {
  const entries = [];
  for await (const entry of readEntries(context, path)) entries.push(entry);
  return conntrackTable(entries);
}

/** The packets: the words of the command, a file of specs, or kernel log lines. */
async function* injections(
  context: Context,
  words: readonly string[],
  { packets, log }: TraceOptions,
): AsyncGenerator<Injection> {
  const given = [words.length > 0, packets !== undefined, log !== undefined].filter(Boolean).length;
  if (given !== 1)
    throw wrongUsage(
      'say one PACKET, or `--packets FILE`, or `--log LINE`',
      'for example `in wan0 tcp 198.51.100.9:40000 -> 203.0.113.1:80 syn`',
    );
  if (packets !== undefined) yield* fromLines(context, packets, (text) => parsePacketSpec(text));
  else if (log === '-') yield* fromLines(context, log, parseLogLine);
  else {
    const source = { name: '<packet>', text: log ?? words.join(' ') };
    yield demand(log === undefined ? parsePacketSpec(source) : parseLogLine(source), context.report);
  }
}

/** One packet for each line that is neither empty nor a comment. */
async function* fromLines(
  context: Context,
  path: string,
  parse: (source: { name: string; text: string }, span?: undefined) => Outcome<Injection>,
): AsyncGenerator<Injection> {
  const { name, text } = demand(await readSource(path), context.report);
  for (const [at, line] of text.split('\n').entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    yield demand(parse({ name: `${name}:${at + 1}`, text: line.trimEnd() }), context.report);
  }
}
