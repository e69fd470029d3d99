// The packets that a command line names: its own words, a file with one a line, or lines of the kernel log.
import { type Diagnostic, diagnostic, hasErrors } from '../core/diagnostic/diagnostic.ts';
import { readCapture } from '../core/packet/capture.ts';
import type { LogHead } from '../core/packet/log-head.ts';
import { isLogLine, type LoggedPacket, parseLogLine, readLogLine } from '../core/packet/log-line.ts';
import type { Injection } from '../core/packet/packet.ts';
import { parsePacketSpec } from '../core/packet/spec.ts';
import { lineSpans, textOf } from '../core/text/source.ts';
import type { Context } from './context.ts';
import { demand, Failure, wrongUsage } from './failure.ts';
import { type PassedOver, passedOver } from './passed-over.ts';

/** The options that bring packets from elsewhere. */
export interface PacketOptions {
  readonly packets?: string | undefined;
  readonly log?: string | undefined;
  readonly pcap?: string | undefined;
  /** The interface that a capture was made on, where it does not say. */
  readonly device?: string | undefined;
}

/** A packet to trace. */
export interface GivenPacket {
  readonly injection: Injection;
  /** When it was seen, in nanoseconds since 1970, where that is known. */
  readonly time?: bigint | undefined;
  /** Where it was found, of a log or a capture. */
  readonly found?: Found | undefined;
}

/** A place in a log or a capture. */
export interface Found {
  /** `line 12`, `frame 3`. */
  readonly place: string;
  readonly number: number;
  /** The line of a log, and what it says before the packet. */
  readonly line?: { readonly text: string; readonly head: LogHead };
}

/** Packets as they come, and what is no packet among them. */
export interface GivenPackets {
  readonly packets: AsyncIterable<GivenPacket>;
  readonly passed: PassedOver;
}

/**
 * The packets of a command line in order, at least one. Where packets were written for hookline, any that is malformed
 * ends the command with everything that is wrong; what a log or a capture has beside packets is passed over.
 */
export function givenPackets(
  context: Context,
  words: readonly string[],
  { packets, log, pcap, device }: PacketOptions,
): GivenPackets {
  const ways = [words.length > 0, packets !== undefined, log !== undefined, pcap !== undefined];
  if (ways.filter(Boolean).length !== 1)
    throw wrongUsage('say one PACKET, or `--packets FILE`, `--log LINE` or `--pcap FILE`', example);
  const passed =
    pcap === undefined
      ? passedOver(context, 'HK6063', 'lines are passed over')
      : passedOver(context, 'HK6061', 'frames are passed over');
  if (pcap !== undefined) return { packets: readFrames(context, pcap, device, passed), passed };
  if (log === '-') return { packets: readJournal(context, passed), passed };
  return { packets: readWritten(context, words, packets, log), passed };
}

/** What somebody wrote for this command. */
async function* readWritten(
  context: Context,
  words: readonly string[],
  path: string | undefined,
  line: string | undefined,
): AsyncGenerator<GivenPacket> {
  if (path !== undefined) {
    for (const injection of await readSpecs(context, path)) yield { injection };
    return;
  }
  if (line !== undefined) {
    yield readLine(context, line);
    return;
  }
  if (words.includes('-'))
    throw wrongUsage(
      'the shell took the `->` of the packet for a redirection',
      'put the packet in single quotes',
    );
  yield { injection: demand(parsePacketSpec({ name: '<packet>', text: words.join(' ') }), context.report) };
}

/** One line of a log. */
function readLine(context: Context, text: string): GivenPacket {
  demand(parseLogLine({ name: '<log>', text }), context.report);
  const read = readLogLine(text);
  if (typeof read === 'string') throw wrongUsage(read);
  return loggedPacket(read, 1, text);
}

function loggedPacket({ injection, prefix, time }: LoggedPacket, number: number, text: string): GivenPacket {
  const head = { prefix, ...(time && { time }) };
  return { injection, time: time?.time, found: { place: `line ${number}`, number, line: { text, head } } };
}

const example = "for example `'in wan0 tcp 198.51.100.9:40000 -> 203.0.113.1:80 syn'`";

/** Neither empty nor a comment. */
function isSpec(line: string): boolean {
  return !/^\s*(#|$)/.test(line);
}

async function readSpecs(context: Context, path: string): Promise<readonly Injection[]> {
  const source = demand(await context.read(path), context.report);
  const spans = lineSpans(source).filter((span) => isSpec(textOf(span)));
  if (spans.length === 0) throw new Failure([noPackets(source.name)]);
  const outcomes = spans.map((span) => parsePacketSpec(source, span));
  const found = outcomes.flatMap(({ diagnostics }) => diagnostics);
  if (hasErrors(found)) throw new Failure(found);
  context.report(found);
  return outcomes.flatMap(({ value }) => value ?? []);
}

/** A journal holds much else than packets. */
async function* readJournal(context: Context, passed: PassedOver): AsyncGenerator<GivenPacket> {
  let number = 0;
  let packets = 0;
  for await (const text of context.lines('-')) {
    number++;
    if (!isLogLine(text)) continue;
    const read = readLogLine(text);
    if (typeof read === 'string') passed.add(`line ${number}`, read);
    else {
      packets++;
      yield loggedPacket(read, number, text);
    }
  }
  if (packets === 0) throw new Failure([noPackets('<stdin>'), ...[passed.first() ?? []].flat()]);
}

/** Frames that hold no IP packet are passed over: most captures have some. */
async function* readFrames(
  context: Context,
  path: string,
  device: string | undefined,
  passed: PassedOver,
): AsyncGenerator<GivenPacket> {
  const captured = demand(readCapture(await context.bytes(path), device), context.report);
  let before: bigint | undefined;
  let packets = 0;
  for (const { number, packet, time } of captured) {
    const place = `frame ${number}`;
    if (!packet.value) {
      passed.add(place, packet.diagnostics[0]?.message ?? 'not a packet');
      continue;
    }
    packets++;
    yield { injection: afterThe(before, packet.value, time), time, found: { place, number } };
    before = time;
  }
  if (packets === 0) throw new Failure([diagnostic('HK0006', `there is no IP packet in \`${path}\``)]);
}

const nanoseconds = 1_000_000_000n;

/** A capture of several interfaces may be a little out of order. */
function afterThe(before: bigint | undefined, value: Injection, time: bigint | undefined): Injection {
  if (before === undefined || time === undefined || time <= before) return value;
  return { ...value, after: Number(time - before) / Number(nanoseconds) };
}

function noPackets(name: string): Diagnostic {
  return diagnostic('HK0006', `there is no packet in \`${name}\``, { help: example });
}
