// Carrying a command out on a table, by the kernel's rules (net/netfilter/nf_conntrack_netlink.c: ctnetlink_new_conntrack,
// ctnetlink_get_conntrack) and conntrack's own (conntrack.c: do_command_ct).
import { ctStatus, type Entry, isExpired } from '../conntrack/entry.ts';
import type { ConntrackTable } from '../conntrack/table.ts';
import type { Tuple } from '../conntrack/tuple.ts';
import type { ConntrackCommand, Selection } from './command.ts';
import { matcherOf } from './matches.ts';
import { tuplesOf } from './tuples.ts';

/** What a command did. */
export interface Carried {
  readonly table: ConntrackTable;
  /** Whether conntrack ends with 0. */
  readonly ok: boolean;
  /** Why not. */
  readonly problem?: string;
  /** The entries that it lists, makes, changes or deletes. */
  readonly entries: readonly Entry[];
}

/** Does what a command says, at a time of the simulation's clock in seconds. */
export function carryOut(table: ConntrackTable, command: ConntrackCommand, now: number): Carried {
  if (command.table === 'expect') return refused(table, 'expectations are not made by commands here');
  switch (command.action) {
    case 'list':
    case 'count':
      return listed(table, command, now);
    case 'get':
      return got(table, command.selection, now);
    case 'create':
    case 'add':
      return created(table, command, now);
    case 'update':
      return updated(table, command.selection, now);
    case 'delete':
      return deleted(table, command.selection, now);
    case 'flush':
      return { ...deleted(table, command.selection, now), ok: true };
    case 'event':
    case 'stats':
      return { table, ok: true, entries: [] };
    case 'restore':
      return refused(table, 'the commands of the file are carried out one by one');
  }
}

function refused(table: ConntrackTable, problem: string): Carried {
  return { table, ok: false, problem, entries: [] };
}

function present(table: ConntrackTable, now: number): readonly Entry[] {
  return [...table.entries()].filter((entry) => !isExpired(entry, now));
}

/** The tables of dying and of unconfirmed entries are empty: nothing waits here. */
function listed(table: ConntrackTable, { table: name, selection }: ConntrackCommand, now: number): Carried {
  const entries = name === 'conntrack' ? present(table, now).filter(matcherOf(selection)) : [];
  return { table, ok: true, entries };
}

function got(table: ConntrackTable, selection: Selection, now: number): Carried {
  const tuples = tuplesOf(selection);
  if (typeof tuples === 'string') return refused(table, tuples);
  const hasOriginal = selection.original.source !== undefined;
  const found = find(table, hasOriginal ? tuples.original : tuples.reply, zoneOf(selection), now);
  return found ? { table, ok: true, entries: [found] } : refused(table, 'there is no such connection');
}

/** By either of its tuples. */
function find(table: ConntrackTable, tuple: Tuple, zone: Entry['zone'], now: number): Entry | undefined {
  const found = table.lookup(tuple, zone)?.entry;
  return found && !isExpired(found, now) ? found : undefined;
}

function zoneOf({ zone = 0, originalZone, replyZone }: Selection): Entry['zone'] {
  return { original: originalZone ?? zone, reply: replyZone ?? zone };
}

function created(table: ConntrackTable, { action, selection }: ConntrackCommand, now: number): Carried {
  const entry = entryFrom(selection, now);
  if (typeof entry === 'string') return refused(table, entry);
  const { original, reply, zone } = entry;
  const known = find(table, original, zone, now);
  if (known && action === 'add') return { ...changed(table, [known], selection, now), ok: true };
  if (known ?? find(table, reply, zone, now)) return refused(table, 'there is such a connection already');
  return { table: table.with(entry), ok: true, entries: [entry] };
}

/** The new entry, or what the kernel would say to it. */
function entryFrom(selection: Selection, now: number): Entry | string {
  const tuples = tuplesOf(selection);
  if (typeof tuples === 'string') return tuples;
  const { status = { set: 0 }, timeout = 0, mark, state, originalZone = 0, replyZone = 0 } = selection;
  if (originalZone !== 0 && replyZone !== 0) return 'only one direction may have a zone of its own';
  const problem = settingProblem(selection);
  if (problem !== undefined) return problem;
  return {
    ...tuples,
    status: status.set | ctStatus.confirmed | natBits(selection),
    timeout,
    mark: mark?.value ?? 0,
    zone: zoneOf(selection),
    created: now,
    refreshed: now,
    ...(state !== undefined && { protocolState: state }),
  };
}

/** What was said of labels, or of bits that only the kernel sets (ctnetlink_change_status). */
function settingProblem({ status, labelsAdded, labelsDeleted }: Selection): string | undefined {
  if (status && (status.set & ctStatus.expected) !== 0) return 'nobody but the kernel says what was expected';
  if (labelsAdded.length > 0 || labelsDeleted !== undefined)
    return 'the names of labels are known on the machine only';
  return undefined;
}

function natBits({ nat }: Selection): number {
  const source = nat.source ? ctStatus.snat | ctStatus['snat-done'] : 0;
  return source | (nat.destination ? ctStatus.dnat | ctStatus['dnat-done'] : 0);
}

/** `-U` chooses by what tells connections apart; the rest is what they become (conntrack.c: mnl_nfct_update_cb). */
function updated(table: ConntrackTable, selection: Selection, now: number): Carried {
  const { mark: _mark, status: _status, state: _state, timeout: _timeout, ...chosen } = selection;
  return changed(table, present(table, now).filter(matcherOf(chosen)), selection, now);
}

function changed(
  table: ConntrackTable,
  chosen: readonly Entry[],
  selection: Selection,
  now: number,
): Carried {
  const problem = chosen.length > 0 ? settingProblem(selection) : undefined;
  if (problem !== undefined) return refused(table, problem);
  const entries = chosen.flatMap((entry) => {
    const next = withChanges(entry, selection, now);
    return isSame(entry, next) ? [] : next;
  });
  const result = entries.reduce((sum, entry) => sum.with(entry), table);
  return entries.length > 0
    ? { table: result, ok: true, entries }
    : refused(table, 'there is no such connection that would change');
}

/** ctnetlink_change_conntrack: bits are only ever added; of the mark those of the mask give way. */
function withChanges(entry: Entry, selection: Selection, now: number): Entry {
  const { mark, status, state, timeout } = selection;
  return {
    ...entry,
    ...(status && { status: entry.status | status.set }),
    ...(mark && { mark: ((entry.mark & ~mark.mask) ^ mark.value) >>> 0 }),
    ...(state !== undefined && { protocolState: state }),
    ...(timeout !== undefined && { timeout, refreshed: now }),
  };
}

function isSame(one: Entry, other: Entry): boolean {
  return (
    one.status === other.status &&
    one.mark === other.mark &&
    one.protocolState === other.protocolState &&
    one.timeout === other.timeout &&
    one.refreshed === other.refreshed
  );
}

function deleted(table: ConntrackTable, selection: Selection, now: number): Carried {
  const entries = present(table, now).filter(matcherOf(selection));
  const result = entries.reduce((sum, entry) => sum.without(entry), table);
  return entries.length > 0
    ? { table: result, ok: true, entries }
    : refused(result, 'there is no such connection');
}
