// Whether rules ask the same that look values up in sets from now on.
import type { Hook } from '../../hook/hook.ts';
import type { Part, Rule, Table } from '../../ir/ruleset.ts';
import { isSteady } from '../../match/steady.ts';
import { packetsOf, tableLookups } from '../condition.ts';
import type { Space } from '../space.ts';
import type { Doubt } from './checking.ts';

/** Where rules of a table are seen, which gets more sets. */
interface Tables {
  readonly space: Space;
  readonly hook: Hook;
  readonly table: Table;
  readonly later: Table;
}

/** The first rule that is not the same but for such conditions. */
export function doubtOfSets(tables: Tables, before: readonly Rule[], after: readonly Rule[]): Doubt {
  if (before.length !== after.length) return before[0];
  return before.find((rule, at) => {
    const next = after[at];
    return rule !== next && !(next && isSame(tables, rule.parts, next.parts));
  });
}

function isSame(tables: Tables, before: readonly Part[], after: readonly Part[]): boolean {
  return before.length === after.length && before.every((part, at) => isSamePart(tables, part, after[at]));
}

function isSamePart({ space, hook, table, later }: Tables, part: Part, other: Part | undefined): boolean {
  if (part === other) return true;
  if (part.kind !== 'match' || other?.kind !== 'match') return false;
  const symbols = space.at({ hook, rule: 'a rule' });
  const [lookups, laterLookups] = [tableLookups(table), tableLookups(later)];
  if (!isSteady(part, lookups) || !isSteady(other, laterLookups)) return false;
  return packetsOf(part, symbols, lookups) === packetsOf(other, symbols, laterLookups);
}
