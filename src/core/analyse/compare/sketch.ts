// A rule set with only as much in it as tells which packets may come to some of its rules: the rules that watch for packets
// there, the ways to them, and whatever changes packets on the way. Packets are let pass where the rule set would end
// them, so that more packets than really do may come there, and none is missed.
import type { Chain, Part, Rule, RuleSet, Table } from '../../ir/ruleset.ts';
import { findChain } from '../../ir/ruleset.ts';
import { jump } from '../../statement/jump.ts';
import { isCondition } from '../../trace/condition.ts';
import { leadingTo } from '../proof/changing-chains.ts';
import { partsOf } from '../proof/rule-words.ts';
import type { ChangesValues } from './changes-values.ts';
import type { Own } from './pairing.ts';

/** The rule set, and which of its rules watch. */
export interface Sketch {
  readonly ruleSet: RuleSet;
  readonly watching: ReadonlySet<Rule>;
}

interface Drawing {
  readonly table: Table;
  readonly own: Own;
  readonly watching: Set<Rule>;
  readonly changes: ChangesValues;
  /** Whether a chain, or one that it leads to, has rules to be watched. */
  readonly watched: Map<string, boolean>;
}

/** `own`: the rules to be watched. */
export function sketchOf(ruleSet: RuleSet, own: Own, changes: ChangesValues): Sketch {
  const watching = new Set<Rule>();
  const tables = ruleSet.tables.map((table) =>
    sketchTable({ table, own, watching, changes, watched: new Map() }),
  );
  return { ruleSet: { ...ruleSet, tables }, watching };
}

/** Chains as they are stay in the table, come to or not: what is known of it follows from all of its rules. */
function sketchTable(drawing: Drawing): Table {
  const { table } = drawing;
  const chains = table.chains.flatMap((chain): readonly Chain[] => {
    const { base, ...rest } = chain;
    const whole = { ...rest, rules: withWatches(drawing, chain) };
    const reached = isWatched(drawing, chain.name) ? reducedRules(drawing, chain) : [];
    if (!base) return [whole, { name: reducedName(chain.name), rules: reached }];
    const body = { ...whole, name: `${chain.name} as it is` };
    const isKept = drawing.changes(table, chain);
    const rules = isKept ? [{ parts: [jumpTo(body.name)] }] : reached;
    return [
      {
        ...rest,
        base: isKept ? base : { ...base, policy: 'accept' },
        rules: [...rules, ...watchAtEnd(drawing, chain)],
      },
      body,
    ];
  });
  return { ...table, chains };
}

function reducedName(chain: string): string {
  return `to watched rules of ${chain}`;
}

/** All rules, those that are watched with a rule before them that watches. */
function withWatches(drawing: Drawing, chain: Chain): readonly Rule[] {
  const own = drawing.own.rules.get(chain);
  if (!own) return chain.rules;
  return chain.rules.flatMap((rule, at) => (own.has(at) ? [watchBefore(drawing, rule), rule] : [rule]));
}

function reducedRules(drawing: Drawing, chain: Chain): readonly Rule[] {
  const own = drawing.own.rules.get(chain);
  return chain.rules.flatMap((rule, at) => [
    ...(own?.has(at) ? [watchBefore(drawing, rule)] : []),
    ...waysOn(drawing, rule),
  ]);
}

/** It asks what the rule asks before it does anything. */
function watchBefore({ watching }: Drawing, rule: Rule): Rule {
  const parts = partsOf(rule);
  const end = parts.findIndex((part) => !isCondition(part));
  const watch = { parts: end < 0 ? parts : parts.slice(0, end) };
  watching.add(watch);
  return watch;
}

/** Who returns from a base chain comes there, too. */
function watchAtEnd({ own, watching }: Drawing, chain: Chain): readonly Rule[] {
  if (!own.ends.has(chain)) return [];
  const watch = { parts: [] };
  watching.add(watch);
  return [watch];
}

/** To the chains with watched rules that a rule may lead to. */
function waysOn(drawing: Drawing, { parts }: Rule): readonly Rule[] {
  return parts.flatMap((part, at) =>
    leadingTo(part, drawing.table)
      .filter((chain) => isWatched(drawing, chain))
      .map((chain) => ({ parts: [...parts.slice(0, at).filter(isCondition), jumpTo(reducedName(chain))] })),
  );
}

function jumpTo(chain: string): Part {
  return { kind: 'statement', key: jump.key, args: { chain } };
}

function isWatched(drawing: Drawing, name: string): boolean {
  const { table, own, watched } = drawing;
  const known = watched.get(name);
  if (known !== undefined) return known;
  const chain = findChain(table, name);
  watched.set(name, false);
  const found =
    chain !== undefined &&
    (own.rules.has(chain) ||
      own.ends.has(chain) ||
      chain.rules.some(({ parts }) =>
        parts.some((part) => leadingTo(part, table).some((next) => isWatched(drawing, next))),
      ));
  watched.set(name, found);
  return found;
}
