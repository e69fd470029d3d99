// The states of connections, and how long they have until they are forgotten.
import type { Summary } from '../../conntrack-check/summary.ts';
import { text, type Xml } from '../../picture/xml.ts';
import { type Bin, drawHistogram } from '../histogram.ts';
import { tag } from '../html.ts';
import type { Report } from '../model.ts';
import { countText } from '../number.ts';
import { type Column, table } from '../table.ts';
import { groupColumns, part, section } from './section.ts';

/** Beside each other where there is room. */
export function stateSection({ summary }: Report): readonly Xml[] {
  const states = summary.by.state.groups;
  if (states.length === 0) return [];
  return [
    section(
      'States and timeouts',
      '',
      tag(
        'div',
        { class: 'columns' },
        part(
          'States',
          '',
          table('Connections by state', groupColumns('state', states, summary.totals), states, ''),
        ),
        part('Time that is left', 'Until a connection is forgotten, if no packet comes.', timeouts(summary)),
      ),
    ),
  ];
}

function timeouts({ remaining }: Summary): readonly Xml[] {
  const bins = displayed(remaining);
  const title = `Connections by the time that is left: ${bins.map(({ words, count }) => `${words} ${countText(count)}`).join(', ')}`;
  const drawn = drawHistogram(title, bins);
  if (!drawn) return [tag('p', { class: 'nothing' }, text('No connection has a timeout.'))];
  const rows = bins.filter(({ count }) => count > 0);
  return [
    tag('figure', {}, drawn),
    tag(
      'details',
      {},
      tag('summary', {}, text('as a table')),
      table('Connections by the time that is left', timeColumns, rows, ''),
    ),
  ];
}

/** A bin of the picture, with its range in words. */
interface NamedBin extends Bin {
  readonly words: string;
  readonly from: number;
}

const timeColumns: readonly Column<NamedBin>[] = [
  { head: 'time left', cell: ({ words }) => text(words), key: ({ from }) => from },
  {
    head: 'connections',
    isNumber: true,
    cell: ({ count }) => text(countText(count)),
    key: ({ count }) => count,
  },
];

/** Where the columns of the picture begin, in seconds; a column for every bin would have no room for its number. */
const begins = [0, 10, 30, 60, 120, 300, 600, 3600, 86_400, 432_000] as const;

function displayed(remaining: Summary['remaining']): readonly NamedBin[] {
  return begins.map((from, at) => {
    const to = begins[at + 1] ?? Number.POSITIVE_INFINITY;
    const inside = remaining.filter((bin) => bin.from >= from && bin.from < to);
    const count = inside.reduce((sum, { connections }) => sum + connections, 0);
    const words =
      to === Number.POSITIVE_INFINITY ? `${timeText(from)} or more` : `${timeText(from)} to ${timeText(to)}`;
    return { from, count, label: timeText(from), words };
  });
}

function timeText(seconds: number): string {
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${seconds / 60}m`;
  return seconds < 86_400 ? `${seconds / 3600}h` : `${seconds / 86_400}d`;
}
