// What each host of a network translates, as a table.
import Table from 'cli-table3';
import type { NetworkState } from '../../core/network/journey.ts';
import { translatedEndText, translationsOf } from '../../core/network/translations.ts';

/** A row for each source that a host changes; empty where none does. */
export function translationTable(state: NetworkState): string {
  const rows = [...state].flatMap(([host, { connections }]) =>
    translationsOf(connections).map(({ family, original, modified, protocol }) => [
      host,
      translatedEndText(family, original),
      translatedEndText(family, modified),
      protocol,
    ]),
  );
  if (rows.length === 0) return '';
  const table = new Table({
    head: ['host', 'original source', 'modified source', 'protocol'],
    chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
    style: { head: [], border: [] },
  });
  table.push(...rows);
  return `${table.toString()}\n`;
}
