// Tables of the report: with roles, so that they stay tables where a narrow page lays their rows out as blocks.
import { text, type Xml } from '../picture/xml.ts';
import { tag } from './html.ts';
import { countText } from './number.ts';

/** One column: its head, and what it says of a row. */
export interface Column<Row> {
  readonly head: string;
  /** Numbers stand at the right. */
  readonly isNumber?: boolean;
  /** Words of the policy or of a machine, which may be long. */
  readonly isCode?: boolean;
  /** A picture of a number that another column has. */
  readonly isPicture?: boolean;
  readonly cell: (row: Row) => Xml | readonly Xml[];
  /** By what a reader may sort. */
  readonly key: (row: Row) => string | number;
}

/** So many rows are there to see; those behind them unfold. */
const open = 15;

/** A table with a caption; an empty one is said in a sentence. Of many rows the most unfold on demand. */
export function table<Row>(
  caption: string,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  nothing: string,
): readonly Xml[] {
  if (rows.length === 0) return [tag('p', { class: 'nothing' }, text(nothing))];
  const isLong = rows.length > open + 3;
  const whole = tableOf(caption, columns, rows, isLong ? open : rows.length);
  if (!isLong) return [whole];
  const unfolds = tag('summary', {}, text(`all ${countText(rows.length)} rows`));
  return [tag('div', { class: 'fold' }, whole, tag('details', {}, unfolds))];
}

function tableOf<Row>(
  caption: string,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  shown: number,
): Xml {
  return tag(
    'table',
    { role: 'table' },
    tag('caption', { class: 'unseen' }, text(caption)),
    tag('thead', { role: 'rowgroup' }, tag('tr', { role: 'row' }, columns.map(headOf))),
    tag(
      'tbody',
      { role: 'rowgroup' },
      rows.map((row, at) =>
        tag(
          'tr',
          { role: 'row', class: at < shown ? undefined : 'more' },
          columns.map((column) => cellOf(column, row)),
        ),
      ),
    ),
  );
}

function headOf<Row>({ head, isNumber }: Column<Row>): Xml {
  return tag(
    'th',
    { role: 'columnheader', scope: 'col', class: isNumber ? 'number' : undefined },
    text(head),
  );
}

function cellOf<Row>({ head, isNumber, isCode, isPicture, cell, key }: Column<Row>, row: Row): Xml {
  const content = cell(row);
  const classes = [isNumber && 'number', isCode && 'code', isPicture && 'picture'].filter(Boolean).join(' ');
  return tag(
    'td',
    { role: 'cell', class: classes || undefined, 'data-head': head, 'data-key': String(key(row)) },
    'xml' in content ? [content] : content,
  );
}
