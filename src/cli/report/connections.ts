// Checked connections as a table and as JSON.
import { basename } from 'node:path';
import Table from 'cli-table3';
import type { z } from 'zod';
import type { EntryInLine } from '../../core/conntrack/dumped.ts';
import { formatTuple, protocolText } from '../../core/conntrack/format.ts';
import type { Tuple } from '../../core/conntrack/tuple.ts';
import type { CheckedConnection } from '../../core/conntrack-check/check.ts';
import { endpointsText, endpointText } from '../../core/conntrack-check/endpoints.ts';
import { fitnessOf, quietFor } from '../../core/conntrack-check/fitness.ts';
import { stateText } from '../../core/conntrack-check/state.ts';
import type { Summary } from '../../core/conntrack-check/summary.ts';
import { locationOf } from '../../core/text/source.ts';
import { decidingToJson } from '../../core/trace/json.ts';
import type { Deciding } from '../../core/trace/step.ts';
import type { connectionLine as connectionJson, connectionsLine } from '../schema/connection.ts';
import type { Surface } from '../terminal.ts';
import { fold } from './fold.ts';

/** A table that fits the terminal: the connection, its state, the rule that decides today, its translation. */
export function connectionTable(rows: readonly CheckedConnection[], surface: Surface): string {
  if (rows.length === 0) return '';
  const states = rows.flatMap(({ entry }) => stateText(entry).split(' '));
  const widths = columnWidths(surface.width, Math.max(...states.map((word) => word.length)));
  const folded = (row: readonly string[]) => row.map((cell, at) => fold(cell, (widths[at] ?? 0) - padding));
  const table = new Table({
    head: folded(['', 'connection', 'state', 'decided today by', 'translation']),
    colWidths: widths,
    chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
    style: { head: [], border: [] },
  });
  for (const row of rows) {
    const [admission = '', ...rest] = folded(cells(row));
    table.push([surface.paint(row.admission === 'admitted' ? 'good' : 'bad', admission), ...rest]);
  }
  return `${table.toString()}\n`;
}

/** One blank on each side of a cell. */
const padding = 2;

/** Connections need the most room, then the rule. No word of a state is broken. */
function columnWidths(width: number, stateWord: number): number[] {
  const [admission, state] = [10, Math.max(13, stateWord + padding)];
  const rest = Math.max(width, 70) - 6 - admission - state;
  const [connection, rule] = [Math.floor(rest * 0.38), Math.floor(rest * 0.36)];
  return [admission, connection, state, rule, rest - connection - rule];
}

function cells(row: CheckedConnection): readonly string[] {
  const { entry } = row;
  return [
    fateText(row),
    `${protocolText(entry.original.protocol)} ${endpointsText(entry.original)}`,
    stateText(entry),
    decisionText(row),
    translationText(row),
  ];
}

/** Of a connection that is known already its packets may pass though it would not be admitted, or the other way round. */
function fateText({ admission, survival }: CheckedConnection): string {
  if (admission === 'stale' && survival === 'passes') return 'stale, goes on';
  return survival === 'cut' ? `${admission}, is cut` : admission;
}

function decisionText({ admission, deciding, reason }: CheckedConnection): string {
  if (admission === 'depends') return 'depends on what is not known';
  if (deciding) return decidingPlace(deciding);
  return reason ? `the stack: ${reason}` : 'no rule';
}

/** Short enough for a column: `inet filter outbound 2 (policy.hook:30)`. */
function decidingPlace(deciding: Deciding): string {
  const chain = `${deciding.family} ${deciding.table} ${deciding.chain}`;
  if (deciding.by === 'policy') return `${chain} policy`;
  const { rule, index } = deciding;
  const place = rule.span ? locationOf(rule.span) : undefined;
  return `${chain} ${index}${place ? ` (${basename(place.file)}:${place.line})` : ''}`;
}

/** The translated ends, and what the rules give where that is something else. */
function translationText({ translation, entry, admission }: CheckedConnection): string {
  const { verdict, expected, given = [] } = translation;
  const now = translatedEnds(entry.original, entry.reply);
  switch (verdict) {
    case 'as-ruled':
      return now;
    case 'drift': {
      const ruled = (expected && translatedEnds(entry.original, expected)) || 'none';
      const by = given.map(({ deciding }) => decidingPlace(deciding)).join(', ');
      return `${now || 'none'}, ruled ${ruled}${by === '' ? '' : ` by ${by}`}`;
    }
    case 'unknown':
      return admission === 'stale' ? now : [now, '(not known what is ruled)'].filter(Boolean).join(' ');
  }
}

/** What the answers show of a translation: `snat 203.0.113.1:51000`, `dnat 10.0.0.2:80`, nothing without one. */
function translatedEnds(original: Tuple, reply: Tuple): string {
  const source = endpointText(reply, 'destination');
  const destination = endpointText(reply, 'source');
  return [
    source === endpointText(original, 'source') ? '' : `snat ${source}`,
    destination === endpointText(original, 'destination') ? '' : `dnat ${destination}`,
  ]
    .filter(Boolean)
    .join(' ');
}

/** A connection on a line of its own, in the same columns. */
export function connectionLine(row: CheckedConnection): string {
  const { from = '?', to = '?' } = row;
  const [admission = '', connection = '', ...rest] = cells(row);
  const fields = [admission.padEnd(14), `${from} -> ${to}`, connection, ...rest];
  return `${fields.filter((field) => field !== '').join('  ')}\n`;
}

/** The counts below what is shown, and the rules that decide about most connections unless they were shown. */
export function summaryText({ totals, broken, by }: Summary, withRules: boolean): string {
  const { connections, stale, surviving, depends, drift } = totals;
  const rules = by.rule.groups
    .slice(0, 20)
    .map(({ name, connections: number }) => `${String(number).padStart(8)}  ${name}\n`);
  const admitted = connections - stale - depends;
  const known = surviving > 0 ? ` (${surviving} go on, as known connections)` : '';
  const counts = `${admitted} admitted, ${stale} stale${known}, ${depends} undecided`;
  const lines = broken > 0 ? `${broken} ${broken === 1 ? 'line' : 'lines'} could not be read\n` : '';
  return `${connections} ${connections === 1 ? 'connection' : 'connections'}: ${counts}; ${drift} with NAT drift\n${lines}${withRules ? rules.join('') : ''}`;
}

/** One line of the JSON stream. */
export function checkedToJson(checked: CheckedConnection<EntryInLine>): z.infer<typeof connectionJson> {
  const { entry, admission, survival, fate, deciding, reason, from, to, translation } = checked;
  return {
    schema: 'hookline.connection/1',
    line: entry.line,
    entry: entry.raw.trim(),
    admission,
    survival,
    fate,
    deciding: deciding && placeToJson(deciding),
    reason,
    from,
    to,
    fitness: fitnessOf(entry),
    quiet: quietFor(entry),
    translation: translation.verdict,
    expected: translation.expected && formatTuple(translation.expected),
    translatedBy: translation.given?.map(({ manip, deciding: rule }) => ({ manip, ...placeToJson(rule) })),
  };
}

/** Few places decide about many connections. */
const places = new WeakMap<Deciding, ReturnType<typeof decidingToJson>>();

function placeToJson(deciding: Deciding): ReturnType<typeof decidingToJson> {
  const known = places.get(deciding) ?? decidingToJson(deciding);
  places.set(deciding, known);
  return known;
}

/** The last line of the JSON stream. */
export function summaryToJson({ totals, broken, by }: Summary): z.infer<typeof connectionsLine> {
  const { connections: total, ...counts } = totals;
  const byRule = by.rule.groups.map(({ name, connections }) => [name, connections]);
  return { schema: 'hookline.connections/1', total, ...counts, broken, byRule: Object.fromEntries(byRule) };
}
