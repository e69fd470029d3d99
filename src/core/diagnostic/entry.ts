// What the catalogue says of one code.
import type { Severity } from './diagnostic.ts';

/** The long form of a code, shown by `hookline explain HK….` */
export interface CatalogueEntry {
  readonly title: string;
  readonly severity: Severity;
  /** The way out that a diagnostic names when it knows no better one. */
  readonly help?: string;
  /** Why this is a problem and what to do, in a few sentences. */
  readonly explanation: string;
}

/** Checks the shape of a table of codes and keeps its literal keys. */
export function codes<const Table extends Record<`HK${number}`, CatalogueEntry>>(table: Table): Table {
  return table;
}
