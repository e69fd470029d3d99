// The text that brings nft's own tables from what is there to what is wanted, all of it or nothing.
import type { Family } from '../../core/ir/ruleset.ts';

/** A table of nft. */
export interface TableName {
  readonly family: Family;
  readonly name: string;
}

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

/** What a transaction starts from and leads to. */
export interface Replacement {
  /** What the tables are afterwards, as nft loads them. */
  readonly text: string;
  /** Those that the text has. */
  readonly tables: readonly TableName[];
  /** Those that go, unless the text has them. */
  readonly owned: readonly TableName[];
}

/** Replaces whole tables. */
export function transactionFor({ text, tables, owned }: Replacement): string {
  const kept = new Set(tables.map(nameOfTable));
  const gone = owned.filter((table) => !kept.has(nameOfTable(table)));
  return `${gone.map(withoutTable).join('')}${text}`;
}

/** Takes a table away, whether it is there or not. */
export function withoutTable(table: TableName): string {
  const name = nameOfTable(table);
  return `add table ${name}\ndelete table ${name}\n`;
}
