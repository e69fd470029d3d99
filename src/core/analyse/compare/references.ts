// What rules of a table refer to by name, where two tables of the same name do not mean the same by it.
import type { Table } from '../../ir/ruleset.ts';
import { wordsOf } from '../../source-map/meaning.ts';
import { disturbedSets } from '../../statement/updates.ts';
import { setsDeletedFrom } from '../walk-place.ts';

/** Names of sets, maps and objects of which a rule may see another content. */
export function changedNames(table: Table, twin: Table): ReadonlySet<string> {
  const [old, now] = [table, twin].map(meanings);
  const names = new Set([...(old?.keys() ?? []), ...(now?.keys() ?? [])]);
  return new Set([...names].filter((name) => old?.get(name) !== now?.get(name)));
}

/** By name: things of several kinds may have the same. */
function meanings(table: Table): ReadonlyMap<string, string> {
  const [disturbed, deleted] = [disturbedSets(table), setsDeletedFrom(table)];
  const all = [...table.sets, ...(table.maps ?? []), ...(table.objects ?? [])];
  const found = new Map<string, string>();
  for (const one of all) {
    const { name, comment: _comment, ...rest } = one;
    const known = found.get(name) ?? '';
    found.set(name, `${known}${wordsOf(rest)} ${disturbed.has(name)} ${deleted.has(name)}\n`);
  }
  return found;
}

/** Whether the words of a rule have one of the names. */
export function mentionsAny(words: string, names: ReadonlySet<string>): boolean {
  if (names.size === 0) return false;
  return [...words.matchAll(/"((?:[^"\\]|\\.)*)"/g)].some(([, text = '']) => names.has(text));
}
