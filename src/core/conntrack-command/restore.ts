// `conntrack -R FILE`: many commands at once (conntrack.c: ct_parse_file, main).
import type { ConntrackTable } from '../conntrack/table.ts';
import { type Carried, carryOut } from './carry-out.ts';
import type { Action, ConntrackCommand } from './command.ts';
import { parseCommand } from './parse.ts';

/** What such a file may do. */
const allowed: ReadonlySet<Action> = new Set(['create', 'add', 'update', 'delete', 'flush']);

/**
 * Carries out the lines of a file. All are read before the first is carried out; the first that fails ends it, but for
 * those that find nothing to delete or to change. Empty lines and comments are passed over.
 */
export function restore(table: ConntrackTable, text: string, now: number): Omit<Carried, 'entries'> {
  const lines = text.split('\n').filter((line) => !/^\s*(?:#|$)/.test(line));
  const commands: ConntrackCommand[] = [];
  for (const line of lines) {
    const { value, diagnostics } = parseCommand({ name: 'line', text: line });
    if (!value) return { table, ok: false, problem: diagnostics.at(-1)?.message ?? line };
    if (!allowed.has(value.action) || value.table !== 'conntrack')
      return { table, ok: false, problem: `\`${line}\` can't stand in a file` };
    commands.push(value);
  }
  let result = table;
  for (const command of commands) {
    const { table: next, ok, problem } = carryOut(result, command, now);
    result = next;
    const mayFindNothing = command.action === 'delete' || command.action === 'update';
    if (!ok && !mayFindNothing) return { table: result, ok, ...(problem !== undefined && { problem }) };
  }
  return { table: result, ok: true };
}
