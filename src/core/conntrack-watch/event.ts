// One line of `conntrack -E`: what happened to which connection, and when.
import { parseConntrackLine } from '../conntrack/dump.ts';
import type { DumpedEntry } from '../conntrack/dumped.ts';

/** What happened to a connection. */
export type EventKind = 'new' | 'update' | 'destroy';

/** An event, with the connection as it was after it. */
export interface WatchEvent {
  readonly kind: EventKind;
  /** Seconds since 1970, with `-o timestamp`. */
  readonly time?: number;
  readonly entry: DumpedEntry;
}

const shape = /^(?:\[(\d+\.\d+)\])?\s*\[(NEW|UPDATE|DESTROY)\]\s+(\S.*)$/;

const kinds: Readonly<Record<string, EventKind>> = { NEW: 'new', UPDATE: 'update', DESTROY: 'destroy' };

/** The event that a line tells of; undefined if it tells of none, or of one that is not understood. */
export function readEvent(line: string): WatchEvent | undefined {
  const [, time, word = '', listed = ''] = shape.exec(line) ?? [];
  const kind = kinds[word];
  if (!kind) return undefined;
  const { value: entry } = parseConntrackLine(listed);
  return entry && { kind, entry, ...(time !== undefined && { time: Number(time) }) };
}
