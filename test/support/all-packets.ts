// The condition of a fixture's case, said of all packets at once.
import { packetsOf, tableLookups } from '../../src/core/analyse/condition.ts';
import { mentionedNames } from '../../src/core/analyse/names.ts';
import { createSpace, type Space } from '../../src/core/analyse/space.ts';
import type { Node } from '../../src/core/bdd/bdd.ts';
import { type Hook, ipHooks } from '../../src/core/hook/hook.ts';
import type { Match, Table } from '../../src/core/ir/ruleset.ts';
import { partOf, tableOf } from './spelling.ts';
import { type SpellingCase, type SpellingFixture, textsOf } from './spelling-fixture.ts';

/** One condition, with the table that it stands in and a space of its own. */
export interface Asked {
  readonly condition: Match;
  readonly table: Table;
  readonly space: Space;
}

/** The condition of a case of a match. */
export function askedBy(fixture: SpellingFixture, one: SpellingCase): Asked | undefined {
  const known = asked.get(one);
  if (known) return known;
  const [dsl = ''] = textsOf(one, 'dsl');
  const part = partOf(fixture, dsl);
  if (part.kind !== 'match') return undefined;
  const table = tableOf(fixture, dsl);
  const made = { condition: part, table, space: createSpace(mentionedNames([{ tables: [table] }])) };
  asked.set(one, made);
  return made;
}

/** Reading a policy for each case takes most of the time. */
const asked = new WeakMap<SpellingCase, Asked>();

/** For which packets at a hook it holds. */
export function nodeOf({ condition, table, space }: Asked, hook: Hook): Node {
  return packetsOf(condition, space.at({ hook, rule: 'the rule' }), tableLookups(table));
}

/** What it depends on that nobody can tell, by name; nothing for what is no match. */
export function freeOf(fixture: SpellingFixture, one: SpellingCase): readonly string[] {
  const found = askedBy(fixture, one);
  const hook = ipHooks.find((name) => name === fixture.chain.toLowerCase()) ?? 'forward';
  return found ? found.space.freeIn(nodeOf(found, hook)) : [];
}
