// The packets that a command line names: its own words, a file with one a line, or lines of the kernel log.
import { type Diagnostic, diagnostic, hasErrors, type Outcome } from '../core/diagnostic/diagnostic.ts';
import { readCapture } from '../core/packet/capture.ts';
import { isLogLine, parseLogLine } from '../core/packet/log-line.ts';
import type { Injection } from '../core/packet/packet.ts';
import { parsePacketSpec } from '../core/packet/spec.ts';
import { lineSpans, type Source, type Span, textOf } from '../core/text/source.ts';
import type { Context } from './context.ts';
import { demand, Failure, wrongUsage } from './failure.ts';

/** The options that bring packets from elsewhere. */
export interface PacketOptions {
  readonly packets?: string | undefined;
  readonly log?: string | undefined;
  readonly pcap?: string | undefined;
  /** The interface that a capture was made on, where it does not say. */
  readonly device?: string | undefined;
}

/** Packets, and when the first of them came, in seconds since 1970, where they say so. */
export interface GivenPackets {
  readonly packets: readonly Injection[];
  readonly time?: number | undefined;
}

/** All packets, in order; at least one. If any is malformed, the command ends with everything that is wrong. */
export async function readPackets(
  context: Context,
  words: readonly string[],
  { packets, log, pcap, device }: PacketOptions,
): Promise<GivenPackets> {
  const ways = [words.length > 0, packets !== undefined, log !== undefined, pcap !== undefined];
  if (ways.filter(Boolean).length !== 1)
    throw wrongUsage('say one PACKET, or `--packets FILE`, `--log LINE` or `--pcap FILE`', example);
  if (pcap !== undefined) return readFrames(context, pcap, device);
  if (packets !== undefined) return { packets: await readEach(context, packets, isSpec, parsePacketSpec) };
  if (log === '-') return { packets: await readEach(context, log, isLogLine, parseLogLine) };
  const one = (outcome: Outcome<Injection>) => ({ packets: [demand(outcome, context.report)] });
  if (log !== undefined) return one(parseLogLine({ name: '<log>', text: log }));
  if (words.includes('-'))
    throw wrongUsage(
      'the shell took the `->` of the packet for a redirection',
      'put the packet in single quotes',
    );
  return one(parsePacketSpec({ name: '<packet>', text: words.join(' ') }));
}

const example = "for example `'in wan0 tcp 198.51.100.9:40000 -> 203.0.113.1:80 syn'`";

/** Neither empty nor a comment. */
function isSpec(line: string): boolean {
  return !/^\s*(#|$)/.test(line);
}

async function readEach(
  context: Context,
  path: string,
  isPacket: (line: string) => boolean,
  parse: (source: Source, span: Span) => Outcome<Injection>,
): Promise<readonly Injection[]> {
  const source = demand(await context.read(path), context.report);
  const spans = lineSpans(source).filter((span) => isPacket(textOf(span)));
  if (spans.length === 0) throw new Failure([noPackets(source)]);
  const outcomes = spans.map((span) => parse(source, span));
  const found = outcomes.flatMap(({ diagnostics }) => diagnostics);
  if (hasErrors(found)) throw new Failure(found);
  context.report(found);
  return outcomes.flatMap(({ value }) => value ?? []);
}

/** Frames that hold no IP packet are reported and passed over: most captures have some. */
async function readFrames(context: Context, path: string, device: string | undefined): Promise<GivenPackets> {
  const captured = demand(readCapture(await context.bytes(path), device), context.report);
  const passedOver = captured.flatMap(({ number, packet: { value, diagnostics } }) =>
    value ? [] : [diagnostic('HK6061', `frame ${number}: ${diagnostics[0]?.message ?? 'not a packet'}`)],
  );
  context.report(passedOver);
  const found = captured.flatMap(({ packet: { value }, time }) => (value ? [{ value, time }] : []));
  const [first] = found;
  if (!first) throw new Failure([diagnostic('HK0006', `there is no IP packet in \`${path}\``)]);
  const start = first.time === undefined ? undefined : Number(first.time / nanoseconds);
  return {
    packets: found.map(({ value, time }, at) => afterThe(found[at - 1]?.time, value, time)),
    time: start,
  };
}

const nanoseconds = 1_000_000_000n;

/** A capture of several interfaces may be a little out of order. */
function afterThe(before: bigint | undefined, value: Injection, time: bigint | undefined): Injection {
  if (before === undefined || time === undefined || time <= before) return value;
  return { ...value, after: Number(time - before) / Number(nanoseconds) };
}

function noPackets(source: Source): Diagnostic {
  return diagnostic('HK0006', `there is no packet in \`${source.name}\``, {
    span: { source, start: 0, end: 0 },
    help: example,
  });
}
