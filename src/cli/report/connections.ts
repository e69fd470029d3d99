// Checked connections as a table and as JSON.
import Table from 'cli-table3';
import { formatTuple } from '../../core/conntrack/format.ts';
import type { CheckedConnection } from '../../core/conntrack-check/check.ts';
import type { Tally } from '../../core/conntrack-check/tally.ts';
import { traceToJson } from '../../core/trace/json.ts';
import { decidingText } from '../../core/trace/render.ts';
import type { Surface } from '../terminal.ts';

/** A table that fits the terminal: the connection, its state, the rule that decides today, its translation. */
export function connectionTable(rows: readonly CheckedConnection[], { paint, width }: Surface): string {
  const inner = Math.max(width, 60) - 6;
  const [admission, state] = [10, 13];
  const rest = inner - admission - state;
  const connection = Math.floor(rest * 0.4);
  const translation = Math.floor(rest * 0.24);
  const table = new Table({
    head: ['', 'connection', 'state', 'today', 'translation'],
    colWidths: [admission, connection, state, rest - connection - translation, translation],
    wordWrap: true,
    style: { head: [], border: [] },
  });
  for (const row of rows) {
    const role = row.admission === 'admitted' ? 'good' : 'bad';
    table.push([
      paint(role, row.admission),
      `${row.entry.protocolName} ${formatTuple(row.entry.original)}`,
      row.entry.protocolState ?? row.entry.flags.join(' '),
      decisionText(row),
      translationText(row),
    ]);
  }
  return rows.length === 0 ? '' : `${table.toString()}\n`;
}

function decisionText({ way, trace }: CheckedConnection): string {
  if (trace.verdict === 'depends') return 'depends on what is not known';
  return way.deciding ? decidingText(way.deciding) : `${way.verdict} by the stack: ${way.reason}`;
}

function translationText({ translation, entry }: CheckedConnection): string {
  switch (translation.verdict) {
    case 'as-ruled':
      return 'as ruled';
    case 'drift':
      return `has ${formatTuple(entry.reply)}${translation.expected ? `, ruled ${formatTuple(translation.expected)}` : ''}`;
    case 'unknown':
      return 'not known';
  }
}

/** The counts below the table. */
export function tallyText(tally: Tally, shown: number): string {
  const { total, admitted, stale, depends, drift, byRule } = tally;
  const rules = [...byRule]
    .toSorted((a, b) => b[1] - a[1])
    .slice(0, 20)
    .map(([rule, number]) => `${String(number).padStart(8)}  ${rule}\n`);
  const cut = shown < total ? `the first ${shown} of ${total} are shown; --json has all\n` : '';
  return `${cut}${total} connections: ${admitted} admitted, ${stale} stale, ${depends} undecided; ${drift} with NAT drift\n${rules.join('')}`;
}

/** One line of the JSON stream. */
export function checkedToJson({ entry, admission, trace, translation }: CheckedConnection) {
  const { verdict, fate, deciding } = traceToJson(trace);
  return {
    schema: 'hookline.connection/1',
    line: entry.line,
    entry: entry.raw.trim(),
    admission,
    verdict,
    fate,
    deciding,
    translation: translation.verdict,
    ...(translation.expected && { expected: formatTuple(translation.expected) }),
  };
}

/** The last line of the JSON stream. */
export function tallyToJson({ byRule, ...counts }: Tally) {
  return { schema: 'hookline.connections/1', ...counts, byRule: Object.fromEntries(byRule) };
}
