// What is translated, as tables: on the hosts of a network, and in a listing.
import type { DumpedEntry } from '../../core/conntrack/dumped.ts';
import type { NetworkState } from '../../core/network/journey.ts';
import type { Behind } from '../../core/translations/behind.ts';
import { hiddenSides } from '../../core/translations/hidden-side.ts';
import { endNames, type Translation, translatedEndText } from '../../core/translations/translation.ts';
import { fitTable } from './fit-table.ts';

/** A row for each source that a host changes; empty where none does. */
export function translationTable(state: NetworkState, width: number): string {
  const rows = [...state].flatMap(([host, { connections }]) =>
    hiddenSides(connections.entries()).map(({ family, original, modified, protocol }) => [
      host,
      translatedEndText(family, original),
      translatedEndText(family, modified),
      protocol,
    ]),
  );
  return rows.length === 0
    ? ''
    : fitTable(['host', 'original source', 'modified source', 'protocol'], rows, width);
}

/** A row for each connection, in four ends and its protocol; empty without any. */
export function connectionEndsTable(rows: readonly Translation[], width: number): string {
  const head = [
    'original source',
    'modified source',
    'original destination',
    'modified destination',
    'proto',
  ];
  return rows.length === 0 ? '' : fitTable(head, rows.map(endCells), width);
}

/** The same as a line by itself, whatever stands in the others. */
export function connectionEndsLine(row: Translation): string {
  return `${endCells(row)
    .map((cell) => cell.padEnd(21))
    .join('  ')
    .trimEnd()}\n`;
}

function endCells(row: Translation): readonly string[] {
  return [...endNames.map((name) => translatedEndText(row.family, row[name])), row.protocol];
}

/** Somebody who is behind a place, and where it came from. */
export interface BehindRow {
  readonly found: Behind;
  readonly row: Translation;
  readonly entry: DumpedEntry;
}

/** Who is behind a place: what they are, who they talk to, how the connection is. */
export function behindTable(rows: readonly BehindRow[], width: number): string {
  const head = ['who', 'what it is', 'talks to', 'proto', 'state', 'seconds left'];
  return rows.length === 0 ? '' : fitTable(head, rows.map(behindCells), width);
}

function behindCells({ found: { role, end, peer }, row: { family, protocol }, entry }: BehindRow): string[] {
  const state = [entry.protocolState, ...entry.flags].filter(Boolean).join(' ');
  return [
    translatedEndText(family, end),
    roleTexts[role],
    translatedEndText(family, peer),
    protocol,
    state,
    entry.timeout === undefined ? 'not said' : String(entry.timeout),
  ];
}

const roleTexts = {
  client: 'hidden client',
  server: 'forwarded server',
  itself: 'itself, not translated',
} as const;
