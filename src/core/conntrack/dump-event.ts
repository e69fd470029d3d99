// What `conntrack -E` prints around an entry: the time, what happened, and which program did it (conntrack.c: event_cb;
// libnetfilter_conntrack: conntrack/snprintf_default.c).
import type { DumpedEvent } from './dumped.ts';

/** A line without what makes it an event. */
export interface EventLine {
  readonly event?: Omit<DumpedEvent, 'line' | 'of'>;
  /** The entry or expectation, as a listing has it. */
  readonly rest: string;
}

const beginning = /^\s*(?:\[(\d+)\.(\d+) *\]\s*)?\[(NEW|UPDATE|DESTROY)\]\s+/;
const ending = /\s\[USERSPACE\] portid=(\d+)(?: progname=(.*?))?\s*$/;
const types = { NEW: 'new', UPDATE: 'update', DESTROY: 'destroy' } as const;

/** Takes the event off a line; any other line stays as it is. */
export function eventLine(text: string): EventLine {
  const begun = text.includes('[') ? beginning.exec(text) : null;
  if (!begun) return { rest: text };
  const [whole, seconds, microseconds, word = ''] = begun;
  const { rest, userspace } = withoutProgram(text.slice(whole.length));
  const type = word === 'NEW' || word === 'UPDATE' ? types[word] : types.DESTROY;
  const time = seconds === undefined ? undefined : Number(seconds) + Number(microseconds) / 1e6;
  return { rest, event: { type, ...(time !== undefined && { time }), ...(userspace && { userspace }) } };
}

/** Takes off what is said behind an event that a program caused. */
export function withoutProgram(text: string): Pick<DumpedEvent, 'userspace'> & { readonly rest: string } {
  const ended = text.includes('[USERSPACE]') ? ending.exec(text) : null;
  if (!ended) return { rest: text };
  const [, portId, program] = ended;
  const rest = text.slice(0, ended.index);
  return { rest, userspace: { portId: Number(portId), ...(program !== undefined && { program }) } };
}
