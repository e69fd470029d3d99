// All statements. One line each; nobody else knows them by name.
import { counter } from './counter.ts';
import type { StatementDefinition } from './define.ts';
import { gotoStatement, jump } from './jump.ts';
import { log } from './log.ts';
import { ctMarkSet, metaMarkSet } from './mark.ts';
import { dnat, masquerade, redirect, snat } from './nat.ts';
import { notrack } from './notrack.ts';
import { reject } from './reject.ts';
import { accept, continueStatement, drop, returnStatement } from './verdict.ts';

/** In the order in which the reference page and completion show them. */
export const statements: readonly StatementDefinition<unknown>[] = [
  accept,
  drop,
  reject,
  returnStatement,
  continueStatement,
  jump,
  gotoStatement,
  counter,
  log,
  metaMarkSet,
  ctMarkSet,
  notrack,
  snat,
  dnat,
  masquerade,
  redirect,
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
