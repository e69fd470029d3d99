// From the rules that a machine has to those of a policy, in one transaction of nft that leaves alone what stays.
import type { Outcome } from '../diagnostic/diagnostic.ts';
import type { EmitOptions } from '../ir/emit-options.ts';
import type { RuleSet, Table } from '../ir/ruleset.ts';
import { type Change, isSameTable, type TableName } from './change.ts';
import { type Target, targetsOf } from './spelled.ts';
import { changedTable, madeTable, removedTable, type ToldChange } from './table.ts';

/** What a machine has and what it is to have. */
export interface Asked {
  /** As `nft -j list ruleset` tells it, with the handles of its rules. */
  readonly live: RuleSet;
  readonly target: RuleSet;
  /** The tables that were made from a policy before: those that it does not have any more are removed. */
  readonly owned: readonly TableName[];
  /** The rules that the owned tables were made from, where that is known: elements of sets that are filled while packets
   * pass are taken away only where they are in there. */
  readonly applied?: RuleSet | undefined;
  readonly options?: EmitOptions;
}

/**
 * Finds what is to be done. Rules that stay keep their handles and counters, and sets the elements that stay, with what
 * these have counted and how long they still stay. Tables of the machine that are neither of the policy nor owned are left
 * alone. Without a value nft can't say the rules of the policy.
 */
export function changeTo(asked: Asked): Outcome<Change> {
  const { live, target, owned, applied, options = {} } = asked;
  const { value: targets, diagnostics } = targetsOf(target, options);
  if (!targets) return { value: undefined, diagnostics };
  const before = applied && targetsOf(applied, options).value;
  const told = [
    ...targets.flatMap((one) => toldOf(one, tableIn(live, one.spelled), before) ?? []),
    ...goneTables(live, targets, owned).map(removedTable),
  ];
  const value = {
    tables: told.map(({ change }) => change),
    foreign: foreignTables(asked),
    text: told.map(({ text }) => text).join(''),
  };
  return { value, diagnostics };
}

function foreignTables({ live, target, owned }: Asked): readonly TableName[] {
  const others = live.tables.filter((table) => !owned.some((one) => isSameTable(one, table)));
  const found = others.filter((table) => target.tables.some((one) => isSameTable(one, table)));
  return found.map(({ family, name }) => ({ family, name }));
}

function toldOf(
  target: Target,
  live: Table | undefined,
  before: readonly Target[] | undefined,
): ToldChange | undefined {
  if (!live) return madeTable(target);
  const applied = before?.find(({ spelled }) => isSameTable(spelled, target.spelled));
  return changedTable(live, target, applied);
}

function tableIn({ tables }: RuleSet, name: TableName): Table | undefined {
  return tables.find((table) => isSameTable(table, name));
}

function goneTables({ tables }: RuleSet, targets: readonly Target[], owned: readonly TableName[]) {
  return tables.filter(
    (table) =>
      owned.some((one) => isSameTable(one, table)) &&
      !targets.some(({ spelled }) => isSameTable(spelled, table)),
  );
}
