// The packets that a command line names: its own words, a file with one a line, or lines of the kernel log.
import { type Diagnostic, diagnostic, hasErrors } from '../core/diagnostic/diagnostic.ts';
import { type CaptureDevices, type CapturedPacket, openCapture } from '../core/packet/capture.ts';
import { entryTimes } from '../core/packet/log-entry.ts';
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
  /** A file with all of a journal. */
  readonly journal?: string | undefined;
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
  /** The line of a log. */
  readonly text?: string;
  /** What it says before the packet. */
  readonly head?: LogHead;
  /** Of a frame: whether it came in or was sent, and by which interface, where the capture or the command line tells. */
  readonly direction?: Injection['direction'];
  readonly device?: string;
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
  { packets, log, journal, pcap, device }: PacketOptions,
): GivenPackets {
  const ways = [words.length > 0, ...[packets, log, journal, pcap].map((one) => one !== undefined)];
  if (ways.filter(Boolean).length !== 1)
    throw wrongUsage(
      'say one PACKET, or `--packets FILE`, `--log LINE`, `--journal FILE` or `--pcap FILE`',
      example,
    );
  const passed =
    pcap === undefined
      ? passedOver(context, 'HK6063', 'lines are passed over')
      : passedOver(context, 'HK6061', 'frames are passed over');
  if (pcap !== undefined) return { packets: readFrames(context, pcap, device, passed), passed };
  const path = journalOf({ journal, log });
  if (path !== undefined) return { packets: readJournal(context, path, passed), passed };
  return { packets: readWritten(context, words, packets, log), passed };
}

/** Where a whole journal is: `--log -` means all of standard input, too. */
export function journalOf({ journal, log }: Pick<PacketOptions, 'journal' | 'log'>): string | undefined {
  return journal ?? (log === '-' ? log : undefined);
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
  return { injection, time: time?.time, found: { place: `line ${number}`, number, text, head } };
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
async function* readJournal(context: Context, path: string, passed: PassedOver): AsyncGenerator<GivenPacket> {
  let number = 0;
  let packets = 0;
  const timeAt = entryTimes();
  for await (const text of context.lines(path)) {
    number++;
    const time = timeAt(text);
    if (!isLogLine(text)) continue;
    const read = readLogLine(text);
    if (typeof read === 'string') passed.add(`line ${number}`, read);
    else {
      packets++;
      yield loggedPacket({ ...(time && { time }), ...read }, number, text);
    }
  }
  if (packets === 0)
    throw new Failure([noPackets(path === '-' ? '<stdin>' : path), ...[passed.first() ?? []].flat()]);
}

/** The packets of a capture; what is none is passed over. `device`: the interface, or names by the numbers that it has. */
export async function* readFrames(
  context: Context,
  path: string,
  device: string | undefined,
  passed: PassedOver,
): AsyncGenerator<GivenPacket> {
  const reader = openCapture(devicesOf(device));
  let before: bigint | undefined;
  let packets = 0;
  for await (const bytes of context.bytes(path)) {
    const part = reader.push(bytes);
    for (const captured of part.packets) {
      const given = framePacket(captured, before, passed);
      if (!given) continue;
      packets++;
      yield given;
      before = captured.time;
    }
    if (part.problem) throw new Failure([part.problem]);
  }
  const cutOff = reader.end();
  if (cutOff && packets === 0)
    throw new Failure([cutOff.severity === 'error' ? cutOff : noFrames(path), cutOff]);
  if (cutOff) context.report([cutOff]);
  if (packets === 0) throw new Failure([noFrames(path), ...[passed.first() ?? []].flat()]);
}

function framePacket(
  { number, packet, time, head, direction, device }: CapturedPacket,
  before: bigint | undefined,
  passed: PassedOver,
): GivenPacket | undefined {
  const place = `frame ${number}`;
  if (packet.value) {
    const injection = afterThe(before, packet.value, time);
    const seen = { ...(direction && { direction }), ...(device !== undefined && { device }) };
    return {
      injection: { ...injection, captured: true },
      time,
      found: { place, number, ...(head && { head }), ...seen },
    };
  }
  passed.add(place, packet.diagnostics[0]?.message ?? 'not a packet');
  return undefined;
}

/** `wan0`, or names by the numbers that a capture has: `2=wan0,3=lan0`. */
export function devicesOf(text: string | undefined): CaptureDevices {
  if (text === undefined) return { byIndex: new Map() };
  if (!text.includes('=')) return { usual: text, byIndex: new Map() };
  const pairs = text.split(',').map((pair) => /^(\d+)=(\S+)$/.exec(pair));
  const byIndex = pairs.map((pair): [number, string] => {
    if (!pair) throw wrongUsage(`\`${text}\` names no interfaces`, 'write `--device 2=wan0,3=lan0`');
    return [Number(pair[1]), pair[2] ?? ''];
  });
  return { byIndex: new Map(byIndex) };
}

function noFrames(path: string): Diagnostic {
  return diagnostic('HK0006', `there is no IP packet in \`${path}\``);
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
