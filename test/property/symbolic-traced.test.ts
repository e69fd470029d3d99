// Every packet that a trace shows to a rule is one of those that an analysis takes into account, and what its conditions
// say of all packets is what they say of it there.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Condition, packetsOf, tableLookups } from '../../src/core/analyse/condition.ts';
import { mentionedNames } from '../../src/core/analyse/names.ts';
import { createSpace, type Space } from '../../src/core/analyse/space.ts';
import { readConntrack } from '../../src/core/conntrack/dump.ts';
import { conntrackTable } from '../../src/core/conntrack/table.ts';
import type { Part, RuleSet, Table } from '../../src/core/ir/ruleset.ts';
import { loadPolicy } from '../../src/core/load.ts';
import type { EvaluationContext } from '../../src/core/match/define.ts';
import { findMatch } from '../../src/core/match/registry.ts';
import { parsePacketSpec } from '../../src/core/packet/spec.ts';
import { beginHistory, nextInHistory } from '../../src/core/trace/history.ts';
import type { Observer } from '../../src/core/trace/observer.ts';

const folder = join(import.meta.dirname, '../../fixtures/trace');

/** A condition that a packet came to. */
interface Met {
  readonly condition: Condition;
  readonly context: EvaluationContext;
}

describe('packets of fixtures/trace', () => {
  for (const name of readdirSync(folder))
    test(name, () => {
      const [policyText = '', packets = ''] = readFileSync(join(folder, name), 'utf8')
        .split('# ---- expected ----\n', 1)
        .flatMap((given) => given.split('# ---- packets ----\n'));
      const [text = '', listing = ''] = policyText.split('# ---- connections ----\n');
      const { value: policy } = loadPolicy({ name, text });
      if (!policy) throw new Error(name);
      const met = metBy(policy, listing, packets.split('\n').filter(Boolean));
      const space = createSpace(mentionedNames([policy.ruleSet]));
      const tables = tablesOf(policy.ruleSet);
      expect(met.flatMap((one) => difference(space, tables.get(one.condition), one) ?? [])).toEqual([]);
    });
});

function tablesOf({ tables }: RuleSet): ReadonlyMap<Part, Table> {
  return new Map(
    tables.flatMap((table) =>
      table.chains.flatMap(({ rules }) =>
        rules.flatMap(({ parts }) => parts.map((part) => [part, table] as const)),
      ),
    ),
  );
}

type Loaded = NonNullable<ReturnType<typeof loadPolicy>['value']>;

function metBy({ ruleSet, hosts }: Loaded, listing: string, packets: readonly string[]): readonly Met[] {
  const met: Met[] = [];
  const observer: Observer = {
    seen: (part, context) => {
      if (part.kind === 'match') met.push({ condition: part, context });
      return context;
    },
    bound: () => {},
    nextRule: (_run, _table, _chain, from) => from,
  };
  const items = [...readConntrack(listing.split('\n'))];
  const entries = items.flatMap((item) => (item.kind === 'entry' ? [item.entry] : []));
  const given = { ruleSet, host: hosts[0], observer };
  let history = beginHistory(conntrackTable(entries, []));
  for (const spec of packets) {
    const { value } = parsePacketSpec({ name: 'packet', text: spec });
    if (value) history = nextInHistory(given, history, value).history;
  }
  return met;
}

/** Undefined where both agree. */
function difference(space: Space, table: Table | undefined, { condition, context }: Met): string | undefined {
  if (!table || condition.kind === 'opaque') return undefined;
  const { view } = context;
  const { bdd } = space;
  const symbols = space.at({ hook: view.hook, rule: 'the rule' });
  const node = packetsOf(condition, symbols, tableLookups(table));
  const seen = bdd.and(space.seen(view), space.valid());
  const text = findMatch(condition.key)?.write(condition.args);
  if (seen === 0) return `\`${text}\`: no such packet`;
  const truth = findMatch(condition.key)?.evaluate(condition.args, context);
  if (truth?.result === true && !bdd.intersects(seen, node)) return `\`${text}\`: not true`;
  if (truth?.result === false && bdd.implies(seen, node)) return `\`${text}\`: not false`;
  return undefined;
}
