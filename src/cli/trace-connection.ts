// `hookline trace --conntrack`: what becomes of a listed connection, as a new one and as the one that it is.
import { parseConntrackLine } from '../core/conntrack/dump.ts';
import { type ConnectionRequest, connectionPackets } from '../core/conntrack-check/connection.ts';
import { type Diagnostic, diagnostic } from '../core/diagnostic/diagnostic.ts';
import { traceToJson } from '../core/trace/json.ts';
import { renderTrace } from '../core/trace/render.ts';
import type { TraceRequest } from '../core/trace/run.ts';
import { trace } from '../core/trace/trace.ts';
import type { Context } from './context.ts';
import { type ExitCode, exitCode } from './exit.ts';
import { Failure } from './failure.ts';

/** Traces three packets: the first of the connection without it, and with it one of each side. */
export function traceConnection(context: Context, line: string, request: ConnectionRequest): ExitCode {
  const { value: entry, diagnostics } = parseConntrackLine(line);
  if (!entry) throw new Failure([noEntry(), ...diagnostics]);
  const { fresh, original, reply } = connectionPackets(request, entry);
  const { out, json } = context;
  if (json) {
    const established = { original: traceToJson(trace(original)), reply: traceToJson(trace(reply)) };
    out.write(`${JSON.stringify({ ...traceToJson(trace(fresh)), established }, null, 2)}\n`);
    return exitCode.done;
  }
  const part = (title: string, asked: TraceRequest) =>
    `${out.paint('strong', title)}\n\n${renderTrace(asked.injection, trace(asked), [], out)}`;
  out.write(
    [
      part('As a new connection:', fresh),
      part('As it is now, a packet of the side that began it:', original),
      part('As it is now, a packet of the other side:', reply),
    ].join('\n'),
  );
  return exitCode.done;
}

function noEntry(): Diagnostic {
  return diagnostic('HK7002', 'what `--conntrack` has is no entry', {
    help: 'give it one line that `conntrack -L` printed, in quotes',
  });
}
