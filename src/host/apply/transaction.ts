// The lines of a transaction of nft that say which generation is in force, and what tables are called.
import type { TableName } from '../../core/change/change.ts';

/** One line for both, to compare and to show. */
export function nameOfTable({ family, name }: TableName): string {
  return `${family} ${name}`;
}

/** The table that says which generation is in force, by the name of the one chain that it has. */
const marker = 'inet hookline';

/** What marks the tables of a policy that can't be told from the marker. */
export function isMarker(table: TableName): boolean {
  return nameOfTable(table) === marker;
}

/** The chain of the marker; undefined where there is none. */
export function markIn(listing: string): string | undefined {
  return /\bchain (generation_[0-9a-z_]+)/.exec(listing)?.[1];
}

/** How to list it. */
export const markerWords = ['list', 'table', 'inet', 'hookline'] as const;

/**
 * Replaces the mark, as the first thing of a transaction: where the kernel has another one than expected, all of the
 * transaction fails.
 */
export function markLines(from: string | undefined, to: string | undefined): string {
  const expected = from === undefined ? `create table ${marker}\n` : `delete chain ${marker} ${from}\n`;
  return to === undefined ? `${expected}delete table ${marker}\n` : `${expected}add chain ${marker} ${to}\n`;
}

/** Takes a table away, whether it is there or not. */
export function withoutTable(table: TableName): string {
  const name = nameOfTable(table);
  return `add table ${name}\ndelete table ${name}\n`;
}

/** The marker as it is loaded where nothing else is known of. */
export function markedTable(mark: string): string {
  return `add table ${marker}\ndelete table ${marker}\ntable ${marker} {\n\tchain ${mark} {\n\t}\n}\n`;
}
