// Reading conntrack listings and events: `conntrack -L` and `-E` in all their forms, /proc/net/nf_conntrack and
// /proc/net/nf_conntrack_expect.
import { type Diagnostic, diagnostic, type Outcome } from '../diagnostic/diagnostic.ts';
import type { Span } from '../text/source.ts';
import { entryOf } from './dump-entry.ts';
import { eventLine, withoutProgram } from './dump-event.ts';
import { announcedOf, expectationOf, isAnnounced, isExpectation } from './dump-expectation.ts';
import { readFields } from './dump-fields.ts';
import { isSaved, savedOf } from './dump-save.ts';
import { isXml, plainFlow } from './dump-xml.ts';
import { type Frame, frameReader } from './dump-xml-frame.ts';
import type { DumpedEntry, DumpedEvent, DumpItem } from './dumped.ts';

/** Where a line stands: its number from 1, and its span where the whole text is at hand. */
export interface LinePlace {
  readonly line?: number;
  readonly span?: Span;
}

/** One entry of a listing, in any of its forms, or HK7001 with what is wrong with the line. */
export function parseConntrackLine(text: string, place: LinePlace = {}): Outcome<DumpedEntry> {
  const { line = 1, span } = place;
  const reader = listingReader();
  const [item] = [...reader.line(text, line), ...reader.end()];
  const entry = item && entryIn(item);
  if (entry) return { value: entry, diagnostics: [] };
  const wrong = item?.kind === 'broken' ? item.diagnostic : malformed(notOne(item), line);
  return { value: undefined, diagnostics: [{ ...wrong, ...(span && { span }) }] };
}

function entryIn(item: DumpItem): DumpedEntry | undefined {
  if (item.kind === 'entry') return item.entry;
  return item.kind === 'event' && item.event.of.kind === 'entry' ? item.event.of.entry : undefined;
}

function notOne(item: DumpItem | undefined): string {
  return item ? 'it tells no connection' : 'it does not begin with a protocol and its number';
}

/** Reads a listing line by line; a flow of XML may go over several. */
export interface ListingReader {
  /** What a line, without its end, completes; nothing if it is empty. The number counts from 1. */
  readonly line: (text: string, number: number) => readonly DumpItem[];
  /** What remains when there are no more lines. */
  readonly end: () => readonly DumpItem[];
}

/** A reader before the first line. */
export function listingReader(): ListingReader {
  const frames = frameReader();
  return {
    line: (text, number) => {
      if (isXml(text) || (frames.isOpen() && !isPlain(text))) return frames.push(text, number).map(readFlow);
      return [...frames.end().map(readFlow), ...readLine(text, number)];
    },
    end: () => frames.end().map(readFlow),
  };
}

/** Whether a line can't be inside a flow. */
function isPlain(text: string): boolean {
  return text.includes('src=') && !text.includes('<');
}

/** The items of a listing; empty lines are passed over. */
export function* readConntrack(lines: Iterable<string>): Generator<DumpItem> {
  const reader = listingReader();
  let line = 0;
  for (const text of lines) yield* reader.line(text, ++line);
  yield* reader.end();
}

/** The same of a stream of lines. */
export async function* streamConntrack(lines: AsyncIterable<string>): AsyncGenerator<DumpItem> {
  const reader = listingReader();
  let line = 0;
  for await (const text of lines) yield* reader.line(text, ++line);
  yield* reader.end();
}

/** `conntrack v1.4.7 (conntrack-tools): 45 flow entries have been shown.`, on standard error. */
const summaryLine =
  /^conntrack v\S+ \(conntrack-tools\): (\d+) (?:flow entries|flow events|expectations|expectation events) have been shown\.\s*$/;

function readLine(text: string, line: number): readonly DumpItem[] {
  if (text.trim() === '' || isComment(text)) return [];
  const summary = text.startsWith('conntrack v') ? summaryLine.exec(text) : null;
  if (summary) return [{ kind: 'summary', shown: Number(summary[1]) }];
  if (isAnnounced(text)) return [readAnnounced(text, line)];
  if (isSaved(text)) return [readSaved(text, line)];
  const { event, rest } = eventLine(text);
  return [inEvent(readPlain(rest, text, line), event, line)];
}

/** Comments stand in files for `conntrack -R`. */
function isComment(text: string): boolean {
  return /^\s*#/.test(text);
}

/** An entry or an expectation as `conntrack -L` has it; `raw` is how it was read. */
function readPlain(text: string, raw: string, line: number): DumpItem {
  if (isExpectation(text)) {
    const read = expectationOf(text);
    return typeof read === 'string'
      ? broken(read, line)
      : { kind: 'expectation', expectation: { ...read, line } };
  }
  const fields = readFields(text);
  const entry = typeof fields === 'string' ? fields : entryOf(fields, raw, line);
  if (typeof entry === 'string') return broken(entry, line);
  return { kind: 'entry', entry };
}

function readFlow(frame: Frame): DumpItem {
  if (frame.flow === undefined) return broken(frame.problem, frame.line);
  const plain = plainFlow(frame.flow);
  if (typeof plain === 'string') return broken(plain, frame.line);
  const { line, event, ...times } = plain;
  const item = readPlain(line, frame.flow, frame.line);
  const timed = item.kind === 'entry' ? { ...item, entry: { ...item.entry, ...times } } : item;
  return inEvent(timed, event, frame.line);
}

function readSaved(text: string, line: number): DumpItem {
  const { rest, userspace } = withoutProgram(text);
  const read = savedOf(rest, text, line);
  if (typeof read === 'string') return broken(read, line);
  const item = { kind: 'entry', entry: read.entry } as const;
  const isEvent = read.type !== 'new' || userspace !== undefined;
  return isEvent ? inEvent(item, { type: read.type, ...(userspace && { userspace }) }, line) : item;
}

function readAnnounced(text: string, line: number): DumpItem {
  const read = announcedOf(text);
  return typeof read === 'string'
    ? broken(read, line)
    : { kind: 'announced', expectation: { ...read, line } };
}

function inEvent(
  item: DumpItem,
  event: Omit<DumpedEvent, 'line' | 'of'> | undefined,
  line: number,
): DumpItem {
  if (!event || (item.kind !== 'entry' && item.kind !== 'expectation')) return item;
  const of = item.kind === 'entry' ? { ...item, entry: withMarkTold(item.entry) } : item;
  return { kind: 'event', event: { ...event, line, of } };
}

/** Events leave the mark out where it is 0, and where it did not change. */
function withMarkTold(entry: DumpedEntry): DumpedEntry {
  return /\bmark[=>]/.test(entry.raw) ? entry : { ...entry, markUntold: true };
}

function broken(problem: string, line: number): DumpItem {
  return { kind: 'broken', diagnostic: malformed(problem, line) };
}

/** HK7001, with what is wrong with a line. */
export function malformed(problem: string, line: number, span?: Span): Diagnostic {
  const help = 'expected a line as `conntrack -L` or /proc/net/nf_conntrack has it';
  return diagnostic('HK7001', `line ${line} is no conntrack entry: ${problem}`, { span, help });
}
