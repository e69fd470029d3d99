// Reading lines of `conntrack -L -o save` and `conntrack -E -o save`: command lines that make the entry again (conntrack.c:
// ct_save_snprintf).
import type { ConntrackCommand, Selection } from '../conntrack-command/command.ts';
import { parseSaved } from '../conntrack-command/parse.ts';
import { type Tuples, tuplesOf } from '../conntrack-command/tuples.ts';
import { translatedBits } from './dump-entry.ts';
import type { DumpedEntry, DumpedEvent } from './dumped.ts';
import { ctStatus } from './entry.ts';
import { protocolText } from './format.ts';

/** Whether a line is a command line: `-A …`, `-I …`, with or without `conntrack` before it. */
export function isSaved(text: string): boolean {
  return /^\s*(?:conntrack\s+)?-(?:[IAUD]\s|-(?:create|add|update|delete)\b)/.test(text);
}

/** What a saved line tells: of `-U` and `-D` that it changed or ended. */
export interface Saved {
  readonly type: DumpedEvent['type'];
  readonly entry: DumpedEntry;
}

const types: Readonly<Partial<Record<ConntrackCommand['action'], DumpedEvent['type']>>> = {
  create: 'new',
  add: 'new',
  update: 'update',
  delete: 'destroy',
};

/** The entry of a saved line, or what is wrong with it. */
export function savedOf(text: string, raw: string, line: number): Saved | string {
  const { value, diagnostics } = parseSaved({ name: 'line', text });
  const type = value && types[value.action];
  if (!value || !type || value.table !== 'conntrack')
    return diagnostics[0]?.message ?? 'it makes no connection';
  const tuples = tuplesOf(value.selection);
  return typeof tuples === 'string'
    ? tuples
    : { type, entry: savedEntry(value.selection, tuples, raw, line) };
}

function savedEntry(
  selection: Selection,
  { original, reply }: Tuples,
  raw: string,
  line: number,
): DumpedEntry {
  const { timeout, state, mark, secmark, id } = selection;
  const status = selection.status?.set ?? 0;
  const done = ctStatus.confirmed | ctStatus['snat-done'] | ctStatus['dnat-done'];
  return {
    original,
    reply,
    status: status | done | translatedBits(original, reply),
    mark: mark?.value ?? 0,
    zone: zoneOf(selection),
    line,
    raw,
    protocolName: nameOf(original.protocol),
    flags: flagsOf(status),
    ...(!mark && { markUntold: true }),
    ...(timeout !== undefined && { timeout }),
    ...(state !== undefined && { protocolState: state }),
    ...(secmark !== undefined && { secmark }),
    ...(id !== undefined && { id }),
  };
}

function nameOf(protocol: number): string {
  const text = protocolText(protocol);
  return text === String(protocol) ? 'unknown' : text;
}

/** The words in brackets that a listing has for these bits. */
function flagsOf(status: number): readonly string[] {
  const assured =
    status & ctStatus['hw-offload'] ? 'HW_OFFLOAD' : status & ctStatus.offload ? 'OFFLOAD' : 'ASSURED';
  const isAssured = (status & (ctStatus.assured | ctStatus.offload | ctStatus['hw-offload'])) !== 0;
  return [...(status & ctStatus['seen-reply'] ? [] : ['UNREPLIED']), ...(isAssured ? [assured] : [])];
}

function zoneOf({ zone = 0, originalZone, replyZone }: Selection): DumpedEntry['zone'] {
  return { original: originalZone ?? zone, reply: replyZone ?? zone };
}
