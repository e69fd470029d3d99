// The message of a log's entry, out of what journalctl and dmesg write around it: JSON on a line or over several, or a field
// on each line (systemd.journal-fields(7), journalctl(1), dmesg(1)).
import { z } from 'zod';
import { type LogTime, logTimeOf, readLogHead } from './log-head.ts';

/** What a rule logged, and when, where the same line says it. */
export interface LogEntry {
  readonly text: string;
  readonly time?: LogTime;
}

/** A message that is no UTF-8 text is a list of its bytes. */
const message = z.union([z.string(), z.array(z.int().min(0).max(255))]);
const microseconds = z.string().regex(/^\d{1,19}$/);
const journalEntry = z.object({ MESSAGE: message, __REALTIME_TIMESTAMP: microseconds.optional() });

/** What `journalctl -o json-sse` and `-o json-seq` (RFC 7464) put before an entry. */
const beginnings = ['data: ', '\u001e'];

/** The message in a line; the line itself where nothing is around it; a sentence where what is there is broken. */
export function entryOf(line: string): LogEntry | string {
  const begin = beginnings.find((one) => line.startsWith(one)) ?? '';
  const json = line.slice(begin.length);
  if (json.startsWith('{') && json.trimEnd().length > 1) return readObject(json);
  const [, written, quoted] = /^\s*(?:MESSAGE=(.*)|"(?:MESSAGE|msg)" ?: *(.+?),?)\s*$/.exec(line) ?? [];
  if (written !== undefined) return { text: written };
  if (quoted === undefined) return { text: line };
  const read = message.safeParse(jsonOf(quoted));
  return read.success
    ? { text: textOf(read.data) }
    : 'it is no message as `journalctl -o json-pretty` writes it';
}

function readObject(json: string): LogEntry | string {
  const read = journalEntry.safeParse(jsonOf(json));
  if (!read.success) return 'it is no entry as `journalctl -o json` writes it';
  const { MESSAGE, __REALTIME_TIMESTAMP } = read.data;
  return { text: textOf(MESSAGE), ...timeOf(__REALTIME_TIMESTAMP) };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function textOf(said: z.infer<typeof message>): string {
  return typeof said === 'string' ? said : String.fromCharCode(...said);
}

function timeOf(text: string | undefined): { readonly time?: LogTime } {
  const time = text === undefined ? undefined : logTimeOf(BigInt(text) * 1000n);
  return time ? { time } : {};
}

/** Is given a log line by line, and says which time the lines before told of the entry that a line is in. */
export function entryTimes(): (line: string) => LogTime | undefined {
  let time: LogTime | undefined;
  return (line) => {
    if (/^\s*(?:[{}\]],?)?\s*$/.test(line)) time = undefined;
    else time = toldBy(line) ?? time;
    return isInEntry(line) ? time : undefined;
  };
}

/** A field, or what stands around one. */
function isInEntry(line: string): boolean {
  return /^\s*(?:[A-Z_0-9]+=|")/.test(line);
}

function toldBy(line: string): LogTime | undefined {
  const [, field] = /^\s*"?__REALTIME_TIMESTAMP"? ?[=:] ?"?(\d{1,19})"?,?$/.exec(line) ?? [];
  if (field !== undefined) return timeOf(field).time;
  const [, since] = /^\s*"time": *(\d+\.\d+),?$/.exec(line) ?? [];
  if (since !== undefined) return { text: since };
  const [, head] = /^(\S.* )\[s=[0-9a-f]+;\S*\]$/.exec(line) ?? [];
  return head === undefined ? undefined : readLogHead(head).time;
}
