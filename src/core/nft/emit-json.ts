// The rule set as a document for `nft -j -f`.
import type { Outcome } from '../diagnostic/diagnostic.ts';
import type { EmitOptions } from '../ir/emit-options.ts';
import type { RuleSet } from '../ir/ruleset.ts';
import { countRules } from './count-rules.ts';
import type { JsonObject } from './json-value.ts';
import { writeJson } from './json-writer.ts';
import { type SpelledTable, spellRuleSet } from './spell.ts';

/**
 * One transaction, a command a line, always the same for the same rule set. It replaces exactly the tables that it
 * names: each is added (so that it is there), deleted with all that it holds, and added anew. Tables of others, such as
 * Docker's, are not touched, and at no moment is there no rule set or half of one. nft 1.0.6 has no `destroy`, and
 * `flush table` would leave chains and sets that are gone from the policy.
 *
 * Two things a reload does: what sets had learned and counters had counted since starts afresh, and base chains are
 * registered anew, so that they run before chains of others with the same hook and priority.
 */
export function emitNftJson(ruleSet: RuleSet, options: EmitOptions = {}): Outcome<string> {
  const counted = options.counters ? countRules(ruleSet) : ruleSet;
  const { value, diagnostics } = spellRuleSet(counted, 'json', ({ body }) =>
    lineFor({ add: { rule: body } }),
  );
  return { value: value && documentOf(value.flatMap(linesFor)), diagnostics };
}

/** What something refers to stands before it: jumps go forward, and verdict maps name chains. */
function linesFor({ table, objects, chains, sets }: SpelledTable<string>): readonly string[] {
  const heads = chains.map(({ chain }) => chain);
  const added = [table, ...objects, ...heads, ...sets].map((add) => ({ add }));
  const commands = [{ add: table }, { delete: table }, ...added].map(lineFor);
  return [...commands, ...chains.flatMap(({ rules }) => rules)];
}

function lineFor(command: JsonObject): string {
  return `  ${writeJson(command)}`;
}

function documentOf(commands: readonly string[]): string {
  const items = [lineFor({ metainfo: { json_schema_version: 1 } }), ...commands];
  return `{"nftables": [\n${items.join(',\n')}\n]}\n`;
}
