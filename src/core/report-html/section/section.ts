// What all sections of the report share: a heading with a sentence below it, and columns that several tables have.
import type { Counts } from '../../conntrack-check/counts.ts';
import type { Group } from '../../conntrack-check/summary.ts';
import { text, type Xml } from '../../picture/xml.ts';
import { bar } from '../bar.ts';
import { tag } from '../html.ts';
import { bytesText, countText, shareText } from '../number.ts';
import { cutShort } from '../shorten.ts';
import type { Column } from '../table.ts';

/** A heading, a sentence on how to read what follows, and that. */
export function section(title: string, hint: string, ...content: readonly (Xml | readonly Xml[])[]): Xml {
  return tag('section', {}, tag('h2', {}, text(title)), hintOf(hint), ...content);
}

/** A part of a section that stands beside others. */
export function part(title: string, hint: string, ...content: readonly (Xml | readonly Xml[])[]): Xml {
  return tag('div', {}, tag('h3', {}, text(title)), hintOf(hint), ...content);
}

function hintOf(hint: string): readonly Xml[] {
  return hint === '' ? [] : [tag('p', { class: 'hint' }, text(hint))];
}

/** How many connections, as a number. */
export const connectionsColumn: Column<Counts> = {
  head: 'connections',
  isNumber: true,
  cell: ({ connections }) => text(countText(connections)),
  key: ({ connections }) => connections,
};

/** How many connections, as a bar, with the stale ones apart. */
export function barColumn(rows: readonly Counts[]): Column<Counts> {
  const largest = Math.max(...rows.map(({ connections }) => connections), 1);
  return {
    head: '',
    isPicture: true,
    cell: ({ connections, stale }) =>
      bar(
        [
          { kind: 'fits', value: connections - stale },
          { kind: 'stale', value: stale },
        ],
        largest,
      ),
    key: ({ connections }) => connections,
  };
}

/** How many would not be admitted as new. */
export const staleColumn: Column<Counts> = {
  head: 'stale',
  isNumber: true,
  cell: ({ stale, connections }) =>
    stale === 0 || stale === connections
      ? text(countText(stale))
      : [text(countText(stale)), tag('small', {}, text(shareText(stale, connections)))],
  key: ({ stale }) => stale,
};

/** What they have carried; nothing where connections have no counters. */
export function bytesColumns(totals: Counts): readonly Column<Counts>[] {
  if (totals.counted === 0) return [];
  return [
    {
      head: 'carried',
      isNumber: true,
      cell: ({ bytes, counted }) => text(counted === 0 ? 'not counted' : bytesText(bytes)),
      key: ({ bytes }) => bytes,
    },
  ];
}

/** Who or what it is. */
export function nameColumn(head: string): Column<Group> {
  return { head, isCode: true, cell: ({ name }) => text(cutShort(name)), key: ({ name }) => name };
}

/** All columns of a table of groups. */
export function groupColumns(head: string, rows: readonly Group[], totals: Counts): readonly Column<Group>[] {
  return [
    nameColumn(head),
    barColumn(rows),
    connectionsColumn,
    ...(totals.stale > 0 ? [staleColumn] : []),
    ...bytesColumns(totals),
  ];
}
