// What the matches of all rules remember of the packets before, as a value: each way of a packet leaves its own.
import { isExpired } from '../conntrack/entry.ts';
import { type LayeredMap, layeredMap } from '../conntrack/layered-map.ts';
import type { Table } from '../ir/ruleset.ts';
import type { Memory, Remembered, Shared } from '../match/memory.ts';
import { labelConnection } from './mark-connection.ts';
import type { Run } from './run.ts';

/** By the place or the name that it belongs to. */
export type MemoryState = LayeredMap<Remembered>;

/** As loaded, or as nobody knows. */
export const nothingRemembered: MemoryState = layeredMap(new Map());

/** A place in the rules of a table, told from all others by `name`. */
export interface MemoryPlace {
  readonly table: Table;
  readonly name: string;
  /** What a question about it is said to be about. */
  readonly about: () => string;
}

/** Keeps something for the packets behind this one. */
export function keepInMind(run: Run, place: string, state: Remembered): void {
  run.memory = run.memory.with(place, state);
  run.changes.push([place, state]);
}

/** The memory of one place, for one evaluation that counts. */
export function memoryAt(run: Run, { table, name, about }: MemoryPlace): Memory {
  const keyOf = (shared: Shared | undefined): string => {
    if (shared?.of === 'machine') return shared.name;
    const own = shared?.of === 'own' ? `${name} ${shared.name}` : name;
    return `${table.family} ${table.name} ${shared?.of === 'table' ? shared.name : own}`;
  };
  return {
    now: run.request.now ?? 0,
    fresh: run.request.fresh === true,
    recall: (shared) => run.memory.get(keyOf(shared)),
    remember: (state, shared) => keepInMind(run, keyOf(shared), state),
    connection: (tuple, zone) => {
      const entry = run.connections.lookup(tuple, zone)?.entry;
      return entry && !isExpired(entry, run.request.now ?? 0) ? entry : undefined;
    },
    label: (bits) => labelConnection(run, bits),
    assume: (what) => void run.assumptions.add(what),
    choose: (question, answers) => run.ask(`${question}, for ${about()}`, answers),
  };
}
