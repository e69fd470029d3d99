// All statements. One line each; nobody else knows them by name.
import type { StatementDefinition } from './define.ts';
import { accept, continueStatement, drop, returnStatement } from './verdict.ts';

/** In the order in which the reference page and completion show them. */
export const statements: readonly StatementDefinition<unknown>[] = [
  accept,
  drop,
  returnStatement,
  continueStatement,
];

const index = new Map(
  statements.flatMap((statement) =>
    [statement.key, ...(statement.aliases ?? [])].map((name) => [name, statement] as const),
  ),
);

/** The statement of a key or alias: words separated by single blanks. */
export function findStatement(key: string): StatementDefinition<unknown> | undefined {
  return index.get(key);
}

/** All keys and aliases. */
export const statementNames: readonly string[] = [...index.keys()];
