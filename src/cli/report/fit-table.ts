// A table as wide as what it holds, and no wider than the terminal.
import Table from 'cli-table3';
import { fold } from './fold.ts';

/** Rows below a head. Cells that are too wide are broken, addresses before their port. */
export function fitTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  width: number,
): string {
  const widths = columnWidths([head, ...rows], width);
  const folded = (row: readonly string[]) => row.map((cell, at) => foldCell(cell, widths[at] ?? 1));
  const table = new Table({
    head: folded(head),
    colWidths: widths.map((one) => one + padding),
    chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
    style: { head: [], border: [] },
  });
  table.push(...rows.map(folded));
  return `${table.toString()}\n`;
}

/** One blank on each side of a cell. */
const padding = 2;

/** Words are kept whole as long as any column has room to give; then what is widest gives way. */
function columnWidths(lines: readonly (readonly string[])[], width: number): number[] {
  const columns = (lines[0] ?? []).map((_, at) => lines.map((row) => row[at] ?? ''));
  const widths = columns.map((cells) => longest(cells.flatMap((cell) => cell.split('\n'))));
  const words = columns.map((cells) => longest(cells.flatMap((cell) => cell.split(breaks))));
  const room = width - 1 - widths.length * (padding + 1);
  for (let over = widths.reduce((sum, one) => sum + one, 0) - room; over > 0; over--) {
    const slack = widths.map((one, at) => one - (words[at] ?? 0));
    const gives = Math.max(...slack) > 0 ? slack : widths;
    const at = gives.indexOf(Math.max(...gives));
    if ((widths[at] ?? 0) <= narrowest) break;
    widths[at] = (widths[at] ?? 0) - 1;
  }
  return widths;
}

/** Between words, and before the port behind an address. */
const breaks = /\s|(?=:\d)/;

/** No column is made narrower. */
const narrowest = 4;

function longest(texts: readonly string[]): number {
  return Math.max(...texts.map((text) => text.length));
}

/** Broken between words and before ports; a word that is wider than the column anywhere. */
function foldCell(cell: string, width: number): string {
  const pieces = cell.split(/( |(?=:\d))/).filter((piece) => piece !== '');
  const lines: string[] = [''];
  for (const piece of pieces) {
    const line = `${lines.at(-1)}${piece}`;
    if (longest(line.split('\n')) <= width) lines.splice(-1, 1, line);
    else lines.push(piece.trim());
  }
  return lines
    .filter((line) => line !== '')
    .map((line) => fold(line.trimEnd(), width))
    .join('\n');
}
