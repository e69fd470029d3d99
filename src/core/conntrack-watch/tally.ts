// Connections in groups that come and go: what a group has is taken out of it again.
import type { Row } from './view.ts';

/** Something that connections have in common. */
export interface Group {
  readonly name: string;
  connections: number;
  stale: number;
  /** How many began in this interval, and how many in the last one. */
  begun: number;
  begunBefore: number;
}

/** Groups by name; those that nothing is in any more are forgotten. */
export interface Groups {
  /** Puts one more connection into a group. */
  enter(name: string, isNew: boolean): Group;
  leave(group: Group): void;
  /** Begins the next interval. */
  turn(): void;
  /** The first rows by an order. */
  rows(most: number, order: RowOrder, seconds: number): readonly Row[];
}

/** By what rows are sorted; the largest first, and by name where they are equal. */
export const rowOrders = ['connections', 'stale', 'rate', 'name'] as const;

export type RowOrder = (typeof rowOrders)[number];

/** No groups yet. */
export function newGroups(): Groups {
  const groups = new Map<string, Group>();
  return {
    enter(name, isNew) {
      let group = groups.get(name);
      if (!group) {
        group = { name, connections: 0, stale: 0, begun: 0, begunBefore: 0 };
        groups.set(name, group);
      }
      group.connections++;
      if (isNew) group.begun++;
      return group;
    },
    leave(group) {
      group.connections--;
      if (group.connections === 0) groups.delete(group.name);
    },
    turn() {
      for (const group of groups.values()) {
        group.begunBefore = group.begun;
        group.begun = 0;
      }
    },
    rows: (most, order, seconds) =>
      firstRows(groups.values(), most, compareBy[order]).map((group) => rowOf(group, seconds)),
  };
}

function rowOf({ name, connections, stale, begunBefore }: Group, seconds: number): Row {
  return { name, connections, stale, rate: begunBefore / seconds };
}

type Compare = (one: Group, other: Group) => number;

const byName: Compare = (one, other) => (one.name < other.name ? -1 : one.name > other.name ? 1 : 0);

const compareBy: Readonly<Record<RowOrder, Compare>> = {
  connections: (one, other) => other.connections - one.connections || byName(one, other),
  stale: (one, other) => other.stale - one.stale || compareBy.connections(one, other),
  rate: (one, other) => other.begunBefore - one.begunBefore || compareBy.connections(one, other),
  name: byName,
};

/** The first of many without sorting all: there may be a hundred thousand hosts. */
function firstRows(groups: Iterable<Group>, most: number, compare: Compare): readonly Group[] {
  let best: Group[] = [];
  for (const group of groups) {
    best.push(group);
    if (best.length >= 4 * most + 64) best = best.toSorted(compare).slice(0, most);
  }
  return best.toSorted(compare).slice(0, most);
}
