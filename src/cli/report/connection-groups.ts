// Connections in groups, as a table and as JSON.
import type { z } from 'zod';
import type { Group, Grouping, Groups } from '../../core/conntrack-check/summary.ts';
import type { groupLine } from '../schema/connection.ts';
import type { Surface } from '../terminal.ts';
import { fitTable } from './fit-table.ts';

/** The group with the most first. */
export function sortedGroups({ groups }: Groups, sort: string = 'connections'): readonly Group[] {
  const key = (['connections', 'bytes', 'stale', 'drift'] as const).find((one) => one === sort);
  return key === undefined ? groups : groups.toSorted((one, other) => other[key] - one[key]);
}

/** A row for each group; below it what is not shown. */
export function groupTable(
  by: Grouping,
  groups: Groups,
  { sort, limit }: { readonly sort: string | undefined; readonly limit: number },
  surface: Surface,
): string {
  if (groups.groups.length === 0) return '';
  const rows = sortedGroups(groups, sort).slice(0, limit);
  const counted = rows.some((one) => one.counted > 0);
  const head = [by, 'connections', ...(counted ? ['bytes'] : []), 'stale', 'surviving', 'drift'];
  const table = fitTable(
    head,
    rows.map((one) => cells(one, counted)),
    surface.width,
  );
  const left = groups.groups.length - rows.length;
  return `${table}${left > 0 ? `${left} more groups; --limit shows more\n` : ''}${othersText(groups)}\n`;
}

function cells(
  { name, connections, bytes, stale, surviving, drift }: Group,
  counted: boolean,
): readonly string[] {
  const numbers = [connections, ...(counted ? [bytes] : []), stale, surviving, drift];
  return [name, ...numbers.map((number) => (number === 0 ? '' : String(number)))];
}

function othersText({ others }: Groups): string {
  if (others.connections === 0) return '';
  return `there were too many to keep all apart: ${others.connections} connections are in none of them, and counts may be too low\n`;
}

/** One line of JSON. */
export function groupToJson(by: Grouping, { name, ...counts }: Group): z.infer<typeof groupLine> {
  return { schema: 'hookline.connection-group/1', by, name, ...counts };
}
