// The rules that a machine has when the tables of a policy are in force: its own in their places, those of others as they are.
import type { HookListing } from '../hook/listing.ts';
import type { Load, RuleSet, Table } from '../ir/ruleset.ts';
import { isSameTable, type TableName } from './change.ts';

/** What a machine has, and what changes of it. */
export interface Coming {
  readonly live: RuleSet;
  readonly target: RuleSet;
  /** Made from a policy before; those that the target does not have are gone. */
  readonly owned: readonly TableName[];
}

/**
 * All rules after the change. A table that is there keeps its place among those loaded before and after it, new ones come
 * last. What the kernel said of the order at its hooks holds as long as the same chains hang there.
 */
export function rulesAfter({ live, target, owned }: Coming): RuleSet {
  const { hooks, loads, ...rest } = live;
  const places = live.tables.map((table) => becomes(table, target, owned));
  const added = target.tables.filter((table) => !live.tables.some((one) => isSameTable(one, table)));
  const tables = [...places.flat(), ...added];
  const groups = loads && [...loadsAfter(loads, places), ...loadOf(added)];
  return {
    ...rest,
    tables,
    ...(target.needs && { needs: target.needs }),
    ...(groups && { loads: groups }),
    ...(hooks && holds(live.tables, tables) && { hooks }),
  } satisfies RuleSet & { readonly hooks?: HookListing };
}

/** The table of the policy in its place, nothing, or itself. */
function becomes(table: Table, target: RuleSet, owned: readonly TableName[]): readonly Table[] {
  const wanted = target.tables.find((one) => isSameTable(one, table));
  if (wanted) return [wanted];
  return owned.some((one) => isSameTable(one, table)) ? [] : [table];
}

function loadsAfter(loads: readonly Load[], places: readonly (readonly Table[])[]): readonly Load[] {
  let at = 0;
  return loads.map((load) => {
    const count = places.slice(at, at + load.tables).flat().length;
    at += load.tables;
    return { ...load, tables: count };
  });
}

function loadOf(added: readonly Table[]): readonly Load[] {
  return added.length === 0 ? [] : [{ name: 'the new tables', tables: added.length }];
}

/** Whether the same chains hang on the hooks, at the same places. */
function holds(before: readonly Table[], after: readonly Table[]): boolean {
  const [one, other] = [before, after].map((tables) => tables.flatMap(hangings).toSorted().join('\n'));
  return one === other;
}

function hangings({ family, name, chains }: Table): readonly string[] {
  return chains.flatMap(({ name: chain, base }) =>
    base
      ? [JSON.stringify([family, name, chain, base.type, base.hook, base.priority, base.devices ?? []])]
      : [],
  );
}
