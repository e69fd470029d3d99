// One line of `conntrack -E`: what happened to which connection, and when.
import { listingReader } from '../conntrack/dump.ts';
import type { DumpedEntry, DumpedEvent } from '../conntrack/dumped.ts';

/** What happened to a connection. */
export type EventKind = DumpedEvent['type'];

/** An event, with the connection as it was after it. */
export interface WatchEvent {
  readonly kind: EventKind;
  /** Seconds since 1970, with `-o timestamp`. */
  readonly time?: number;
  readonly entry: DumpedEntry;
}

/** The event that a line tells of; undefined if it tells of no connection, or is not understood. */
export function readEvent(line: string): WatchEvent | undefined {
  const [item] = listingReader().line(line, 1);
  if (item?.kind !== 'event' || item.event.of.kind !== 'entry') return undefined;
  const { type, time, of } = item.event;
  return { kind: type, entry: of.entry, ...(time !== undefined && { time }) };
}
