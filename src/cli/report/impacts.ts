// What a change of policy does to connections, as a table and as JSON.
import type { z } from 'zod';
import {
  type ImpactGroup,
  type Impacts,
  impactNames,
  impacts as meanings,
} from '../../core/conntrack-check/impact.ts';
import type { impactGroupLine, impactsLine } from '../schema/connection.ts';
import type { Surface } from '../terminal.ts';
import { fitTable } from './fit-table.ts';

/** A table of groups, the first so many, and what all connections add up to. */
export function impactText(found: Impacts, limit: number, surface: Surface): string {
  const rows = found.groups.slice(0, limit);
  const left = found.groups.length - rows.length;
  const more = left > 0 ? `${left} more groups; --limit shows more\n` : '';
  const { connections: others } = found.others;
  const unkept =
    others > 0 ? `there were too many groups to keep all apart: ${others} connections are in none\n` : '';
  const table = rows.length > 0 ? `${groupTable(rows, surface)}${more}${unkept}\n` : '';
  return `${table}${totalsText(found)}`;
}

function groupTable(rows: readonly ImpactGroup[], surface: Surface): string {
  const counted = rows.some((one) => one.counted > 0);
  const head = [
    '',
    'service',
    'connections',
    ...(counted ? ['bytes'] : []),
    'decided before by',
    'and after by',
  ];
  const cells = rows.map((one) => [
    one.impact,
    one.service,
    String(one.connections),
    ...(counted ? [one.counted > 0 ? String(one.bytes) : ''] : []),
    one.before,
    one.after === one.before ? 'the same' : one.after,
  ]);
  return fitTable(head, cells, surface.width);
}

function totalsText({ connections, totals }: Impacts): string {
  const lines = impactNames
    .filter((impact) => totals[impact].connections > 0)
    .map((impact) => `${String(totals[impact].connections).padStart(9)} ${impact}: ${meanings[impact]}\n`);
  const rest = connections - impactNames.reduce((sum, impact) => sum + totals[impact].connections, 0);
  return `${connections} ${connections === 1 ? 'connection' : 'connections'}, ${rest} as before\n${lines.join('')}`;
}

/** The lines of the JSON stream: groups, then all together. */
export function impactsToJson(
  { connections, totals, groups, others }: Impacts,
  broken: number,
): readonly (z.infer<typeof impactGroupLine> | z.infer<typeof impactsLine>)[] {
  return [
    ...groups.map((group) => ({ schema: 'hookline.impact-group/1', ...group }) as const),
    { schema: 'hookline.impacts/1', connections, broken, totals, others },
  ];
}

/** Whether anything happens to any connection. */
export function isUnchanged({ totals }: Impacts): boolean {
  return Object.values(totals).every(({ connections }) => connections === 0);
}
